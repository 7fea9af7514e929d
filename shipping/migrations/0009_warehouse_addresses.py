"""Where a warehouse is, and one that nothing goes to any more."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("shipping", "0008_tracking_sheets")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="warehouse",
            name="line1",
            field=models.CharField(blank=True, default="", max_length=100, verbose_name="address line 1"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="warehouse",
            name="line2",
            field=models.CharField(blank=True, default="", max_length=100, verbose_name="address line 2"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="warehouse",
            name="city",
            field=models.CharField(blank=True, default="", max_length=80),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="warehouse",
            name="state",
            field=models.CharField(blank=True, default="", max_length=60, verbose_name="state or region"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="warehouse",
            name="postal_code",
            field=models.CharField(blank=True, default="", max_length=20),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="warehouse",
            name="country",
            field=models.CharField(blank=True, default="", max_length=2),
            preserve_default=False,
        ),
        migrations.AddField(model_name="warehouse", name="archived_at", field=models.DateTimeField(null=True)),
    ]
