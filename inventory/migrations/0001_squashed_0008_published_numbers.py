import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("inventory", "0001_initial"),
        ("inventory", "0002_observations"),
        ("inventory", "0003_skus_of_asin_carts"),
        ("inventory", "0004_levels_by_sku"),
        ("inventory", "0005_one_number_per_account"),
        ("inventory", "0006_updates_by_account"),
        ("inventory", "0007_shelf_policy"),
        ("inventory", "0008_published_numbers"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed_0007_departures"),
        ("carts", "0001_squashed_0007_account_figures"),
        ("shipping", "0001_squashed_0016_sheet_counts"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountStock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("held_at", models.DateTimeField(null=True)),
                ("held_because", models.TextField(blank=True)),
                ("let_go_at", models.DateTimeField(null=True)),
                ("share", models.PositiveSmallIntegerField(default=1)),
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
            options={
                "abstract": False,
            },
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
                        condition=models.Q(("state__in", ("due", "running"))),
                        fields=["grant", "due_at"],
                        name="stock_feeds_owed",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("due", "running"))),
                        fields=("grant",),
                        name="one_stock_feed_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StockLevel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sku", models.CharField(max_length=255)),
                ("title", models.TextField(blank=True)),
                ("on_hand", models.IntegerField(null=True)),
                ("observed_at", models.DateTimeField(null=True)),
                ("sequence", models.BigIntegerField(null=True)),
                ("orders_off", models.BooleanField(default=False)),
                ("settled_until", models.DateTimeField(null=True)),
                ("safety", models.PositiveIntegerField(default=0)),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="levels", to="shipping.warehouse"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "sku", "id"], name="levels_by_sku"),
                    models.Index(fields=["merchant", "sku", "id"], name="levels_of_a_merchant"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("warehouse", "merchant", "sku"), name="one_level_per_sku")
                ],
            },
        ),
        migrations.CreateModel(
            name="Observation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("before", models.IntegerField(null=True)),
                ("on_hand", models.IntegerField()),
                ("observed_at", models.DateTimeField()),
                ("sequence", models.BigIntegerField(null=True)),
                ("stored_at", models.DateTimeField(db_index=True)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("page", "Counted here"),
                            ("sheet", "Sheet"),
                            ("api", "API"),
                            ("warehouse", "Warehouse system"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    "level",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="observations",
                        to="inventory.stocklevel",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["level", "-stored_at"], name="observations_of_a_level")],
            },
        ),
        migrations.CreateModel(
            name="StockUpdate",
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
                ("sku", models.CharField(max_length=255)),
                ("wanted", models.PositiveIntegerField()),
                ("wanted_at", models.DateTimeField()),
                ("sent", models.PositiveIntegerField(null=True)),
                ("told", models.PositiveIntegerField(null=True)),
                ("told_at", models.DateTimeField(null=True)),
                ("reference", models.CharField(blank=True, max_length=80)),
                ("refused_at", models.DateTimeField(null=True)),
                ("looked_at", models.DateTimeField(null=True)),
                ("numbers", models.JSONField(default=dict)),
                ("in_conflict", models.BooleanField(default=False)),
                ("is_held", models.BooleanField(default=False)),
                ("stands_otherwise", models.BooleanField(default=False)),
                (
                    "feed",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="updates",
                        to="inventory.stockfeed",
                    ),
                ),
                (
                    "grant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="stock_updates", to="carts.grant"
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
                        fields=["merchant", "due_at"],
                        name="stock_updates_owed",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("state", "stuck"),
                            ("is_held", True),
                            ("in_conflict", True),
                            ("stands_otherwise", True),
                            _connector="OR",
                        ),
                        fields=["merchant", "sku"],
                        name="stock_updates_in_trouble",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("grant", "sku"), name="one_stock_update_per_account_and_sku")
                ],
            },
        ),
        migrations.CreateModel(
            name="PublishedNumber",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.PositiveIntegerField()),
                ("told_at", models.DateTimeField(db_index=True)),
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
                    "update",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="published",
                        to="inventory.stockupdate",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["update", "-told_at"], name="published_of_an_update")],
            },
        ),
        migrations.CreateModel(
            name="ShelfPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "rule",
                    models.CharField(
                        choices=[
                            ("all", "Everyone sees all"),
                            ("shares", "Fixed shares"),
                            ("last", "Last units to one"),
                        ],
                        default="all",
                        max_length=6,
                    ),
                ),
                ("last_units", models.PositiveIntegerField(default=5)),
                ("saved_at", models.DateTimeField()),
                (
                    "last_grant",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="carts.grant"
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
                "constraints": [models.UniqueConstraint(fields=("merchant",), name="one_shelf_policy_per_merchant")],
            },
        ),
    ]
