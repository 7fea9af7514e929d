import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("webhooks", "0001_initial"), ("webhooks", "0002_chats")]

    initial = True

    dependencies = [
        ("accounts", "0001_squashed_0007_departures"),
        ("activity", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="LogPosition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("read_to", models.BigIntegerField(default=0)),
                ("gaps", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="Endpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("url", models.CharField(max_length=500)),
                (
                    "shape",
                    models.CharField(
                        choices=[
                            ("standard", "Standard Webhooks, for programs"),
                            ("slack", "Slack, Mattermost or Rocket.Chat: alerts"),
                            ("teams", "Microsoft Teams: alerts"),
                        ],
                        default="standard",
                        max_length=8,
                        verbose_name="format",
                    ),
                ),
                ("urgent_only", models.BooleanField(default=False, verbose_name="urgent alerts only")),
                ("types", models.JSONField(default=list)),
                ("secret", models.BinaryField()),
                ("former_secret", models.BinaryField(null=True)),
                ("former_until", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField()),
                ("first_event", models.BigIntegerField()),
                ("ailing_since", models.DateTimeField(null=True)),
                ("disabled_at", models.DateTimeField(null=True)),
                ("disabled_because", models.TextField(blank=True)),
                ("removed_at", models.DateTimeField(null=True)),
                ("replay_since", models.DateTimeField(null=True)),
                ("replay_before", models.BigIntegerField(null=True)),
                ("replay_all", models.BooleanField(default=False)),
                (
                    "made_by",
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
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "-id"], name="endpoints_of_a_3pl"),
                    models.Index(
                        condition=models.Q(("replay_since__isnull", False)),
                        fields=["id"],
                        name="endpoints_with_a_replay",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
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
                ("message_id", models.CharField(max_length=40, unique=True)),
                ("type", models.CharField(max_length=40)),
                ("body", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("delivered_at", models.DateTimeField(null=True)),
                ("tries", models.PositiveIntegerField(default=0)),
                ("tried_at", models.DateTimeField(null=True)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("answer", models.CharField(blank=True, max_length=500)),
                ("milliseconds", models.PositiveIntegerField(null=True)),
                (
                    "event",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="activity.event",
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
                    "endpoint",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="webhooks.endpoint",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "webhook messages",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("due", "running"))),
                        fields=["endpoint", "due_at"],
                        name="deliveries_owed",
                    ),
                    models.Index(fields=["endpoint", "-id"], name="deliveries_of_an_endpoint"),
                    models.Index(fields=["made_at"], name="deliveries_by_age"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("endpoint", "event"), name="one_message_per_event_and_endpoint")
                ],
            },
        ),
    ]
