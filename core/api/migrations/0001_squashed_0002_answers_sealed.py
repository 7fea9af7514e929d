import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("api", "0001_keys"), ("api", "0002_answers_sealed")]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed_0007_departures"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("public_id", models.CharField(max_length=24, unique=True)),
                ("digest", models.CharField(max_length=64)),
                ("warehouse_id", models.BigIntegerField(null=True)),
                ("cart_id", models.BigIntegerField(null=True)),
                ("scopes", models.JSONField(default=list)),
                ("addresses", models.JSONField(default=list)),
                ("is_test", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("last_used_at", models.DateTimeField(null=True)),
                ("calls", models.PositiveBigIntegerField(default=0)),
                ("errors", models.PositiveBigIntegerField(default=0)),
                (
                    "made_by",
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.merchant",
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
                    "replaces",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="replaced_by",
                        to="api.apikey",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organization", "-made_at", "-id"], name="api_keys_by_age")],
            },
        ),
        migrations.CreateModel(
            name="ApiCall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("method", models.CharField(max_length=8)),
                ("path", models.CharField(max_length=200)),
                ("status", models.PositiveSmallIntegerField()),
                ("code", models.CharField(blank=True, max_length=40)),
                ("milliseconds", models.PositiveIntegerField()),
                ("received", models.PositiveIntegerField(default=0)),
                ("sent", models.PositiveIntegerField(default=0)),
                ("address", models.GenericIPAddressField(null=True)),
                ("request_id", models.CharField(max_length=40)),
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
                    "key",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="log", to="api.apikey"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["key", "-id"], name="api_calls_of_a_key"),
                    models.Index(fields=["at"], name="api_calls_by_age"),
                ],
            },
        ),
        migrations.CreateModel(
            name="KeptAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=255)),
                ("digest", models.CharField(max_length=64)),
                ("turn", models.UUIDField()),
                ("turn_until", models.DateTimeField()),
                ("answered", models.PositiveSmallIntegerField(null=True)),
                ("sealed", models.BinaryField(default=bytes)),
                ("headers", models.JSONField(default=dict)),
                ("at", models.DateTimeField(db_index=True)),
                (
                    "key",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="api.apikey"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("key", "name"), name="one_answer_per_name")],
            },
        ),
    ]
