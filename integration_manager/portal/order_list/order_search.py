"""Which orders the address asks for: a tab, a search and filters. All of it lives in the query, none in the session."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from core.accounts.access import Access
from integration_manager.portal.order_list.order_filters import OrderFilters
from orders.models import Line, Order, OrderStatus
from orders.statuses import NEEDS_ATTENTION
from shipping.models import Package, Release

MOST_SEARCHED = 500  # a search that finds more is answered without knowing how many
Found = list[QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class ListTab:
    """A saved state of the list: what stands in ?tab=, and the statuses it shows."""

    key: str
    label: str
    statuses: tuple[OrderStatus, ...]
    tone: str = ""


STATES = (
    ListTab("attention", "Needs attention", NEEDS_ATTENTION, "bad"),
    ListTab("new", "New", (OrderStatus.PENDING, OrderStatus.NEW)),
    ListTab("wms", "At WMS", (OrderStatus.AT_WMS,)),
    ListTab("shipped", "Shipped", (OrderStatus.SHIPPED,)),
    ListTab("confirmed", "Confirmed", (OrderStatus.CONFIRMED,)),
    ListTab("canceled", "Canceled", (OrderStatus.CANCELED,)),
    ListTab("skipped", "Skipped", (OrderStatus.SKIPPED,)),
    ListTab("all", "All", tuple(OrderStatus)),
)
BY_KEY = {state.key: state for state in STATES}


KEPT = ("q", *OrderFilters.base_filters)  # what narrows the list, beside the tab


@dataclass(frozen=True, slots=True)
class Wanted:
    """The search and filters of an address. What it says that we do not know is left out."""

    text: str
    filters: OrderFilters

    @property
    def query(self) -> dict[str, str]:
        """Return what the address needs to ask for this again."""
        text = {"q": self.text} if self.text else {}
        return text | {name: str(value) for name, value in self.filters.said.items()}

    @property
    def words(self) -> dict[str, str]:
        """Return each filter in force, as a chip says it."""
        text = {"q": f"Search: {self.text}"} if self.text else {}
        return text | {name: self.filters.filters[name].words(value) for name, value in self.filters.said.items()}


def read(query: QueryDict, access: Access, *, now: datetime) -> Wanted:
    """Return what the address asks for, among what the person may see."""
    text = query.get("q", "").replace("\0", "").strip()[:100]
    return Wanted(text, OrderFilters(query, access=access, now=now))


def search(access: Access, text: str) -> set[int] | None:
    """Return the ids of all orders that the text begins a number, a SKU or a tracking number of; None if too many."""
    ids: set[int] = set()
    for rows in _beginnings(access, text):
        found = list(rows[: MOST_SEARCHED + 1])
        if len(found) > MOST_SEARCHED:
            return None
        ids.update(found)
    return ids


def _beginnings(access: Access, text: str) -> list[QuerySet[Any, int]]:
    """Return orders' ids by each of what a search looks at, each read off an index of its own."""
    orders = Order.objects.visible_to(access).filter(number__begins=text)
    lines = Line.objects.visible_to(access).filter(sku__begins=text)
    packages = Package.objects.visible_to(access).filter(tracking_number__begins=text)
    releases = Release.objects.visible_to(access).exclude(number="").filter(number__begins=text)
    return [
        orders.values_list("pk", flat=True),
        lines.values_list("order", flat=True),
        packages.values_list("order", flat=True),
        releases.values_list("order", flat=True),
    ]


def find(access: Access, wanted: Wanted, *, state: ListTab | None = None, ids: Collection[int] | None = None) -> Found:
    """Return the orders that match search and filters, in this state or in every one.

    ``ids`` are what the search came to, where that is known. Otherwise each way it looks is a branch of its own:
    joined by OR they would make the database read every order.
    """
    found: QuerySet[Any] = wanted.filters.qs
    if state and state.key != "all":
        found = found.filter(status__in=state.statuses)
    if not wanted.text:
        return [found]
    if ids is not None:
        return [found.filter(pk__in=ids)]
    _, *others = _beginnings(access, wanted.text)
    return [found.filter(number__begins=wanted.text), *(found.filter(pk__in=rows) for rows in others)]


def choose(query: QueryDict, wanted: Wanted, counts: Mapping[str, int | None]) -> ListTab:
    """Return the state the address asks for. One that asks for nothing gets what needs a person, if anything does."""
    asked = BY_KEY.get(query.get("tab", ""))
    if asked:
        return asked
    return BY_KEY["attention" if counts["attention"] and not wanted.query else "all"]


def address(query: Mapping[str, str], *, route: str = "orders:orders") -> str:
    """Return the list's address with this query, without what is empty."""
    said = QueryDict(mutable=True)
    said.update({key: value for key, value in query.items() if value})
    return f"{reverse(route)}?{said.urlencode()}" if said else reverse(route)
