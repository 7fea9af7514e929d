"""One number for a seller account and SKU, however many carts offer it: what was kept for each listing is brought together."""

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone

OWED = ("due", "running")


def bring_together(apps, schema_editor):
    """The newest wish of each account and SKU is kept. Where its carts were told otherwise it is owed once more."""
    updates = apps.get_model("inventory", "StockUpdate")
    updates.objects.filter(listing__cart__grant=None).delete()
    kept, gone = {}, []
    rows = updates.objects.select_related("listing__cart").order_by("-wanted_at", "-pk")
    for update in rows.iterator(chunk_size=1000):
        key = (update.listing.cart.grant_id, update.listing.sku)
        first = kept.setdefault(key, update)
        if first is not update:
            gone.append(update.pk)
            first.differs = getattr(first, "differs", False) or update.told != first.wanted
        update.grant_id, update.sku = key
    now = timezone.now()
    for update in kept.values():
        if getattr(update, "differs", False) and update.state not in OWED:
            update.state, update.due_at, update.told, update.told_at = "due", now, None, None
        update.sent = update.told
    fields = ["grant", "sku", "sent", "state", "due_at", "told", "told_at"]
    updates.objects.bulk_update(kept.values(), fields, batch_size=200)
    for start in range(0, len(gone), 500):
        updates.objects.filter(pk__in=gone[start : start + 500]).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("carts", "0005_listings_page_by_page"),
        ("inventory", "0004_levels_by_sku"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountStock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("held_at", models.DateTimeField(null=True)),
                ("held_because", models.TextField(blank=True)),
                ("let_go_at", models.DateTimeField(null=True)),
                (
                    "deciding_cart",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="carts.cart"
                    ),
                ),
                (
                    "grant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="stock", to="carts.grant"
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.merchant"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            name="StockFeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("due", "Due"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("stuck", "Needs a person"),
                            ("dropped", "Dropped"),
                        ],
                        default="due",
                        max_length=8,
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("claim", models.UUIDField(null=True)),
                ("claimed_until", models.DateTimeField(null=True)),
                ("claims", models.PositiveSmallIntegerField(default=0)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("failing_since", models.DateTimeField(null=True)),
                ("last_error", models.TextField(blank=True, default="")),
                ("place_id", models.CharField(max_length=20)),
                ("made_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(null=True)),
                ("reference", models.CharField(blank=True, max_length=80)),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "grant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="stock_feeds", to="carts.grant"
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.merchant"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", OWED)), fields=["grant", "due_at"], name="stock_feeds_owed"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", OWED)), fields=("grant",), name="one_stock_feed_at_a_time"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="stockupdate",
            name="grant",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="stock_updates", to="carts.grant"
            ),
        ),
        migrations.AddField("stockupdate", "sku", models.CharField(max_length=255, default="")),
        migrations.AddField("stockupdate", "sent", models.PositiveIntegerField(null=True)),
        migrations.AddField("stockupdate", "refused_at", models.DateTimeField(null=True)),
        migrations.AddField("stockupdate", "looked_at", models.DateTimeField(null=True)),
        migrations.AddField("stockupdate", "numbers", models.JSONField(default=dict)),
        migrations.AddField("stockupdate", "in_conflict", models.BooleanField(default=False)),
        migrations.AddField("stockupdate", "is_held", models.BooleanField(default=False)),
        migrations.AddField(
            model_name="stockupdate",
            name="feed",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="updates",
                to="inventory.stockfeed",
            ),
        ),
        migrations.RunPython(bring_together, migrations.RunPython.noop, elidable=True),
    ]
