"""How an organization looks to others: its color, its logo, and where answers to its mails go."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import core.accounts.organization


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0004_copied_invitations")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="organization",
            name="color",
            field=models.CharField(
                default="#2f5bd7", max_length=7, validators=[core.accounts.organization.known_color]
            ),
        ),
        migrations.AddField(
            model_name="organization",
            name="reply_to",
            field=models.EmailField(blank=True, default="", max_length=254, verbose_name="reply-to address"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="organization",
            name="logo_key",
            field=models.CharField(blank=True, default="", max_length=64),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="organization",
            constraint=models.UniqueConstraint(
                condition=models.Q(("logo_key", ""), _negated=True),
                fields=("logo_key",),
                name="one_organization_per_logo",
            ),
        ),
        migrations.CreateModel(
            name="Logo",
            fields=[
                (
                    "organization",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="logo",
                        serialize=False,
                        to="accounts.organization",
                    ),
                ),
                ("content", models.BinaryField()),
                ("media_type", models.CharField(max_length=20)),
            ],
        ),
    ]
