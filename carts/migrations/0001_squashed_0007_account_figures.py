import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import carts.marketplaces


class Migration(migrations.Migration):
    replaces = [
        ("carts", "0001_initial"),
        ("carts", "0002_consent_attempts"),
        ("carts", "0003_asked_links_and_presses"),
        ("carts", "0004_consent_granted"),
        ("carts", "0005_listings_page_by_page"),
        ("carts", "0006_stop_switch"),
        ("carts", "0007_account_figures"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed_0007_departures"),
        ("alerts", "0001_squashed_0007_preferences_of_recipients"),
    ]

    operations = [
        migrations.CreateModel(
            name="Press",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=120, unique=True)),
                ("at", models.DateTimeField(db_index=True)),
                ("times", models.PositiveIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name="Grant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=carts.marketplaces.kinds, max_length=20)),
                ("region", models.CharField(max_length=8)),
                ("seller_id", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[("connected", "Connected"), ("ended", "Needs authorization")],
                        default="connected",
                        max_length=10,
                    ),
                ),
                ("authorized_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("stopped_at", models.DateTimeField(null=True)),
                ("stopped_because", models.CharField(blank=True, default="", max_length=200)),
                ("reminded_days", models.PositiveSmallIntegerField(null=True)),
                ("refresh_token", models.BinaryField()),
                ("access_token", models.BinaryField(null=True)),
                ("access_token_until", models.DateTimeField(null=True)),
                ("refreshing_until", models.DateTimeField(null=True)),
                ("pull_claim", models.UUIDField(null=True)),
                ("pulling_until", models.DateTimeField(null=True)),
                ("window_since", models.DateTimeField(null=True)),
                ("window_until", models.DateTimeField(null=True)),
                ("window_places", models.JSONField(default=list)),
                ("page_token", models.TextField(blank=True)),
                ("pulled_at", models.DateTimeField(null=True)),
                ("pull_failed_at", models.DateTimeField(null=True)),
                ("pull_error", models.TextField(blank=True)),
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "kind", "region", "seller_id"), name="one_grant_per_seller"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Cart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=carts.marketplaces.kinds, max_length=20)),
                ("place_id", models.CharField(max_length=20)),
                (
                    "name",
                    models.CharField(
                        help_text="What the warehouse sees as the source.",
                        max_length=80,
                        verbose_name="order source name",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("setup", "Being set up"),
                            ("live", "Live"),
                            ("paused", "Paused"),
                            ("disconnected", "Disconnected"),
                            ("archived", "Archived"),
                        ],
                        default="setup",
                        max_length=12,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("live_at", models.DateTimeField(null=True)),
                ("store_name", models.CharField(blank=True, max_length=200)),
                ("refused_seller_id", models.CharField(blank=True, max_length=64)),
                ("allowed_seller_id", models.CharField(blank=True, max_length=64)),
                (
                    "product_code",
                    models.CharField(choices=[("sku", "Seller SKU"), ("asin", "ASIN")], default="sku", max_length=4),
                ),
                (
                    "earliest_order_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Older orders stay out of the warehouse.",
                        null=True,
                        verbose_name="earliest order date",
                    ),
                ),
                (
                    "prime_prefix",
                    models.CharField(
                        blank=True,
                        help_text="Put before the numbers of Prime orders at the warehouse.",
                        max_length=10,
                        verbose_name="Prime prefix",
                    ),
                ),
                ("orders_on", models.BooleanField(default=True, verbose_name="download orders")),
                (
                    "orders_every",
                    models.PositiveSmallIntegerField(
                        default=15,
                        validators=[
                            django.core.validators.MinValueValidator(5),
                            django.core.validators.MaxValueValidator(60),
                        ],
                        verbose_name="every (minutes)",
                    ),
                ),
                ("orders_due_at", models.DateTimeField(null=True)),
                ("orders_seen_until", models.DateTimeField(null=True)),
                ("shipments_on", models.BooleanField(default=True, verbose_name="upload shipments")),
                (
                    "shipments_every",
                    models.PositiveSmallIntegerField(
                        default=60,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1440),
                        ],
                        verbose_name="every (minutes)",
                    ),
                ),
                ("shipments_due_at", models.DateTimeField(null=True)),
                ("inventory_on", models.BooleanField(default=True, verbose_name="upload inventory")),
                (
                    "inventory_every",
                    models.PositiveSmallIntegerField(
                        default=60,
                        validators=[
                            django.core.validators.MinValueValidator(15),
                            django.core.validators.MaxValueValidator(1440),
                        ],
                        verbose_name="every (minutes)",
                    ),
                ),
                ("inventory_due_at", models.DateTimeField(null=True)),
                (
                    "brake",
                    models.CharField(
                        choices=[("ask", "Hold and ask"), ("zero", "Send zero"), ("keep", "Keep what is shown")],
                        default="ask",
                        help_text="When many SKUs go to zero at once, or the warehouse has been silent for a day.",
                        max_length=4,
                        verbose_name="when stock looks wrong",
                    ),
                ),
                ("listed_at", models.DateTimeField(null=True)),
                ("listing_cursor", models.TextField(blank=True)),
                ("listing_began_at", models.DateTimeField(null=True)),
                ("listing_failures", models.PositiveIntegerField(default=0)),
                ("checked_at", models.DateTimeField(null=True)),
                ("checks", models.JSONField(default=list)),
                ("checks_due_at", models.DateTimeField(null=True)),
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
                    "grant",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="carts",
                        to="carts.grant",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("grant__isnull", False), models.Q(("state", "archived"), _negated=True)),
                        fields=("grant", "place_id"),
                        name="one_cart_per_seller_and_place",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Bucket",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation", models.CharField(max_length=60)),
                ("rate", models.FloatField()),
                ("burst", models.PositiveIntegerField()),
                ("tokens", models.FloatField()),
                ("filled_at", models.DateTimeField()),
                ("version", models.PositiveBigIntegerField(default=0)),
                (
                    "grant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="buckets", to="carts.grant"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("grant", "operation"), name="one_bucket_per_operation")
                ],
            },
        ),
        migrations.CreateModel(
            name="AccountReading",
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
                ("reference", models.CharField(blank=True, max_length=100)),
                ("asked_at", models.DateTimeField(null=True)),
                ("told_at", models.DateTimeField(null=True)),
                ("seller", models.JSONField(default=dict)),
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
                    "grant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="account_reading", to="carts.grant"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("due", "running"))),
                        fields=["due_at"],
                        name="account_readings_owed",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LinkRequest",
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
                ("email", models.EmailField(max_length=320)),
                ("asked_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("due", "running"))),
                        fields=["due_at"],
                        name="link_requests_owed",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Listing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sku", models.CharField(max_length=255)),
                ("asin", models.CharField(blank=True, max_length=20)),
                ("title", models.TextField(blank=True)),
                ("product_type", models.CharField(blank=True, max_length=80)),
                ("fulfilled_by_marketplace", models.BooleanField(default=False)),
                ("on_both_channels", models.BooleanField(default=False)),
                ("quantity_there", models.IntegerField(null=True)),
                ("status", models.CharField(blank=True, max_length=80)),
                ("handling_days", models.PositiveSmallIntegerField(null=True)),
                ("issues", models.JSONField(default=list)),
                ("seen_at", models.DateTimeField()),
                ("gone_at", models.DateTimeField(null=True)),
                (
                    "cart",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="listings", to="carts.cart"
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
                "constraints": [models.UniqueConstraint(fields=("cart", "sku"), name="one_listing_per_sku")],
            },
        ),
        migrations.CreateModel(
            name="SetupLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("nonce", models.CharField(max_length=64)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "purpose",
                    models.CharField(
                        choices=[("connect", "Connect"), ("renew", "Renew")], default="connect", max_length=8
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                ("opened_at", models.DateTimeField(null=True)),
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
                    "cart",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="setup_links", to="carts.cart"
                    ),
                ),
                (
                    "mail",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="alerts.mail"
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
                "indexes": [models.Index(fields=["email"], name="setup_links_by_email")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at__isnull", True), ("used_at__isnull", True)),
                        fields=("cart",),
                        name="one_open_setup_link_per_cart",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state_digest", models.CharField(max_length=64, unique=True)),
                ("browser_digest", models.CharField(max_length=64)),
                ("seller_id", models.CharField(blank=True, max_length=64)),
                ("begun_at", models.DateTimeField(db_index=True)),
                ("used_at", models.DateTimeField(null=True)),
                ("granted_at", models.DateTimeField(null=True)),
                (
                    "begun_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "begun_with",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="carts.consent"
                    ),
                ),
                (
                    "cart",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="consents", to="carts.cart"
                    ),
                ),
                (
                    "link",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consents",
                        to="carts.setuplink",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AccountDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("told_at", models.DateTimeField()),
                ("standing", models.CharField(blank=True, max_length=40)),
                ("rates", models.JSONField(default=dict)),
                ("warnings", models.JSONField(default=list)),
                ("unread", models.JSONField(default=list)),
                ("source", models.JSONField(default=dict)),
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
                    "cart",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="account_days", to="carts.cart"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("cart", "day"), name="one_row_per_account_and_day")],
            },
        ),
    ]
