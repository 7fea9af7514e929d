"""What waits where, since when, whose turn it is, and how much of it is about to be late."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from integration_manager.portal.dashboard import open_orders
from integration_manager.portal.dashboard.open_orders import OpenOrders
from integration_manager.portal.dashboard.ship_by_board import PLACES
from integration_manager.portal.order_list.order_filters import HOURS
from integration_manager.portal.order_list.order_search import address
from orders.models import OrderStatus

RISKS = [f"{hours} h" for hours in HOURS.values()]


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One place where orders are. ``since`` is when the oldest of them was placed."""

    place: str
    who: str
    number: int
    since: datetime
    overdue: int
    risks: Sequence[int]  # due within each of HOURS, the overdue ones left out
    url: str

    @property
    def named_risks(self) -> Sequence[tuple[str, int]]:
        return list(zip(RISKS, self.risks, strict=True))


def rows(counted: Iterable[OpenOrders]) -> list[WaitingRow]:
    """Return the places, those with the most late orders first."""
    several: dict[tuple[str, str], list[OpenOrders]] = defaultdict(list)
    for each in counted:
        several[each.status, each.held_for if each.status == OrderStatus.HELD else ""].append(each)
    found = [_row(status, held, there) for (status, held), there in several.items()]
    return sorted(found, key=lambda row: (-row.overdue, *(-n for n in row.risks), row.since))


def _row(status: str, held: str, there: Sequence[OpenOrders]) -> WaitingRow:
    place, who = PLACES.get((status, held), PLACES[OrderStatus.HELD, ""])
    query = {"tab": "all", "status": status, **({"held": held} if held else {})}
    number, overdue = sum(each.number for each in there), sum(each.overdue for each in there)
    risks, since = open_orders.added(each.by_hours for each in there), min(each.since for each in there)
    return WaitingRow(place, who, number, since, overdue, risks, address(query))
