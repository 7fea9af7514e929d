"""The orders that are not done, counted once for all that the start page says of them: by cart, by where they are, and
by when they have to be shipped.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Min, Q

from core.accounts.access import Access
from core.accounts.visible_statements import VisibleStatement
from integration_manager.portal.order_list import tab_counts
from integration_manager.portal.order_list.order_filters import HOURS
from orders.models import Order
from orders.statuses import OPEN, TO_BE_SHIPPED, UNFINISHED
from shipping.performance.day_sums import bounds

COLUMNS = ("merchant", "cart", "status", "held_for")  # as the index orders_unfinished has them; no names
MOMENTS = ("now", *HOURS, "today", "tomorrow")


def _counted(orders: Any, *moments: datetime) -> Any:
    """Count rows, and not their primary keys: then all of it is read from the index."""
    before = {name: Count("ship_by", filter=Q(ship_by__lt=at)) for name, at in zip(MOMENTS, moments, strict=True)}
    found = orders.filter(status__in=UNFINISHED).order_by().values_list(*COLUMNS)
    return found.annotate(counted=Count("*"), since=Min("placed_at"), **before)


COUNTED = VisibleStatement(Order, _counted)


class OpenOrders(NamedTuple):
    """The orders of one cart that are in one place. A tuple: there are hundreds, and they are made for each page."""

    merchant_id: int
    cart_id: int
    status: str
    held_for: str
    number: int
    since: datetime  # when the oldest was placed
    before: Sequence[int]  # how many have to be shipped before each of MOMENTS

    @property
    def is_open(self) -> bool:
        """Whether units of it are promised: not of what is shipped, and not told to the cart yet."""
        return self.status in OPEN

    @property
    def overdue(self) -> int:
        return self.before[0]

    @property
    def by_day(self) -> Sequence[int]:
        """How many are overdue, due today, due tomorrow, and due later or never."""
        now, *_, today, tomorrow = self.before
        return now, today - now, tomorrow - today, self.number - tomorrow

    @property
    def by_hours(self) -> Sequence[int]:
        """How many are due within each of HOURS, the overdue ones left out."""
        now, *hours, _, _ = self.before
        return [number - now for number in hours]


def count(access: Access, *, now: datetime) -> list[OpenOrders]:
    """Count all. One statement, with one comparison for each moment: windows of time would need several."""
    place = len(COLUMNS) + 2
    rows: list[tuple[Any, ...]] = COUNTED.rows(access, *_moments(access, now))
    found = [OpenOrders._make((*row[:place], row[place:])) for row in rows]
    access.kept[tab_counts.TO_SHIP] = sum(each.number for each in found if each.status in TO_BE_SHIPPED)
    return found


def _moments(access: Access, now: datetime) -> list[datetime]:
    """Return each of MOMENTS."""
    zone = access.organization.zone
    today = now.astimezone(zone).date()
    ends = [bounds(today + timedelta(days=days), zone)[1] for days in range(2)]
    return [now, *(now + timedelta(hours=hours) for hours in HOURS.values()), *ends]


def added(several: Iterable[Sequence[int]]) -> list[int]:
    """Add numbers column by column."""
    return [sum(column) for column in zip(*several, strict=True)]
