import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.common.clock
import core.common.prefixes
import shipping.warehouses


class Migration(migrations.Migration):
    replaces = [
        ("shipping", "0001_initial"),
        ("shipping", "0002_plainer_labels"),
        ("shipping", "0003_clean_up_by_age"),
        ("shipping", "0004_tracking_form"),
        ("shipping", "0005_programs_and_codes"),
        ("shipping", "0006_put_right_packages"),
        ("shipping", "0007_drafts_and_batches"),
        ("shipping", "0008_tracking_sheets"),
        ("shipping", "0009_warehouse_addresses"),
        ("shipping", "0010_items"),
        ("shipping", "0011_warehouse_reports"),
        ("shipping", "0012_connection"),
        ("shipping", "0013_stock_of_accounts"),
        ("shipping", "0014_performance"),
        ("shipping", "0015_routing_rules"),
        ("shipping", "0016_sheet_counts"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed_0007_departures"),
        ("carts", "0001_squashed_0007_account_figures"),
        ("orders", "0001_squashed_0016_routing_rules"),
    ]

    operations = [
        migrations.CreateModel(
            name="ConfirmationFeed",
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
                ("reference", models.CharField(blank=True, max_length=80)),
                ("made_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(null=True)),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "cart",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="confirmation_feeds", to="carts.cart"
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
                        condition=models.Q(("state__in", ("due", "running"))),
                        fields=["cart", "due_at"],
                        name="confirmation_feeds_owed",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("due", "running"))),
                        fields=("cart",),
                        name="one_confirmation_feed_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CurrencyRate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("currency", models.CharField(max_length=3)),
                ("rate", models.DecimalField(decimal_places=8, max_digits=18)),
                ("since", models.DateField()),
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
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "currency", "since"), name="one_rate_per_day"),
                    models.CheckConstraint(condition=models.Q(("rate__gt", 0)), name="a_rate_is_positive"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DaySum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("released_to", models.BigIntegerField(null=True)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("orders", models.PositiveIntegerField(default=0)),
                ("units", models.PositiveIntegerField(default=0)),
                ("priced", models.PositiveIntegerField(default=0)),
                ("sales", models.DecimalField(decimal_places=4, default=0, max_digits=20)),
                ("canceled", models.PositiveIntegerField(default=0)),
                ("shipped", models.PositiveIntegerField(default=0)),
                ("promised", models.PositiveIntegerField(default=0)),
                ("late", models.PositiveIntegerField(default=0)),
                ("packages", models.PositiveIntegerField(default=0)),
                ("tracked", models.PositiveIntegerField(default=0)),
                ("charges", models.DecimalField(decimal_places=4, default=0, max_digits=20)),
                ("times", models.JSONField(default=dict)),
                (
                    "cart",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="carts.cart"),
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
                    models.Index(fields=["organization", "day"], name="day_sums_by_day"),
                    models.Index(fields=["merchant", "day"], name="day_sums_of_merchant"),
                    models.Index(fields=["cart", "day"], name="day_sums_of_cart"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ItemAlias",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=255)),
                ("sku", models.CharField(max_length=255, verbose_name="warehouse SKU")),
                ("made_at", models.DateTimeField()),
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
                "indexes": [models.Index(fields=["merchant", "sku"], name="aliases_of_an_item")],
                "constraints": [models.UniqueConstraint(fields=("merchant", "name"), name="one_item_per_alias")],
            },
        ),
        migrations.CreateModel(
            name="KitComponent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kit", models.CharField(max_length=255)),
                ("sku", models.CharField(max_length=255, verbose_name="component")),
                ("quantity", models.PositiveIntegerField()),
                ("made_at", models.DateTimeField()),
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
                "indexes": [models.Index(fields=["merchant", "sku"], name="kits_of_an_item")],
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "kit", "sku"), name="one_row_per_component_of_a_kit"),
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="a_kit_holds_something"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reconciliation",
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
                ("begun_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("page_token", models.TextField(blank=True)),
                ("paged_at", models.DateTimeField(null=True)),
                ("listed", models.JSONField(default=list)),
                ("seen", models.PositiveIntegerField(default=0)),
                ("mended", models.PositiveIntegerField(default=0)),
                ("drift", models.JSONField(default=list)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "cart",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reconciliations", to="carts.cart"
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
                        condition=models.Q(("state__in", ("due", "running"))),
                        fields=["cart", "due_at"],
                        name="reconciliations_owed",
                    ),
                    models.Index(fields=["cart", "-begun_at"], name="reconciliations_by_age"),
                    models.Index(fields=["begun_at"], name="all_reconciliations_by_age"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("due", "running"))),
                        fields=("cart",),
                        name="one_reconciliation_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ShipmentBatch",
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
                ("made_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("fields", models.JSONField(default=dict)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
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
                        condition=models.Q(("state__in", ("due", "running"))),
                        fields=["due_at"],
                        name="shipment_batches_owed",
                    ),
                    models.Index(fields=["organization", "by", "-made_at"], name="shipment_batches_of_a_person"),
                    models.Index(fields=["made_at"], name="shipment_batches_by_age"),
                ],
            },
        ),
        migrations.CreateModel(
            name="BatchedOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveIntegerField()),
                ("closing", models.JSONField()),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("shipped", "Shipped"),
                            ("part", "Partly shipped"),
                            ("again", "Already shipped"),
                            ("failed", "Not shipped"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("message", models.TextField(blank=True, default="")),
                (
                    "order",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="orders.order"),
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
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="orders",
                        to="shipping.shipmentbatch",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "order"), name="an_order_stands_in_a_batch_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ShippingDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField()),
                ("fields", models.JSONField(default=dict)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
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
                "indexes": [models.Index(fields=["made_at"], name="shipping_drafts_by_age")],
            },
        ),
        migrations.CreateModel(
            name="SumsMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("touched_until", models.DateTimeField(null=True)),
                ("zone", models.CharField(blank=True, default="", max_length=64)),
                ("checked_at", models.DateTimeField(null=True)),
                ("differed", models.PositiveIntegerField(default=0)),
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
                "constraints": [models.UniqueConstraint(fields=("organization",), name="one_sums_mark")],
            },
        ),
        migrations.CreateModel(
            name="TrackingSheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField()),
                ("size", models.PositiveIntegerField(null=True)),
                ("left", models.PositiveIntegerField(null=True)),
                ("sealed", models.BinaryField(default=b"")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
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
                    models.Index(fields=["organization", "-made_at"], name="tracking_sheets_of_a_3pl"),
                    models.Index(fields=["made_at"], name="tracking_sheets_by_age"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Cancellation",
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
                ("reason", models.CharField(max_length=40)),
                ("made_at", models.DateTimeField()),
                ("reference", models.CharField(blank=True, max_length=80)),
                ("submitted_at", models.DateTimeField(null=True)),
                ("canceled_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "cart",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cancellations", to="carts.cart"
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.merchant"
                    ),
                ),
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="cancellation", to="orders.order"
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
                        condition=models.Q(("state__in", ("due", "running"))),
                        fields=["cart", "due_at"],
                        name="cancellations_owed",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CarrierCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("carrier", models.CharField(max_length=60)),
                ("code", models.CharField(blank=True, max_length=60)),
                ("name", models.CharField(blank=True, max_length=60)),
                ("seen_at", models.DateTimeField(null=True)),
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
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "kind", "carrier"), name="one_code_per_carrier")
                ],
            },
        ),
        migrations.CreateModel(
            name="CartDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("stale_at", models.DateTimeField(default=core.common.clock.now, null=True)),
                ("marks", models.PositiveIntegerField(default=0)),
                ("counted_at", models.DateTimeField(null=True)),
                (
                    "cart",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="carts.cart"),
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
                        condition=models.Q(("stale_at__isnull", False)),
                        fields=["organization", "stale_at"],
                        name="cart_days_stale",
                    ),
                    models.Index(fields=["organization", "day"], name="cart_days_by_day"),
                ],
                "constraints": [models.UniqueConstraint(fields=("cart", "day"), name="one_row_per_cart_and_day")],
            },
        ),
        migrations.CreateModel(
            name="Charge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(max_length=60)),
                ("amount", models.DecimalField(decimal_places=4, max_digits=18)),
                ("currency", models.CharField(max_length=3)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.merchant"
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="charges", to="orders.order"
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
                "indexes": [models.Index(fields=["organization", "at"], name="charges_by_age")],
            },
        ),
        migrations.CreateModel(
            name="Warehouse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=shipping.warehouses.kinds, max_length=20)),
                ("name", models.CharField(max_length=80)),
                ("settings", models.JSONField(default=dict)),
                ("line1", models.CharField(blank=True, max_length=100, verbose_name="address line 1")),
                ("line2", models.CharField(blank=True, max_length=100, verbose_name="address line 2")),
                ("city", models.CharField(blank=True, max_length=80)),
                ("state", models.CharField(blank=True, max_length=60, verbose_name="state or region")),
                ("postal_code", models.CharField(blank=True, max_length=20)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("archived_at", models.DateTimeField(null=True)),
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
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "name"), name="one_warehouse_per_name")
                ],
            },
        ),
        migrations.CreateModel(
            name="Shipment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("shipped_at", models.DateTimeField()),
                ("created_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.merchant"
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="shipments", to="orders.order"
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
                (
                    "warehouse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shipments", to="shipping.warehouse"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["warehouse", "created_at"], name="shipments_by_age")],
            },
        ),
        migrations.CreateModel(
            name="Package",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("carrier", models.CharField(max_length=60)),
                ("scac", models.CharField(blank=True, max_length=10, verbose_name="SCAC")),
                ("service", models.CharField(max_length=60)),
                ("tracking_number", models.CharField(blank=True, max_length=80)),
                (
                    "untracked",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("letter", "Letter without tracking"),
                            ("by_hand", "Delivered by hand"),
                            ("none_given", "The carrier gives no number"),
                        ],
                        default="",
                        max_length=10,
                        verbose_name="no tracking number",
                    ),
                ),
                ("own_shipped_at", models.DateTimeField(null=True)),
                ("corrected_at", models.DateTimeField(null=True)),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.merchant"
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="packages", to="orders.order"
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
                (
                    "shipment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="packages", to="shipping.shipment"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "tracking_number"], name="packages_by_tracking"),
                    models.Index(
                        models.F("organization"),
                        core.common.prefixes.Beginning("tracking_number"),
                        name="packages_by_beginning",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("order", "number"), name="one_package_per_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("tracking_number", ""), _negated=True),
                        fields=("order", "tracking_number"),
                        name="one_package_per_tracking_number",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Confirmation",
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
                ("due_by", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("seen_at", models.DateTimeField(null=True)),
                ("unseen", models.PositiveSmallIntegerField(default=0)),
                (
                    "cart",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="confirmations", to="carts.cart"
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
                (
                    "feed",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="confirmations",
                        to="shipping.confirmationfeed",
                    ),
                ),
                (
                    "package",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="confirmation", to="shipping.package"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("due", "running"))),
                        fields=["cart", "due_at"],
                        name="confirmations_owed",
                    ),
                    models.Index(
                        condition=models.Q(("seen_at__isnull", True), ("state", "done")),
                        fields=["cart", "confirmed_at"],
                        name="confirmations_to_see",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PackageLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.PositiveIntegerField()),
                ("codes", models.JSONField(null=True)),
                ("untold", models.PositiveIntegerField(default=0)),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="packed", to="orders.line"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organization"
                    ),
                ),
                (
                    "package",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="shipping.package"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("package", "line"), name="one_row_per_line_in_a_package"),
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="a_package_holds_something"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShipMethod",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(max_length=80)),
                ("carrier", models.CharField(max_length=60)),
                ("scac", models.CharField(blank=True, max_length=10, verbose_name="SCAC")),
                ("service", models.CharField(max_length=60)),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "warehouse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ship_methods",
                        to="shipping.warehouse",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("warehouse", "label"), name="one_ship_method_per_label")
                ],
            },
        ),
        migrations.AddField(
            model_name="Warehouse",
            name="default_method",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="shipping.shipmethod",
                verbose_name="default ship method",
            ),
        ),
        migrations.CreateModel(
            name="MethodRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("service", models.CharField(blank=True, max_length=60, verbose_name="ship method on the cart")),
                ("prime", models.BooleanField(blank=True, null=True)),
                ("program", models.CharField(blank=True, default="", max_length=60)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("postal_prefix", models.CharField(blank=True, max_length=12, verbose_name="postal code begins with")),
                (
                    "least",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=18, null=True, verbose_name="order value from"
                    ),
                ),
                (
                    "below",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=18, null=True, verbose_name="order value below"
                    ),
                ),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("made_at", models.DateTimeField()),
                (
                    "cart",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="method_rules",
                        to="carts.cart",
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.merchant"
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
                (
                    "ship_method",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rules",
                        to="shipping.shipmethod",
                        verbose_name="ship method",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organization", "cart"], name="method_rules_of_a_cart")],
            },
        ),
        migrations.CreateModel(
            name="ChosenMethod",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.merchant"
                    ),
                ),
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="chosen_method", to="orders.order"
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
                (
                    "ship_method",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="shipping.shipmethod"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CartMethod",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("seen_at", models.DateTimeField(null=True)),
                (
                    "cart",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="methods", to="carts.cart"
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
                (
                    "ship_method",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="shipping.shipmethod",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("cart", "name"), name="one_mapping_per_ship_method")],
            },
        ),
        migrations.CreateModel(
            name="ShipmentReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=120)),
                ("digest", models.CharField(max_length=64)),
                ("said", models.JSONField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("stored", "Stored"),
                            ("held", "Waits for a person"),
                            ("returned", "Back to the warehouse"),
                        ],
                        max_length=8,
                    ),
                ),
                ("why", models.TextField(blank=True, default="")),
                ("at", models.DateTimeField()),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.merchant"
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reports", to="orders.order"
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
                (
                    "shipment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="shipping.shipment",
                    ),
                ),
                (
                    "warehouse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="shipping.warehouse"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("state", "held")), fields=["order"], name="reports_held"),
                    models.Index(fields=["at"], name="reports_by_age"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("order", "warehouse", "reference"), name="one_report_per_reference")
                ],
            },
        ),
        migrations.CreateModel(
            name="RoutingRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("service", models.CharField(blank=True, max_length=60, verbose_name="ship method on the cart")),
                ("prime", models.BooleanField(blank=True, null=True)),
                ("program", models.CharField(blank=True, default="", max_length=60)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("postal_prefix", models.CharField(blank=True, max_length=12, verbose_name="postal code begins with")),
                (
                    "least",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=18, null=True, verbose_name="order value from"
                    ),
                ),
                (
                    "below",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=18, null=True, verbose_name="order value below"
                    ),
                ),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("made_at", models.DateTimeField()),
                ("in_stock", models.BooleanField(default=False, verbose_name="only if all of it is in stock there")),
                (
                    "cart",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="routing_rules",
                        to="carts.cart",
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
                (
                    "warehouse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="routing_rules",
                        to="shipping.warehouse",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organization"], name="routing_rules_of_a_house")],
            },
        ),
        migrations.CreateModel(
            name="Route",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("by_rules", models.BooleanField(default=False, verbose_name="by routing rules")),
                (
                    "reject_unmapped",
                    models.BooleanField(
                        default=False,
                        help_text="Otherwise they go to the warehouse with the marketplace's own name for the method.",
                        verbose_name="hold orders without a ship method",
                    ),
                ),
                (
                    "ship_from",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Optional. The supply source ID the seller's Amazon account has for this warehouse. It is sent with each package's tracking.",
                        max_length=80,
                        verbose_name="ship-from location",
                    ),
                ),
                (
                    "cart",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="route", to="carts.cart"
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
                (
                    "default_method",
                    models.ForeignKey(
                        blank=True,
                        help_text="For orders of this cart that no rule and no mapping covers.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="shipping.shipmethod",
                        verbose_name="default ship method",
                    ),
                ),
                (
                    "prime_method",
                    models.ForeignKey(
                        blank=True,
                        help_text="Prime orders use this ship method, whatever their own is mapped to.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="shipping.shipmethod",
                        verbose_name="ship Prime orders by",
                    ),
                ),
                (
                    "warehouse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="routes", to="shipping.warehouse"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Release",
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
                ("chosen_by", models.CharField(blank=True, max_length=200)),
                ("placed_by", models.CharField(blank=True, default="", max_length=200)),
                ("number", models.CharField(blank=True, max_length=80)),
                ("replaces", models.CharField(blank=True, default="", max_length=80)),
                ("reference", models.CharField(blank=True, max_length=80)),
                ("released_at", models.DateTimeField(null=True)),
                ("told_at", models.DateTimeField(null=True)),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.merchant"
                    ),
                ),
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="release", to="orders.order"
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
                (
                    "ship_method",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="shipping.shipmethod",
                    ),
                ),
                (
                    "warehouse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="releases", to="shipping.warehouse"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("due", "running"))),
                        fields=["warehouse", "due_at"],
                        name="releases_owed",
                    ),
                    models.Index(
                        models.F("organization"),
                        core.common.prefixes.Beginning("number"),
                        condition=models.Q(("number", ""), _negated=True),
                        name="releases_by_beginning",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Recall",
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
                ("made_at", models.DateTimeField()),
                ("recalled_at", models.DateTimeField(null=True)),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.merchant"
                    ),
                ),
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="recall", to="orders.order"
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
                (
                    "warehouse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="recalls", to="shipping.warehouse"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("due", "running"))),
                        fields=["warehouse", "due_at"],
                        name="recalls_owed",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WarehouseAccess",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("secrets", models.BinaryField()),
                ("token", models.BinaryField(null=True)),
                ("token_until", models.DateTimeField(null=True)),
                ("refreshing_until", models.DateTimeField(null=True)),
                ("refused_at", models.DateTimeField(null=True)),
                ("found", models.JSONField(default=dict)),
                ("look_asked_at", models.DateTimeField(null=True)),
                ("looked_at", models.DateTimeField(null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "warehouse",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="access", to="shipping.warehouse"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="WarehouseAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account", models.CharField(max_length=40)),
                ("name", models.CharField(blank=True, max_length=120)),
                ("due_at", models.DateTimeField()),
                ("asking_until", models.DateTimeField(null=True)),
                ("cursor", models.CharField(blank=True, default="", max_length=120)),
                ("asked_at", models.DateTimeField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
                ("error", models.TextField(blank=True, default="")),
                ("stock_due_at", models.DateTimeField(null=True)),
                ("stock_at", models.DateTimeField(null=True)),
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
                (
                    "warehouse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="accounts", to="shipping.warehouse"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["due_at"], name="warehouse_accounts_due")],
                "constraints": [
                    models.UniqueConstraint(fields=("warehouse", "merchant"), name="one_account_per_merchant"),
                    models.UniqueConstraint(fields=("warehouse", "account"), name="one_merchant_per_account"),
                ],
            },
        ),
        migrations.CreateModel(
            name="WarehouseTraffic",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("calls", models.PositiveBigIntegerField(default=0)),
                ("failed", models.PositiveBigIntegerField(default=0)),
                ("sent", models.PositiveBigIntegerField(default=0)),
                ("received", models.PositiveBigIntegerField(default=0)),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "warehouse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="traffic", to="shipping.warehouse"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("warehouse", "day"), name="one_row_of_traffic_a_day")],
            },
        ),
    ]
