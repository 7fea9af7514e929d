"""What goes over the wire between us and a warehouse: a 3PL is billed by it."""

from collections.abc import Sequence
from datetime import date
from typing import ClassVar

from django.db import connection, models

from core.accounts.models import Owned, OwnedQuerySet
from shipping.models.warehouse import Warehouse


class TrafficQuerySet(OwnedQuerySet["WarehouseTraffic"]):
    def count_up(
        self, warehouse: Warehouse, day: date, *, calls: int = 0, failed: int = 0, sent: int = 0, received: int = 0
    ) -> None:
        """Add to what was counted on a day. Two at once lose nothing."""
        counts = [calls, failed, sent, received]
        if any(counts) and not _add(warehouse, day, counts):
            fresh = WarehouseTraffic(organization_id=warehouse.organization_id, warehouse=warehouse, day=day)
            self.bulk_create([fresh], ignore_conflicts=True)
            _add(warehouse, day, counts)


def _add(warehouse: Warehouse, day: date, counts: Sequence[int]) -> bool:
    """Every request to a warehouse ends with it, so it is written down: put together anew it took three times as long
    as it takes the database."""
    table = WarehouseTraffic._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET calls = calls + %s, failed = failed + %s, sent = sent + %s, received = received + %s "
            "WHERE warehouse_id = %s AND day = %s",
            [*counts, warehouse.pk, connection.ops.adapt_datefield_value(day)],
        )
        return bool(cursor.rowcount)


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
