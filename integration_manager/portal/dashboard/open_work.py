"""What waits where, since when, whose turn it is, and how much of it is about to be late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from core.accounts.access import Access
from integration_manager.portal.dashboard.ship_by_board import PLACES
from integration_manager.portal.order_list.order_search import address
from orders.models import Order, OrderStatus
from orders.statuses import UNFINISHED

SOON = {"in_2h": 2, "in_6h": 6, "in_24h": 24}  # hours
RISKS = [f"{hours} h" for hours in SOON.values()]


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One place where orders are. ``since`` is when the oldest of them was placed."""

    place: str
    who: str
    number: int
    since: datetime
    overdue: int
    risks: Sequence[int]  # due within each of SOON, the overdue ones left out
    url: str

    @property
    def named_risks(self) -> Sequence[tuple[str, int]]:
        return list(zip(RISKS, self.risks, strict=True))


def rows(access: Access, *, now: datetime) -> list[WaitingRow]:
    """Return the places, those with the most late orders first. One statement over the open orders."""
    open_orders: QuerySet[Any] = Order.objects.visible_to(access).filter(status__in=UNFINISHED)
    ahead = {
        name: Count("pk", filter=Q(ship_by__gte=now, ship_by__lt=now + timedelta(hours=hours)))
        for name, hours in SOON.items()
    }
    counted = (
        open_orders.order_by()
        .values("status", "held_for")
        .annotate(number=Count("pk"), since=Min("placed_at"), overdue=Count("pk", filter=Q(ship_by__lt=now)), **ahead)
    )
    return sorted((_row(each) for each in counted), key=lambda row: (-row.overdue, *(-n for n in row.risks), row.since))


def _row(found: dict[str, Any]) -> WaitingRow:
    status = found["status"]
    held = found["held_for"] if status == OrderStatus.HELD else ""
    place, who = PLACES.get((status, held), PLACES[OrderStatus.HELD, ""])
    query = {"tab": "all", "status": status, **({"held": held} if held else {})}
    risks = [found[name] for name in SOON]
    return WaitingRow(place, who, found["number"], found["since"], found["overdue"], risks, address(query))
