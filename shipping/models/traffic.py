"""What goes over the wire between us and a warehouse: a 3PL is billed by it."""

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F

from core.accounts.models import Owned, OwnedQuerySet
from shipping.models.warehouse import Warehouse


class TrafficQuerySet(OwnedQuerySet["WarehouseTraffic"]):
    def count_up(self, warehouse: Warehouse, day: date, **counts: int) -> None:
        """Add to what was counted on a day. Two at once lose nothing."""
        row = self.filter(warehouse=warehouse, day=day)
        more: dict[str, Any] = {name: F(name) + count for name, count in counts.items() if count}
        if more and not row.update(**more):
            fresh = WarehouseTraffic(organization_id=warehouse.organization_id, warehouse=warehouse, day=day)
            self.bulk_create([fresh], ignore_conflicts=True)
            row.update(**more)


class WarehouseTraffic(Owned):
    """Calls and bytes between us and a warehouse on one day."""

    warehouse = models.ForeignKey(Warehouse, models.CASCADE, related_name="traffic")
    day = models.DateField()
    calls = models.PositiveBigIntegerField(default=0)
    failed = models.PositiveBigIntegerField(default=0)
    sent = models.PositiveBigIntegerField(default=0)  # bytes, by us
    received = models.PositiveBigIntegerField(default=0)  # bytes, by us

    objects: ClassVar = TrafficQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["warehouse", "day"], name="one_row_of_traffic_a_day")]

    def __str__(self) -> str:
        return f"traffic of {self.warehouse_id} on {self.day}"
