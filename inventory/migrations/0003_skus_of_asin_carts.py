"""Stock goes by SKU, also on carts whose orders carry ASINs: what was counted by ASIN gets its SKUs as aliases."""

from django.db import migrations
from django.utils import timezone


def name_them(apps, schema_editor):
    Listing = apps.get_model("carts", "Listing")
    StockLevel = apps.get_model("inventory", "StockLevel")
    ItemAlias = apps.get_model("shipping", "ItemAlias")
    listings = Listing.objects.filter(cart__product_code="asin", fulfilled_by_marketplace=False).exclude(asin="")
    for merchant_id in listings.values_list("merchant", flat=True).distinct().order_by():
        counted = set(
            StockLevel.objects.filter(merchant=merchant_id, on_hand__isnull=False).values_list("sku", flat=True)
        )
        aliases = [
            ItemAlias(
                organization_id=listing.organization_id,
                merchant_id=merchant_id,
                name=listing.sku,
                sku=listing.asin,
                made_at=timezone.now(),
            )
            for listing in listings.filter(merchant=merchant_id).iterator(chunk_size=1000)
            if listing.asin in counted and listing.sku not in counted
        ]
        ItemAlias.objects.bulk_create(aliases, ignore_conflicts=True, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0002_observations"),
        ("shipping", "0010_items"),
        ("carts", "0001_initial"),
    ]

    operations = [migrations.RunPython(name_them, migrations.RunPython.noop)]
