import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("alerts", "0001_initial"),
        ("alerts", "0002_clean_up_by_age"),
        ("alerts", "0003_troubles_and_mail_that_waits"),
        ("alerts", "0004_failures_by_age"),
        ("alerts", "0005_who_caused_an_alert"),
        ("alerts", "0006_handled_alerts_and_retries"),
        ("alerts", "0007_preferences_of_recipients"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed_0007_departures"),
    ]

    operations = [
        migrations.CreateModel(
            name="Subscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("nonce", models.CharField(max_length=64)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("cart_id", models.BigIntegerField(null=True)),
                ("address", models.EmailField(blank=True, max_length=254)),
                ("wants_created", models.BooleanField(default=False)),
                ("wants_failed", models.BooleanField(default=False)),
                ("wants_attention", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("stopped_at", models.DateTimeField(null=True)),
                ("noticed_at", models.DateTimeField(null=True)),
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
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"),
                        django.db.models.functions.comparison.Coalesce("merchant", 0),
                        django.db.models.functions.comparison.Coalesce("cart_id", 0),
                        django.db.models.functions.comparison.Coalesce("user", 0),
                        models.F("address"),
                        name="one_party_per_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("address", ""), ("user__isnull", False)),
                            models.Q(("user__isnull", True), models.Q(("address", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="a_party_is_a_person_or_an_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cart_id__isnull", True), ("merchant__isnull", False), _connector="OR"),
                        name="a_party_of_a_cart_is_of_its_merchant",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "topic",
                    models.CharField(
                        choices=[
                            ("created", "Orders that came in"),
                            ("failed", "Orders that failed to import"),
                            ("attention", "What needs a person"),
                        ],
                        max_length=10,
                    ),
                ),
                ("cart_id", models.BigIntegerField()),
                ("pull", models.UUIDField()),
                ("heading", models.CharField(max_length=250)),
                ("path", models.CharField(max_length=200)),
                ("items", models.JSONField(default=list)),
                ("count", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
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
                    "subscription",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="alerts.subscription",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["at"], name="notices_by_age")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subscription", "pull", "topic", "cart_id"), name="one_notice_per_pull"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Trouble",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cause", models.CharField(max_length=40)),
                ("subject_kind", models.CharField(max_length=20)),
                ("subject_id", models.BigIntegerField()),
                ("since", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
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
                "indexes": [models.Index(fields=["seen_at"], name="troubles_by_age")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "cause", "subject_kind", "subject_id"), name="one_trouble_per_cause"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cart_id", models.BigIntegerField(null=True)),
                ("cause", models.CharField(max_length=40)),
                ("subject_kind", models.CharField(max_length=20)),
                ("subject_id", models.BigIntegerField()),
                ("message", models.TextField()),
                ("path", models.CharField(blank=True, max_length=200)),
                ("opened_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("times", models.PositiveIntegerField(default=1)),
                ("closed_at", models.DateTimeField(null=True)),
                ("mailed_at", models.DateTimeField(null=True)),
                ("fingerprint", models.CharField(blank=True, default="", max_length=16)),
                ("snoozed_until", models.DateTimeField(null=True)),
                ("dismissed_at", models.DateTimeField(null=True)),
                ("dismissed_because", models.CharField(blank=True, default="", max_length=200)),
                (
                    "assigned_to",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
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
                    "dismissed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "closed_at", "-opened_at"], name="alerts_by_age"),
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True), ("mailed_at__isnull", True)),
                        fields=["opened_at"],
                        name="alerts_to_mail",
                    ),
                    models.Index(fields=["organization", "cause", "opened_at"], name="alerts_of_a_cause"),
                    models.Index(fields=["closed_at"], name="alerts_by_end"),
                    models.Index(
                        condition=models.Q(("snoozed_until__isnull", False)),
                        fields=["snoozed_until"],
                        name="alerts_to_wake",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=("organization", "cause", "subject_kind", "subject_id"),
                        name="one_open_alert_per_cause",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Mail",
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
                ("to", models.EmailField(max_length=254)),
                ("subject", models.CharField(max_length=200)),
                ("text", models.TextField()),
                ("link_path", models.CharField(blank=True, max_length=200)),
                ("link_nonce", models.CharField(blank=True, max_length=64)),
                ("link_digest", models.CharField(blank=True, max_length=64)),
                ("cause", models.CharField(max_length=40)),
                ("message_id", models.CharField(max_length=120)),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("waiting_since", models.DateTimeField(null=True)),
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
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("due", "running"))),
                        fields=["organization", "due_at"],
                        name="mails_owed",
                    ),
                    models.Index(fields=["organization", "-created_at"], name="mails_by_age"),
                    models.Index(fields=["created_at"], name="mails_of_all_by_age"),
                    models.Index(
                        condition=models.Q(("waiting_since__isnull", False)),
                        fields=["organization", "waiting_since"],
                        name="mails_waiting",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Preference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.EmailField(blank=True, max_length=254)),
                (
                    "rhythm",
                    models.CharField(
                        choices=[
                            ("now", "Everything at once"),
                            ("urgent", "Urgent alerts at once, everything else in the digest"),
                            ("digest", "Everything in the digest"),
                        ],
                        default="now",
                        max_length=6,
                    ),
                ),
                ("unwanted", models.JSONField(default=list)),
                ("digest_at", models.JSONField(default=list)),
                ("zone", models.CharField(blank=True, max_length=64)),
                ("digest_due_at", models.DateTimeField(null=True)),
                ("digested_at", models.DateTimeField(null=True)),
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
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("digest_due_at__isnull", False)),
                        fields=["digest_due_at"],
                        name="digests_owed",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"),
                        django.db.models.functions.comparison.Coalesce("user", 0),
                        models.F("address"),
                        name="one_preference_per_recipient",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("address", ""), ("user__isnull", False)),
                            models.Q(("user__isnull", True), models.Q(("address", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="a_preference_is_of_a_person_or_an_address",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RetryPlan",
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
                ("cause", models.CharField(max_length=40)),
                ("choice", models.JSONField()),
                ("because", models.CharField(max_length=200)),
                ("made_at", models.DateTimeField()),
                ("total", models.PositiveIntegerField()),
                ("seen_to", models.BigIntegerField(default=0)),
                ("last_alert", models.BigIntegerField()),
                ("retried", models.PositiveIntegerField(default=0)),
                ("left", models.PositiveIntegerField(default=0)),
                ("cancel_asked_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
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
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("due", "running"))),
                        fields=["organization", "due_at"],
                        name="retry_plans_owed",
                    ),
                    models.Index(fields=["organization", "-id"], name="retry_plans_of_a_3pl"),
                    models.Index(fields=["made_at"], name="retry_plans_by_age"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Storm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cart_id", models.BigIntegerField(null=True)),
                ("cause", models.CharField(max_length=40)),
                ("began_at", models.DateTimeField()),
                ("calmed_at", models.DateTimeField(null=True)),
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"),
                        django.db.models.functions.comparison.Coalesce("merchant", 0),
                        django.db.models.functions.comparison.Coalesce("cart_id", 0),
                        models.F("cause"),
                        condition=models.Q(("calmed_at__isnull", True)),
                        name="one_storm_per_cause",
                    )
                ],
            },
        ),
    ]
