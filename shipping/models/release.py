"""An order on its way: handed, or owed, to a warehouse; or to several, each with a part of it."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models

from core.accounts.models import OwedQuerySet, OwnedByMerchant
from core.common.errands import Errand, ErrandState, indexes
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

    def locked_of(self, order: Order) -> "list[Release]":
        """Return an order's releases as they are now, with their warehouses: nobody else changes them before the
        commit. One at the most, unless the order is split."""
        rows = self.select_for_update(of=("self",)).select_related("warehouse").filter(order=order).order_by("part")
        found: list[Release] = list(rows)
        for each in found:
            each.order = order
        return found

    def parts(self) -> Self:
        """Those of split orders: each is for some of its order's units."""
        return self.filter(part__gt=0)


class Release(Errand, OwnedByMerchant):
    """One order handed, or owed, to a warehouse; of a split one, a part of it."""

    beside = ("order__cart__route", "warehouse", "ship_method")

    order = models.ForeignKey(
        Order, models.CASCADE, related_name="releases", related_query_name="release", db_index=False
    )
    # 0: it is all of the order. Of a split one 1, 2, …: then its lines say what of it goes there.
    part = models.PositiveSmallIntegerField(default=0)
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
        constraints = [
            models.UniqueConstraint(fields=["order", "part"], name="one_release_per_part"),
            models.UniqueConstraint(
                fields=["order", "warehouse"], condition=models.Q(part__gt=0), name="one_part_per_warehouse"
            ),
        ]
        indexes = [
            *indexes("releases_owed", "warehouse"),
            models.Index(fields=["organization", "released_at"], name="releases_by_time"),
            models.Index(fields=["warehouse"], condition=models.Q(part__gt=0), name="releases_in_part"),
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
        recalls = (each for each in self.order.recalls.all() if each.warehouse_id == self.warehouse_id)
        recalled_at = next((each.recalled_at for each in recalls), None)
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


class ReleaseLine(models.Model):
    """So many units of a line that a part of a split order is for."""

    organization = models.ForeignKey("accounts.Organization", models.PROTECT, related_name="+")
    release = models.ForeignKey(Release, models.CASCADE, related_name="lines", db_index=False)
    line = models.ForeignKey(Line, models.CASCADE, related_name="released")
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "line"], name="one_row_per_line_in_a_release")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.line_id}"


def releases_of(order: Order) -> list[Release]:
    """Return an order's releases, the first part first: one at the most, unless the order is split."""
    return sorted(order.releases.all(), key=lambda each: each.part)


def release_of(order: Order) -> Release | None:
    """Return the release of an order that goes to one warehouse; of a split one, its first part."""
    return next(iter(releases_of(order)), None)


def is_with_warehouse(order: Order) -> bool:
    """Whether a warehouse has an order, or a part of it; it may have no release yet."""
    return any(each.is_with_warehouse for each in releases_of(order))
