"""Tracking numbers in their carrier's form, also those that were stored as they were typed; and no SCAC is needed."""

from typing import Any

from django.db import migrations, models

from shipping.carriers.labels import tracking_form

AT_ONCE = 1000


def put_in_form(apps: Any, schema_editor: Any) -> None:
    """Change what differs. Where an order has the number in its form already, the other stays as it is."""
    packages = apps.get_model("shipping", "Package").objects.order_by("pk")
    last = 0
    while page := list(packages.filter(pk__gt=last).only("order_id", "carrier", "scac", "tracking_number")[:AT_ONCE]):
        last = page[-1].pk
        changed = [each for each in page if _form(each) != each.tracking_number]
        orders = {each.order_id for each in changed}
        taken = set(packages.filter(order__in=orders).values_list("order_id", "tracking_number"))
        for each in changed:
            form = _form(each)
            if (each.order_id, form) in taken:
                continue
            taken.add((each.order_id, form))
            packages.filter(pk=each.pk).update(tracking_number=form)


def _form(package: Any) -> str:
    return tracking_form(package.tracking_number, carrier=package.carrier, scac=package.scac)


class Migration(migrations.Migration):
    dependencies = [("shipping", "0003_clean_up_by_age")]

    operations = [
        migrations.AlterField("package", "scac", models.CharField("SCAC", max_length=10, blank=True)),
        migrations.AlterField("shipmethod", "scac", models.CharField("SCAC", max_length=10, blank=True)),
        migrations.RunPython(put_in_form, migrations.RunPython.noop),
    ]
