"""The same name in other bytes: é is one sign or two, and nobody sees which. Sellers and warehouses differ in it."""

from datetime import datetime
from unicodedata import normalize

from carts.models import Listing
from core.accounts.models import Merchant
from inventory.items import unmatched
from inventory.models import StockLevel
from shipping.models import ItemAlias, KitComponent


def name_alike(merchant_id: int, *, now: datetime) -> int:
    """Let each unmatched listing stand for what is written alike, by an alias that people see. Returns how many.

    One statement where all names are plain. Upper and lower case are told apart: a marketplace may know both as SKUs.
    """
    listings = unmatched.unmatched(Listing.objects.filter(merchant=merchant_id)).order_by()
    skus = listings.values_list("sku", flat=True).iterator(chunk_size=2000)
    odd = {sku for sku in skus if not sku.isascii()}
    alike = {normalize(form, sku): sku for sku in odd for form in ("NFC", "NFD")}
    if not alike:
        return 0
    same = {"merchant": merchant_id}
    found = {sku: sku for sku in StockLevel.objects.filter(**same, sku__in=alike).values_list("sku", flat=True)}
    found |= {kit: kit for kit in KitComponent.objects.filter(**same, kit__in=alike).values_list("kit", flat=True)}
    found |= dict(ItemAlias.objects.filter(**same, name__in=alike).values_list("name", "sku"))
    if not found:
        return 0
    owner = {"organization_id": Merchant.objects.get(pk=merchant_id).organization_id, "merchant_id": merchant_id}
    rows = [ItemAlias(name=alike[name], sku=sku, made_at=now, **owner) for name, sku in found.items()]
    ItemAlias.objects.bulk_create(rows, ignore_conflicts=True)
    return unmatched.mark(merchant_id, skus=[row.name for row in rows])
