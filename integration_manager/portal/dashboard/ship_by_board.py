"""The ship-by board: what is late, due soon, today, tomorrow or later; where it hangs and who must act, or by merchant,
ship method or warehouse. Every number leads to its orders.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from carts.models import Cart, tell_apart
from core.accounts.access import Ability, Access
from core.accounts.doors import access_of, door
from core.common import clock
from core.ui.live_pages import follows
from integration_manager.portal import page_versions
from integration_manager.portal.dashboard import due_days
from integration_manager.portal.order_list.order_filters import due
from integration_manager.portal.order_list.order_search import address
from orders.models import HeldFor, Order, OrderStatus
from orders.statuses import OPEN, UNFINISHED

WINDOWS = {"overdue": "Overdue", "2h": "Next 2 h", "today": "Today", "tomorrow": "Tomorrow", "later": "Later"}
BY_PLACE = "place"
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
    (OrderStatus.HELD, HeldFor.UNROUTED): ("Held: no routing rule fits it", US),
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
    """By where orders hang, or with ?by=merchant, method or warehouse by that. What nobody knows is said."""
    access, now = access_of(request), clock.now()
    by = request.GET.get("by", BY_PLACE)
    context: dict[str, Any] = {"crumbs": [("Orders", address({}))], "ways": _ways(by)}
    if division := due_days.DIVISIONS.get(by):
        context |= {
            "divided": due_days.divided(access, by, now=now),
            "head": division.label,
            "due_labels": due_days.DAYS.values(),
        }
        return render(request, "portal/dashboard/ship_by_board.html", context)
    if by != BY_PLACE:
        messages.warning(request, "The board has no such view. Choose one of those above the table.")
        return redirect("orders:board")
    rows = sorted(_by_place(access, now), key=_urgency)
    waiting = _by_cart(access, now)
    context |= {
        "rows": [each for row in rows for each in (row, *sorted(waiting[row.query["status"]], key=_urgency))],
        "windows": list(WINDOWS.values()),
        "totals": [_total(rows, window) for window in WINDOWS],
    }
    return render(request, "portal/dashboard/ship_by_board.html", context)


def _total(rows: Iterable[BoardRow], window: str) -> BoardCell:
    """Add up a window. The list of what is due holds open orders: what is shipped and not told yet has a row alone."""
    shown = [row for row in rows if row.numbers[window]]
    number = sum(row.numbers[window] for row in shown)
    listed = all(row.query["status"] in OPEN for row in shown)
    return BoardCell(WINDOWS[window], number, address({"tab": "all", "due": window}) if number and listed else "")


def _ways(by: str) -> list[dict[str, Any]]:
    labels = {BY_PLACE: "Where it's stuck"} | {key: each.label for key, each in due_days.DIVISIONS.items()}
    return [
        {
            "label": label,
            "url": address({"by": key if key != BY_PLACE else ""}, route="orders:board"),
            "active": key == by,
        }
        for key, label in labels.items()
    ]


def _by_place(access: Access, now: datetime) -> Iterator[BoardRow]:
    for status, held_for, *numbers in _count(_unfinished(access), access, now, "status", "held_for"):
        held = held_for if status == OrderStatus.HELD else ""
        place, who = PLACES.get((status, held), PLACES[OrderStatus.HELD, ""])
        query = {"status": status, **({"held": held} if held else {})}
        yield BoardRow(place, who, query, dict(zip(WINDOWS, numbers, strict=True)))


def _by_cart(access: Access, now: datetime) -> dict[str, list[BoardRow]]:
    """Return, by status, the part of the orders that waits because its cart is not at work."""
    found = _unfinished(access).filter(status__in=BY_CART).exclude(cart__in=Cart.objects.at_work().values("pk"))
    rows: dict[str, list[BoardRow]] = defaultdict(list)
    names = ("status", "cart", "merchant__name", "cart__name", "cart__state")
    counted = sorted(_count(found, access, now, *names), key=lambda each: -each[-1])
    for status, cart, merchant, of_merchant, state, *numbers in counted:
        name = tell_apart(merchant, of_merchant)
        if state == Cart.State.LIVE:
            place, who = f"of these: {name} needs the seller's authorization", SELLER
        else:
            place, who = f"of these: {name} is {Cart.State(state).label.lower()}", US
        query = {"status": status, "cart": str(cart)}
        if len(rows[status]) < MOST_CARTS:
            rows[status].append(BoardRow(place, who, query, dict(zip(WINDOWS, numbers, strict=True)), part=True))
    return rows


def _unfinished(access: Access) -> QuerySet[Any]:
    found: QuerySet[Any] = Order.objects.visible_to(access).filter(status__in=UNFINISHED)
    return found


def _count(found: QuerySet[Any], access: Access, now: datetime, *names: str) -> Iterable[tuple[Any, ...]]:
    """Return what these fields say, and how many orders of each are in each window."""
    zone = access.organization.zone
    counts = {
        f"n_{window}": Count("pk", filter=due(window, now=now, zone=zone, statuses=UNFINISHED)) for window in WINDOWS
    }
    return found.order_by().values(*names).annotate(**counts).values_list(*names, *counts)


def _urgency(row: BoardRow) -> tuple[int, ...]:
    return tuple(-number for number in row.numbers.values())
