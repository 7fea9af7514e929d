"""What a warehouse shipped of an order, package by package, and what is charged for it."""

from datetime import datetime
from typing import Any

from django.db import models

from core.accounts.models import OwnedByMerchant, User
from core.common.names import NameField
from core.common.prefixes import Beginning
from orders.models import Line, Order
from shipping.models.warehouse import ShipMethod, Warehouse


class ChosenMethod(OwnedByMerchant):
    """The ship method a person chose for one order: it goes before every rule and mapping."""

    order = models.OneToOneField(Order, models.CASCADE, related_name="chosen_method")
    ship_method = models.ForeignKey(ShipMethod, models.CASCADE, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.ship_method} for {self.order}"


class Shipment(OwnedByMerchant):
    """What the warehouse shipped of an order, at once."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="shipments")
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="shipments")
    shipped_at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["warehouse", "created_at"], name="shipments_by_age")]

    def __str__(self) -> str:
        return f"shipment of {self.order}"


NO_NUMBER = "(no number)"  # what stands for the tracking number of an untracked package in sentences


class Untracked(models.TextChoices):
    """Why a package has no tracking number."""

    LETTER = "letter", "Letter without tracking"
    BY_HAND = "by_hand", "Delivered by hand"
    NONE_GIVEN = "none_given", "The carrier gives no number"


class Package(OwnedByMerchant):
    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="packages")
    order = models.ForeignKey(Order, models.CASCADE, related_name="packages")
    number = models.PositiveIntegerField()  # 1, 2, ... within the order: what the marketplace knows it by
    carrier = NameField(max_length=60)
    scac = models.CharField("SCAC", max_length=10, blank=True)  # most carriers outside the US have none
    service = NameField(max_length=60)
    tracking_number = models.CharField(max_length=80, blank=True)  # in its carrier's form
    untracked = models.CharField("no tracking number", max_length=10, choices=Untracked, blank=True, default="")
    own_shipped_at = models.DateTimeField(null=True)  # where it was corrected; else it is the shipment's
    corrected_at = models.DateTimeField(null=True)  # after it was stored: the cart is told again

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="one_package_per_number"),
            models.UniqueConstraint(
                fields=["order", "tracking_number"],
                condition=~models.Q(tracking_number=""),
                name="one_package_per_tracking_number",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "tracking_number"], name="packages_by_tracking"),
            models.Index(models.F("organization"), Beginning("tracking_number"), name="packages_by_beginning"),
        ]

    def __str__(self) -> str:
        return f"{self.carrier} {self.number_or_none}"

    @property
    def number_or_none(self) -> str:
        """Its tracking number, for sentences."""
        return self.tracking_number or NO_NUMBER

    @property
    def shipped_at(self) -> datetime:
        return self.own_shipped_at or self.shipment.shipped_at


class PackageLine(models.Model):
    organization = models.ForeignKey("accounts.Organization", models.PROTECT, related_name="+")
    package = models.ForeignKey(Package, models.CASCADE, related_name="lines")
    line = models.ForeignKey(Line, models.CASCADE, related_name="packed")
    quantity = models.PositiveIntegerField()
    # Of units that are authenticated one by one. They name goods, never people, so they stand in the open.
    codes: Any = models.JSONField(null=True)
    # Units the marketplace does not take any more: canceled there, or shipped by somebody else, after they were packed.
    untold = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["package", "line"], name="one_row_per_line_in_a_package"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="a_package_holds_something"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.line_id}"

    @property
    def told(self) -> int:
        """How many units of it the cart is told."""
        return max(0, self.quantity - self.untold)


class Charge(OwnedByMerchant):
    """What is charged for an order on top: packing, freight, a surcharge."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="charges")
    label = NameField(max_length=60)
    amount = models.DecimalField(max_digits=18, decimal_places=4)
    currency = models.CharField(max_length=3)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organization", "at"], name="charges_by_age")]

    def __str__(self) -> str:
        return f"{self.label} {self.amount} {self.currency}"


def open_units(line: Line, packed: int, others: int) -> int:
    """Return how many units of a line are still to be shipped from here: none of one left out.

    ``packed`` are units in our packages; ``others`` are those somebody else shipped (shipments/others_packages).
    """
    return 0 if line.left_out else max(0, line.wanted - others - packed)
