import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_copied_invitations"),
        ("shipping", "0007_drafts_and_batches"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TrackingSheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField()),
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
        ),
        migrations.AddIndex(
            model_name="trackingsheet",
            index=models.Index(fields=["organization", "-made_at"], name="tracking_sheets_of_a_3pl"),
        ),
        migrations.AddIndex(
            model_name="trackingsheet",
            index=models.Index(fields=["made_at"], name="tracking_sheets_by_age"),
        ),
        migrations.AddIndex(
            model_name="charge",
            index=models.Index(fields=["organization", "at"], name="charges_by_age"),
        ),
    ]
