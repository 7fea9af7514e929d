"""The orders that are not done, counted once for all that the start page says of them: by cart, by where they are, and
by when they have to be shipped.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q

from core.accounts.access import Access
from integration_manager.portal.order_list.order_filters import HOURS
from orders.models import Order
from orders.statuses import OPEN, UNFINISHED
from shipping.performance.day_sums import bounds

COLUMNS = ("merchant", "cart", "status", "held_for")  # no names: the database would sort by them


@dataclass(frozen=True, slots=True)
class OpenOrders:
    """The orders of one cart that are in one place."""

    merchant_id: int
    cart_id: int
    status: str
    held_for: str
    number: int
    since: datetime  # when the oldest was placed
    before: Mapping[str, int]  # how many have to be shipped before each of the moments below

    @property
    def is_open(self) -> bool:
        """Whether units of it are promised: not of what is shipped, and not told to the cart yet."""
        return self.status in OPEN

    @property
    def overdue(self) -> int:
        return self.before["now"]

    @property
    def by_day(self) -> Sequence[int]:
        """How many are overdue, due today, due tomorrow, and due later or never."""
        now, today, tomorrow = (self.before[name] for name in ("now", "today", "tomorrow"))
        return now, today - now, tomorrow - today, self.number - tomorrow

    @property
    def by_hours(self) -> Sequence[int]:
        """How many are due within each of HOURS, the overdue ones left out."""
        return [self.before[name] - self.overdue for name in HOURS]


def count(access: Access, *, now: datetime) -> list[OpenOrders]:
    """Count all. One statement, with one comparison for each moment: windows of time would need several."""
    counts = {name: Count("pk", filter=Q(ship_by__lt=moment)) for name, moment in _moments(access, now).items()}
    unfinished = Order.objects.visible_to(access).filter(status__in=UNFINISHED).order_by()
    found: Any = unfinished.values_list(*COLUMNS).annotate(Count("pk"), Min("placed_at"), **counts)
    place = len(COLUMNS) + 2
    several: list[tuple[Any, ...]] = [(*row[:place], dict(zip(counts, row[place:], strict=True))) for row in found]
    return [OpenOrders(*each) for each in several]


def _moments(access: Access, now: datetime) -> dict[str, datetime]:
    zone = access.organization.zone
    today = now.astimezone(zone).date()
    ends = {name: bounds(today + timedelta(days=days), zone)[1] for days, name in enumerate(("today", "tomorrow"))}
    return {"now": now, **{name: now + timedelta(hours=hours) for name, hours in HOURS.items()}, **ends}


def added(several: Iterable[Sequence[int]]) -> list[int]:
    """Add numbers column by column."""
    return [sum(column) for column in zip(*several, strict=True)]
