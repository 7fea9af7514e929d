"""An order on its way: handed to a warehouse, and what the warehouse shipped of it."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models

from core.accounts.models import OwedQuerySet, OwnedByMerchant, User
from core.common.errands import Errand, ErrandState, indexes
from core.common.names import NameField
from core.common.prefixes import Beginning
from orders.models import Line, Order
from shipping import warehouses
from shipping.models.warehouse import ShipMethod, Warehouse


class ReleaseQuerySet(OwedQuerySet["Release"]):  # type: ignore[override]
    def of_callers(self) -> Self:
        """Those for warehouses that fetch what is theirs: no worker of ours is at them."""
        return self.filter(warehouse__kind__in=warehouses.calling())

    def unsure(self) -> Self:
        """Those that may be at their warehouse, or not: the fact of ``Release.is_unsure``."""
        perhaps = ~models.Q(replaces="") | models.Q(told_at__isnull=False) | models.Q(failing_since__isnull=False)
        tried = models.Q(attempts__gt=0) | models.Q(claims__gt=0)
        return self.owed().filter(perhaps | tried) | self.stuck().filter(perhaps)

    def untouched(self) -> Self:
        """Those no warehouse has ever heard of: the fact of ``Release.is_untouched``."""
        return self.filter(
            state__in=(ErrandState.DUE, ErrandState.DROPPED),
            attempts=0,
            claims=0,
            failing_since=None,
            told_at=None,
            released_at=None,
            replaces="",
        )

    def sent_by_us(self) -> Self:
        return self.exclude(warehouse__kind__in=warehouses.calling())

    def locked_of(self, order: Order) -> "Release | None":
        """Return an order's release as it is now, with its warehouse: nobody else changes it before the commit."""
        found: Release | None = (
            self.select_for_update(of=("self",)).select_related("warehouse").filter(order=order).first()
        )
        if found is not None:
            found.order = order
        return found


class Release(Errand, OwnedByMerchant):
    """One order handed, or owed, to a warehouse."""

    beside = ("order__cart__route", "warehouse", "ship_method")

    order = models.OneToOneField(Order, models.CASCADE, related_name="release")
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="releases")
    ship_method = models.ForeignKey(ShipMethod, models.SET_NULL, null=True, related_name="+")
    chosen_by = models.CharField(max_length=200, blank=True)  # in words, the rule that chose the ship method
    # In words, the routing rule that chose the warehouse; empty where it is the cart's own.
    placed_by = models.CharField(max_length=200, blank=True, default="")
    # What the warehouse knows the order by where it is not the order's own number. Kept: it is told the same whenever
    # the order is handed over again, whatever the settings say by then.
    number = models.CharField(max_length=80, blank=True)
    # The number of one that the warehouse has, or may have, and that is asked back before it is handed over anew.
    replaces = models.CharField(max_length=80, blank=True, default="")
    reference = models.CharField(max_length=80, blank=True)  # the warehouse's
    released_at = models.DateTimeField(null=True)
    # When the warehouse was last told of it, or fetched it: from then on it may be there, whatever was answered.
    told_at = models.DateTimeField(null=True)

    objects: ClassVar = ReleaseQuerySet.as_manager()

    class Meta:
        indexes = [
            *indexes("releases_owed", "warehouse"),
            models.Index(fields=["organization", "released_at"], name="releases_by_time"),
            models.Index(
                models.F("organization"),
                Beginning("number"),
                condition=~models.Q(number=""),
                name="releases_by_beginning",
            ),
        ]

    def __str__(self) -> str:
        return f"release of {self.order}"

    @property
    def number_there(self) -> str:
        return self.number or self.order.number

    def is_being_sent(self, now: datetime) -> bool:
        """Whether a worker of ours is at it. What a warehouse has fetched is none of our workers' business."""
        return self.is_taken(now) and not self.warehouse.system.calls_us

    @property
    def is_with_warehouse(self) -> bool:
        """Whether the warehouse has the order, and did not give it back since."""
        if self.released_at is None:
            return False
        recalled_at = getattr(getattr(self.order, "recall", None), "recalled_at", None)
        return recalled_at is None or recalled_at < self.released_at

    @property
    def is_unsure(self) -> bool:
        """Whether the warehouse was asked to take it and the answer was lost: it may be there, or not."""
        perhaps = bool(self.replaces) or self.told_at is not None or self.failing_since is not None
        return (self.is_owed and (perhaps or self.was_tried)) or (self.is_stuck and perhaps)

    @property
    def is_untouched(self) -> bool:
        """Whether no worker was at it and its warehouse never heard of it: it may go to another one."""
        fresh = not self.was_tried and self.failing_since is None and self.told_at is None and self.released_at is None
        return fresh and not self.replaces and self.state in (ErrandState.DUE, ErrandState.DROPPED)


def is_with_warehouse(order: Order) -> bool:
    """Whether a warehouse has an order that may have no release yet."""
    release: Release | None = getattr(order, "release", None)
    return release is not None and release.is_with_warehouse


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
