import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.common.clock
import core.common.prefixes
from core.common.migration_steps import on_postgresql

# As 0011_orders_by_ending makes it.
BY_ENDING = """
CREATE INDEX orders_by_ending ON orders_order (organization_id, (REVERSE(UPPER(number))) text_pattern_ops)
"""


class Migration(migrations.Migration):
    replaces = [
        ("orders", "0001_initial"),
        ("orders", "0002_plainer_labels"),
        ("orders", "0003_order_sellers"),
        ("orders", "0004_packages_there"),
        ("orders", "0005_partly_confirmed"),
        ("orders", "0006_canceled_lines"),
        ("orders", "0007_programs_and_handling"),
        ("orders", "0008_lines_unfit"),
        ("orders", "0009_list_layouts"),
        ("orders", "0010_shared_views"),
        ("orders", "0011_orders_by_ending"),
        ("orders", "0012_views_in_a_persons_order"),
        ("orders", "0013_recipients_by_name_and_city"),
        ("orders", "0014_orders_by_change"),
        ("orders", "0015_add_legal_hold"),
        ("orders", "0016_routing_rules"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed_0007_departures"),
        ("carts", "0001_squashed_0007_account_figures"),
    ]

    operations = [
        migrations.CreateModel(
            name="ItemFilter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "mode",
                    models.CharField(
                        choices=[("allow", "Only these items"), ("deny", "All but these items")],
                        default="deny",
                        max_length=5,
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("line", "Leave out the line, take the rest of the order"),
                            ("order", "Leave out the whole order"),
                        ],
                        default="line",
                        max_length=5,
                    ),
                ),
                (
                    "by",
                    models.CharField(choices=[("sku", "Seller SKU"), ("asin", "ASIN")], default="sku", max_length=4),
                ),
                (
                    "match",
                    models.CharField(
                        choices=[("whole", "is"), ("starts", "starts with"), ("ends", "ends with")],
                        default="whole",
                        max_length=6,
                    ),
                ),
                ("values", models.JSONField(default=list)),
                (
                    "cart",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="item_filter", to="carts.cart"
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
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("new", "New"),
                            ("held", "Held"),
                            ("error", "Error"),
                            ("at_wms", "At WMS"),
                            ("shipped", "Shipped"),
                            ("confirmed", "Confirmed"),
                            ("partly", "Confirmed, in part"),
                            ("canceled", "Canceled"),
                            ("skipped", "Skipped"),
                            ("closed", "Closed"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "held_for",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("strange", "It could not be read"),
                            ("state", "Amazon gives it a status we don't release"),
                            ("address", "It has no address"),
                            ("buyer", "The buyer asked to cancel"),
                            ("canceled", "It is canceled, and the warehouse may have it"),
                            ("unmapped", "Its ship method is not mapped"),
                            ("unrouted", "No routing rule fits it"),
                            ("person", "Somebody is holding it"),
                            ("items", "Its lines can't be shipped as they are"),
                            ("program", "It must not be shipped like any other"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("shipped_at", models.DateTimeField(null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("number", models.CharField(max_length=60)),
                ("seller_id", models.CharField(blank=True, default="", max_length=64)),
                (
                    "state_there",
                    models.CharField(
                        choices=[
                            ("pending", "pending"),
                            ("open", "open"),
                            ("partly_shipped", "partly_shipped"),
                            ("shipped", "shipped"),
                            ("canceled", "canceled"),
                            ("unfulfillable", "unfulfillable"),
                            ("unknown", "unknown"),
                        ],
                        max_length=20,
                    ),
                ),
                ("native_state", models.CharField(blank=True, max_length=60)),
                ("service", models.CharField(blank=True, max_length=60, verbose_name="ship method")),
                ("placed_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("ship_by", models.DateTimeField(null=True)),
                ("deliver_by", models.DateTimeField(null=True)),
                ("is_prime", models.BooleanField(default=False)),
                ("is_business", models.BooleanField(default=False)),
                ("programs", models.TextField(blank=True, default="")),
                ("total", models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("line_count", models.PositiveIntegerField(default=0)),
                ("unit_count", models.PositiveIntegerField(default=0)),
                ("digest", models.CharField(max_length=32)),
                ("packages_there", models.JSONField(default=list)),
                ("taken_at", models.DateTimeField(null=True)),
                ("edited_at", models.DateTimeField(null=True)),
                ("cancel_refused_at", models.DateTimeField(null=True)),
                ("released_to", models.BigIntegerField(null=True)),
                ("downloaded_at", models.DateTimeField()),
                ("touched_at", models.DateTimeField(default=core.common.clock.now)),
                (
                    "cart",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="carts.cart",
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
                    models.Index(fields=["organization", "-placed_at", "-id"], name="orders_by_age"),
                    models.Index(
                        fields=["organization", "status", "-placed_at", "-id"],
                        include=("cart", "merchant", "released_to", "service", "is_prime", "is_business", "ship_by"),
                        name="orders_by_status",
                    ),
                    models.Index(fields=["cart", "-placed_at", "-id"], name="orders_of_cart"),
                    models.Index(fields=["merchant", "-placed_at", "-id"], name="orders_of_merchant"),
                    models.Index(
                        fields=["organization", "released_to", "-placed_at", "-id"], name="orders_of_warehouse"
                    ),
                    models.Index(fields=["organization", "service", "-placed_at", "-id"], name="orders_of_service"),
                    models.Index(
                        condition=models.Q(("is_prime", True)),
                        fields=["organization", "-placed_at", "-id"],
                        name="orders_prime",
                    ),
                    models.Index(
                        condition=models.Q(("is_business", True)),
                        fields=["organization", "-placed_at", "-id"],
                        name="orders_business",
                    ),
                    models.Index(fields=["organization", "ship_by", "id"], name="orders_by_ship_by"),
                    models.Index(fields=["organization", "touched_at", "id"], name="orders_by_change"),
                    models.Index(
                        condition=models.Q(("status__in", ("pending", "new", "held", "error", "at_wms"))),
                        fields=["organization", "ship_by", "id"],
                        name="orders_open_by_ship_by",
                    ),
                    models.Index(fields=["organization", "line_count", "id"], name="orders_by_lines"),
                    models.Index(
                        models.F("organization"), core.common.prefixes.Beginning("number"), name="orders_by_beginning"
                    ),
                    models.Index(fields=["organization", "number"], name="orders_by_number"),
                    models.Index(
                        condition=models.Q(("status", "new")), fields=["status", "id"], name="orders_to_release"
                    ),
                    models.Index(
                        condition=models.Q(("held_for", "canceled"), ("status", "held")),
                        fields=["id"],
                        name="orders_to_recall",
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("cart", "number"), name="one_order_per_number")],
            },
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("sealed", models.BinaryField()),
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
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="orders.order"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Line",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=60)),
                ("sku", models.CharField(max_length=255)),
                ("asin", models.CharField(blank=True, max_length=20)),
                ("title", models.TextField(blank=True)),
                ("ordered", models.PositiveIntegerField()),
                ("fulfilled_there", models.PositiveIntegerField(default=0)),
                ("canceled", models.PositiveIntegerField(default=0)),
                ("unit_price", models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ("total", models.DecimalField(decimal_places=4, max_digits=18, null=True)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("cancel_requested", models.BooleanField(default=False)),
                ("cancel_refused_at", models.DateTimeField(null=True)),
                ("left_out", models.BooleanField(default=False)),
                ("details", models.JSONField(null=True)),
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
                    "order",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="orders.order",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "sku"], name="lines_by_sku"),
                    models.Index(
                        models.F("organization"), core.common.prefixes.Beginning("sku"), name="lines_by_beginning"
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("order", "reference"), name="one_line_per_reference")],
            },
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "ended_by",
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
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="legal_holds", to="orders.order"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("order",),
                        name="one_legal_hold_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Difference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("quantity", "Quantity"),
                            ("address", "Address"),
                            ("service", "Ship method"),
                            ("line", "Line"),
                        ],
                        max_length=8,
                    ),
                ),
                ("was", models.CharField(blank=True, max_length=200)),
                ("now", models.CharField(blank=True, max_length=200)),
                ("seen_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
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
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="orders.line"
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="differences", to="orders.order"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("settled_at__isnull", True)), fields=["order"], name="differences_open"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderFilter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "field",
                    models.CharField(
                        choices=[
                            ("service", "Ship method"),
                            ("country", "Country"),
                            ("state", "State or province"),
                            ("postal_code", "Postal code"),
                            ("prime", "Prime (yes or no)"),
                            ("business", "Business order (yes or no)"),
                            ("program", "Program"),
                            ("currency", "Currency"),
                            ("number", "Order number"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "match",
                    models.CharField(
                        choices=[("whole", "is"), ("starts", "starts with"), ("ends", "ends with")],
                        default="whole",
                        max_length=6,
                    ),
                ),
                (
                    "effect",
                    models.CharField(
                        choices=[("required", "Include only these"), ("restricted", "Leave these out")],
                        default="restricted",
                        max_length=10,
                    ),
                ),
                ("values", models.JSONField(default=list)),
                (
                    "cart",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="order_filters", to="carts.cart"
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
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Recipient",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("country", models.CharField(blank=True, max_length=2)),
                ("sealed", models.BinaryField(null=True)),
                ("source", models.BinaryField(null=True)),
                ("first_mark", models.CharField(blank=True, default="", max_length=16)),
                ("last_mark", models.CharField(blank=True, default="", max_length=16)),
                ("city_mark", models.CharField(blank=True, default="", max_length=16)),
                ("erased_at", models.DateTimeField(null=True)),
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="recipient", to="orders.order"
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
                        condition=models.Q(("first_mark", ""), _negated=True),
                        fields=["organization", "first_mark"],
                        name="recipients_by_first",
                    ),
                    models.Index(
                        condition=models.Q(("last_mark", ""), _negated=True),
                        fields=["organization", "last_mark"],
                        name="recipients_by_last",
                    ),
                    models.Index(
                        condition=models.Q(("city_mark", ""), _negated=True),
                        fields=["organization", "city_mark"],
                        name="recipients_by_city",
                    ),
                    models.Index(
                        condition=models.Q(("erased_at__isnull", True)), fields=["order"], name="recipients_not_erased"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedFilter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("query", models.CharField(max_length=500)),
                ("shared", models.BooleanField(default=False)),
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
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "user", "name"), name="one_saved_filter_per_name")
                ],
            },
        ),
        migrations.CreateModel(
            name="ListLayout",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("columns", models.JSONField(default=list)),
                ("view_order", models.JSONField(default=list)),
                ("per_page", models.PositiveSmallIntegerField(default=50)),
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
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "opens",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="orders.savedfilter",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "user"), name="one_list_layout_per_person")
                ],
            },
        ),
        on_postgresql(BY_ENDING, "DROP INDEX orders_by_ending"),
    ]
