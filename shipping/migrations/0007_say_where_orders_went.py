"""Orders released before the list could be filtered by warehouse learn where they went."""

from typing import Any

from django.db import migrations
from django.db.models import OuterRef, Subquery


def say_where(apps: Any, schema_editor: Any) -> None:
    Order, Release = apps.get_model("orders", "Order"), apps.get_model("shipping", "Release")
    warehouse = Release.objects.filter(order=OuterRef("pk")).values("warehouse")[:1]
    Order.objects.filter(released_to__isnull=True, release__isnull=False).update(released_to=Subquery(warehouse))


class Migration(migrations.Migration):
    dependencies = [("orders", "0005_finding_quickly"), ("shipping", "0006_finding_quickly")]

    operations = [migrations.RunPython(say_where, migrations.RunPython.noop)]
