"""Which orders the address asks for: a tab, a search and filters. All of it lives in the query, none in the session."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Any

from django.db.models import Count, Q
from django.http import QueryDict

from carts.models import Cart
from integration_manager.accounts.access import Access
from integration_manager.accounts.models import Merchant
from orders.models import NEEDS_ATTENTION, OPEN, Line, Order, OrderStatus
from shipping.models import Package, Release

PLACED = {"1": "Last 24 hours", "7": "Last 7 days", "30": "Last 30 days"}
DUE = {"overdue": "Overdue", "today": "Due today"}
KEPT = ("q", "merchant", "cart", "placed", "due")  # what narrows the list, beside the tab


@dataclass(frozen=True, slots=True)
class State:
    """A saved state of the list: what stands in ?tab=, and the statuses it shows."""

    key: str
    label: str
    statuses: tuple[OrderStatus, ...]
    tone: str = ""


STATES = (
    State("attention", "Needs attention", NEEDS_ATTENTION, "bad"),
    State("new", "New", (OrderStatus.PENDING, OrderStatus.NEW)),
    State("wms", "At WMS", (OrderStatus.AT_WMS,)),
    State("shipped", "Shipped", (OrderStatus.SHIPPED,)),
    State("confirmed", "Confirmed", (OrderStatus.CONFIRMED,)),
    State("canceled", "Canceled", (OrderStatus.CANCELED,)),
    State("all", "All", tuple(OrderStatus)),
)
BY_KEY = {state.key: state for state in STATES}


@dataclass(frozen=True, slots=True)
class Wanted:
    """The search and filters of an address. What it says that we do not know is left out."""

    text: str = ""
    merchant: Merchant | None = None
    cart: Cart | None = None
    placed: str = ""
    due: str = ""

    @property
    def query(self) -> dict[str, str]:
        """Return what the address needs to ask for this again."""
        said = {
            "q": self.text,
            "merchant": str(self.merchant.pk) if self.merchant else "",
            "cart": str(self.cart.pk) if self.cart else "",
            "placed": self.placed,
            "due": self.due,
        }
        return {key: value for key, value in said.items() if value}

    @property
    def words(self) -> dict[str, str]:
        """Return each filter in force in words, by its key in the query."""
        said = {
            "q": f"Search: {self.text}",
            "merchant": f"Merchant: {self.merchant}",
            "cart": f"Cart: {self.cart}",
            "placed": f"Placed: {PLACED.get(self.placed, '').lower()}",
            "due": DUE.get(self.due, ""),
        }
        return {key: said[key] for key in self.query}


def read(query: QueryDict, *, carts: Iterable[Cart], merchants: Iterable[Merchant]) -> Wanted:
    """Return what the address asks for, among what the person may see."""
    placed, due = query.get("placed", ""), query.get("due", "")
    return Wanted(
        text=query.get("q", "").replace("\0", "").strip()[:100],
        merchant={str(merchant.pk): merchant for merchant in merchants}.get(query.get("merchant", "")),
        cart={str(cart.pk): cart for cart in carts}.get(query.get("cart", "")),
        placed=placed if placed in PLACED else "",
        due=due if due in DUE else "",
    )


def find(access: Access, wanted: Wanted, *, now: datetime) -> Any:
    """Return the orders that match search and filters, in every state."""
    found = Order.objects.visible_to(access)
    if wanted.merchant:
        found = found.filter(merchant=wanted.merchant)
    if wanted.cart:
        found = found.filter(cart=wanted.cart)
    if wanted.placed:
        found = found.filter(placed_at__gte=now - timedelta(days=int(wanted.placed)))
    if wanted.due:
        found = found.filter(due(wanted.due, now=now, zone=access.organization.zone))
    if wanted.text:
        found = found.filter(_says(access, wanted.text))
    return found


def due(when: str, *, now: datetime, zone: tzinfo) -> Q:
    """Return the condition for open orders whose ship-by has passed ("overdue") or comes today ("today")."""
    still_open = Q(status__in=OPEN)
    if when == "overdue":
        return still_open & Q(ship_by__lt=now)
    tomorrow = datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(), zone)
    return still_open & Q(ship_by__gte=now, ship_by__lt=tomorrow)


def _says(access: Access, text: str) -> Q:
    """Return the condition for orders whose number, here or at the warehouse, SKU or tracking number begins so."""
    lines = Line.objects.visible_to(access).filter(sku__istartswith=text)
    packages = Package.objects.visible_to(access).filter(tracking_number__istartswith=text)
    there = Release.objects.visible_to(access).exclude(number="").filter(number__istartswith=text)
    elsewhere = Q(pk__in=lines.values("order")) | Q(pk__in=packages.values("order")) | Q(pk__in=there.values("order"))
    return Q(number__istartswith=text) | elsewhere


def count(found: Any) -> dict[str, int]:
    """Return how many of the found orders each state holds, in one query."""
    by_status = dict(found.order_by().values_list("status").annotate(orders=Count("pk")))
    return {state.key: sum(by_status.get(status, 0) for status in state.statuses) for state in STATES}


def choose(query: QueryDict, wanted: Wanted, counts: Mapping[str, int]) -> State:
    """Return the state the address asks for. One that asks for nothing gets what needs a person, if anything does."""
    asked = BY_KEY.get(query.get("tab", ""))
    if asked:
        return asked
    return BY_KEY["attention" if counts["attention"] and not wanted.query else "all"]
