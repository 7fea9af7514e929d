"""A buyer's wish to cancel is refused line by line; what was refused before was so for all its lines."""

from typing import Any

from django.db import migrations, models


def _refuse_lines(apps: Any, editor: Any) -> None:
    orders = apps.get_model("orders", "Order").objects.filter(cancel_refused_at__isnull=False)
    refused_at = orders.filter(pk=models.OuterRef("order")).values("cancel_refused_at")
    lines = apps.get_model("orders", "Line").objects.filter(order__in=orders, cancel_requested=True)
    lines.update(cancel_refused_at=models.Subquery(refused_at))


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0005_partly_confirmed"),
    ]

    operations = [
        migrations.AddField(
            model_name="line",
            name="cancel_refused_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(_refuse_lines, migrations.RunPython.noop),
    ]
