"""The ship-by board: what is late or soon will be, where it hangs, and who must act.

Every number leads to its orders.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from carts.models import Cart
from core.accounts.access import Ability, Access
from core.accounts.doors import access_of, door
from core.common import clock
from core.ui.live_pages import follows
from integration_manager.portal import page_versions
from integration_manager.portal.order_list.order_filters import HOURS
from integration_manager.portal.order_list.order_search import address
from orders.models import HeldFor, Order, OrderStatus
from orders.statuses import UNFINISHED

WINDOWS = {"overdue": "Overdue", "2h": "Next 2 h", "6h": "Next 6 h", "24h": "Next 24 h"}
MOST_CARTS = 10  # told one by one

US, STAFF, SELLER, AMAZON = "Us", "Warehouse staff", "The seller", "Amazon"
# Where an order hangs, by status and what holds it; and who must act.
PLACES: dict[tuple[str, str], tuple[str, str]] = {
    (OrderStatus.PENDING, ""): ("Pending on the cart", AMAZON),
    (OrderStatus.NEW, ""): ("Not released yet", US),
    (OrderStatus.ERROR, ""): ("Refused by the warehouse", US),
    (OrderStatus.AT_WMS, ""): ("At the warehouse", STAFF),
    (OrderStatus.SHIPPED, ""): ("Shipped, tracking not yet sent", US),
    (OrderStatus.HELD, HeldFor.STRANGE): ("Held: it could not be read", US),
    (OrderStatus.HELD, HeldFor.STATE): ("Held: its status on the cart isn't released", AMAZON),
    (OrderStatus.HELD, HeldFor.ADDRESS): ("Held: it has no address", AMAZON),
    (OrderStatus.HELD, HeldFor.ITEMS): ("Held: its lines can't be shipped as they are", US),
    (OrderStatus.HELD, HeldFor.BUYER): ("Held: the buyer asked to cancel", US),
    (OrderStatus.HELD, HeldFor.CANCELED): ("Held: canceled, and the warehouse may have it", STAFF),
    (OrderStatus.HELD, HeldFor.UNMAPPED): ("Held: its ship method is not mapped", US),
    (OrderStatus.HELD, HeldFor.PERSON): ("Held by a person", US),
    (OrderStatus.HELD, ""): ("Held", US),
}
BY_CART = (OrderStatus.NEW, OrderStatus.SHIPPED)  # what cannot go on while its cart is not at work


@dataclass(frozen=True, slots=True)
class BoardCell:
    label: str
    number: int
    url: str


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One place where orders hang, with how many in each window."""

    place: str
    who: str
    query: dict[str, str]
    numbers: dict[str, int] = field(default_factory=dict)
    part: bool = False  # of the row above

    @property
    def cells(self) -> list[BoardCell]:
        return [
            BoardCell(WINDOWS[window], self.numbers[window], address({"tab": "all", **self.query, "due": window}))
            for window in WINDOWS
        ]


@door(Ability.LOOK)
@require_safe
@follows(page_versions.of_orders)
def show(request: HttpRequest) -> HttpResponse:
    access = access_of(request)
    now = clock.now()
    rows = sorted(_by_place(access, now), key=_urgency)
    waiting = _by_cart(access, now)
    context = {
        "rows": [each for row in rows for each in (row, *sorted(waiting[row.query["status"]], key=_urgency))],
        "windows": list(WINDOWS.values()),
        "totals": [(label, sum(row.numbers[window] for row in rows)) for window, label in WINDOWS.items()],
        "crumbs": [("Orders", address({}))],
    }
    return render(request, "portal/dashboard/ship_by_board.html", context)


def _by_place(access: Access, now: datetime) -> Iterator[BoardRow]:
    for status, held_for, *numbers in _count(_at_risk(access, now), now, "status", "held_for"):
        held = held_for if status == OrderStatus.HELD else ""
        place, who = PLACES.get((status, held), PLACES[OrderStatus.HELD, ""])
        query = {"status": status, **({"held": held} if held else {})}
        yield BoardRow(place, who, query, dict(zip(WINDOWS, numbers, strict=True)))


def _by_cart(access: Access, now: datetime) -> dict[str, list[BoardRow]]:
    """Return, by status, the part of the orders that waits because its cart is not at work."""
    found = _at_risk(access, now).filter(status__in=BY_CART).exclude(cart__in=Cart.objects.at_work().values("pk"))
    rows: dict[str, list[BoardRow]] = defaultdict(list)
    names = ("status", "cart", "cart__name", "cart__state")
    for status, cart, name, state, *numbers in sorted(_count(found, now, *names), key=lambda each: -each[-1]):
        if state == Cart.State.LIVE:
            place, who = f"of these: {name} needs the seller's authorization", SELLER
        else:
            place, who = f"of these: {name} is {Cart.State(state).label.lower()}", US
        query = {"status": status, "cart": str(cart)}
        if len(rows[status]) < MOST_CARTS:
            rows[status].append(BoardRow(place, who, query, dict(zip(WINDOWS, numbers, strict=True)), part=True))
    return rows


def _at_risk(access: Access, now: datetime) -> QuerySet[Any]:
    until = now + timedelta(hours=max(HOURS.values()))
    found: QuerySet[Any] = Order.objects.visible_to(access).filter(status__in=UNFINISHED, ship_by__lt=until)
    return found


def _count(found: QuerySet[Any], now: datetime, *names: str) -> Iterable[tuple[Any, ...]]:
    """Return what these fields say, and how many orders of each are in each window."""
    windows = {"n_overdue": Q(ship_by__lt=now)}
    for window, hours in HOURS.items():
        windows[f"n_{window}"] = Q(ship_by__gte=now, ship_by__lt=now + timedelta(hours=hours))
    counts = {window: Count("pk", filter=condition) for window, condition in windows.items()}
    return found.order_by().values(*names).annotate(**counts).values_list(*names, *counts)


def _urgency(row: BoardRow) -> tuple[int, ...]:
    return tuple(-number for number in row.numbers.values())
