"""Open orders by the day they are due: in all, by merchant, ship method or warehouse, each with its orders."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from core.accounts.access import Access
from integration_manager.portal.dashboard import open_orders
from integration_manager.portal.dashboard.open_orders import OpenOrders
from integration_manager.portal.order_list.order_filters import NAMED, due
from integration_manager.portal.order_list.order_search import address
from orders.models import Order
from orders.statuses import OPEN
from shipping.models import Warehouse

DAYS = {"overdue": "Overdue", "today": "Today", "tomorrow": "Tomorrow", "later": "Later"}
TONES = {"overdue": "bad", "today": "warn"}
NO_METHOD, NO_WAREHOUSE = "No ship method", "Not at a warehouse yet"


@dataclass(frozen=True, slots=True)
class DueCell:
    label: str
    number: int
    url: str
    tone: str


@dataclass(frozen=True, slots=True)
class DueRow:
    """One merchant, method or warehouse, or all together: how many of its open orders are due when."""

    name: str
    numbers: Sequence[int]  # by DAYS
    query: Mapping[str, str] | None  # of the list of orders; None: it has no filter for it

    @property
    def cells(self) -> list[DueCell]:
        """What the list has no filter for, like having no warehouse, is a number without a link."""
        return [
            DueCell(
                label,
                number,
                "" if self.query is None else address({"tab": "all", **self.query, "due": name}),
                TONES.get(name, "") if number else "",
            )
            for (name, label), number in zip(DAYS.items(), self.numbers, strict=True)
        ]

    @property
    def urgency(self) -> tuple[int, ...]:
        return tuple(-number for number in self.numbers)


@dataclass(frozen=True, slots=True)
class Division:
    """A way to divide open orders: the field, the filter of the list that means the same, and what is empty there."""

    label: str
    field: str
    filter: str
    named_by: str = ""  # the field with its name, where that is another
    empty: str = ""


DIVISIONS = {
    "merchant": Division("Merchant", "merchant", "merchant", "merchant__name"),
    "method": Division("Ship method", "service", "method", empty=NO_METHOD),
    "warehouse": Division("Warehouse", "released_to", "warehouse", empty=NO_WAREHOUSE),
}


def in_all(counted: Iterable[OpenOrders]) -> DueRow:
    """Return how many open orders are due when."""
    return DueRow("All", _by_day(counted), {})


def by_merchant(access: Access, counted: Iterable[OpenOrders]) -> list[DueRow]:
    """Return a row for each merchant with open orders, the most urgent first: as ``divided``, of what was counted."""
    several: dict[int, list[OpenOrders]] = defaultdict(list)
    for each in counted:
        if each.is_open:
            several[each.merchant_id].append(each)
    named = dict(NAMED["merchant"].rows(access))
    return _sorted(
        DueRow(named.get(pk, ""), _by_day(theirs), {DIVISIONS["merchant"].filter: str(pk)})
        for pk, theirs in several.items()
    )


def _by_day(counted: Iterable[OpenOrders]) -> list[int]:
    return open_orders.added(each.by_day for each in counted if each.is_open) or [0] * len(DAYS)


def divided(access: Access, by: str, *, now: datetime) -> list[DueRow]:
    """Return a row for each merchant, method or warehouse with open orders, the most urgent first."""
    division = DIVISIONS[by]
    names = list(dict.fromkeys((division.field, division.named_by or division.field)))
    open_now: QuerySet[Any] = Order.objects.visible_to(access).filter(status__in=OPEN)
    rows = open_now.order_by().values(*names).annotate(**_counts(access, now))
    named = _warehouses(access) if by == "warehouse" else {}
    return _sorted(
        DueRow(
            named.get(value, "") or str(row[names[-1]] or division.empty),
            [row[name] for name in DAYS],
            {division.filter: str(value)} if value else None,
        )
        for row in rows
        for value in [row[division.field]]
    )


def _sorted(rows: Iterable[DueRow]) -> list[DueRow]:
    return sorted(rows, key=lambda row: (row.urgency, row.name.casefold()))


def _counts(access: Access, now: datetime) -> dict[str, Count]:
    zone = access.organization.zone
    return {name: Count("pk", filter=due(name, now=now, zone=zone)) for name in DAYS}


def _warehouses(access: Access) -> dict[int, str]:
    return dict(Warehouse.objects.filter(organization=access.organization).values_list("pk", "name"))
