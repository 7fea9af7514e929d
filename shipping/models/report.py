"""What warehouses reported by themselves, and what went over the wire to them and back."""

from typing import Any, ClassVar

from django.db import models

from core.accounts.models import Owned, OwnedByMerchant, OwnedQuerySet, User
from orders.models import Order
from shipping.models.shipment import Shipment
from shipping.models.warehouse import Warehouse


class ReportState(models.TextChoices):
    STORED = "stored", "Stored"
    HELD = "held", "Waits for a person"  # another product or other units than ordered
    RETURNED = "returned", "Back to the warehouse"  # a person wants it packed anew


class ShipmentReport(OwnedByMerchant):
    """A shipment as a warehouse reported it, known by the warehouse's own reference: said twice, it is stored once."""

    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="reports")
    order = models.ForeignKey(Order, models.CASCADE, related_name="reports")
    reference = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)  # of all that was said
    said: Any = models.JSONField()  # shipping/shipments/report_words.py
    state = models.CharField(max_length=8, choices=ReportState)
    why = models.TextField(blank=True, default="")  # it is held, as sentences
    shipment = models.ForeignKey(Shipment, models.SET_NULL, null=True, related_name="+")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "warehouse", "reference"], name="one_report_per_reference")
        ]
        indexes = [
            models.Index(fields=["order"], condition=models.Q(state="held"), name="reports_held"),
            models.Index(fields=["at"], name="reports_by_age"),
        ]

    def __str__(self) -> str:
        return f"report {self.reference}"


class WarehouseTraffic(Owned):
    """Calls and bytes between us and a warehouse on one day."""

    warehouse = models.ForeignKey(Warehouse, models.CASCADE, related_name="traffic")
    day = models.DateField()
    calls = models.PositiveBigIntegerField(default=0)
    failed = models.PositiveBigIntegerField(default=0)
    sent = models.PositiveBigIntegerField(default=0)  # bytes, by us
    received = models.PositiveBigIntegerField(default=0)  # bytes, by us

    objects: ClassVar = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["warehouse", "day"], name="one_row_of_traffic_a_day")]

    def __str__(self) -> str:
        return f"traffic of {self.warehouse_id} on {self.day}"
