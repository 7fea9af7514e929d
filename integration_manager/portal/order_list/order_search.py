"""Which orders the address asks for: a tab, a search and filters. All of it lives in the query, none in the session.

What the address says that nobody knows is refused with a sentence and finds nothing. Leaving it out would find more
than was asked for, and what is done to all that match would be done to those too.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from core.accounts import workplace
from core.accounts.access import Access
from core.common.typed_signs import fold_signs
from integration_manager.portal.order_list.order_filters import OrderFilters
from orders.models import Line, Order, OrderStatus
from orders.statuses import NEEDS_ATTENTION
from shipping.carriers.labels import search_forms
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
    ListTab("shipped", "Shipped", (OrderStatus.SHIPPED, OrderStatus.PARTLY)),
    ListTab("confirmed", "Confirmed", (OrderStatus.CONFIRMED,)),
    ListTab("canceled", "Canceled", (OrderStatus.CANCELED,)),
    ListTab("skipped", "Skipped", (OrderStatus.SKIPPED,)),
    ListTab("all", "All", tuple(OrderStatus)),
)
BY_KEY = {state.key: state for state in STATES}


LONGEST = 100  # characters of a search
KEPT = ("q", *OrderFilters.base_filters)  # what narrows the list, beside the tab
KNOWN = (*KEPT, "tab", "sort", "after", "as", workplace.MARK)
NOBODY = 0  # the key of no order


@dataclass(frozen=True, slots=True)
class Wanted:
    """The tab, search and filters of an address, and a sentence for each thing it says that nobody knows."""

    text: str
    filters: OrderFilters
    state: ListTab | None  # the address names none, or one that is none
    refused: tuple[str, ...]

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
    text = query.get("q", "").strip()
    filters = OrderFilters(query, access=access, now=now)
    tab = query.get("tab", "")
    return Wanted(
        text[:LONGEST].replace("\0", ""),
        filters,
        BY_KEY.get(tab),
        (*_refused(query, text=text, tab=tab), *filters.refused),
    )


def _refused(query: QueryDict, *, text: str, tab: str) -> Iterator[str]:
    """Yield a sentence for each thing of the address that is no filter's value and yet nobody knows."""
    if tab and tab not in BY_KEY:
        yield "There is no such tab."
    if len(text) > LONGEST:
        yield f"A search can have up to {LONGEST} characters."
    if "\0" in text:
        yield "The search holds a character that no order has."
    if query.keys() - KNOWN:
        yield "The address asks for a filter that doesn't exist."
    for name in KNOWN:
        if len(set(filter(None, query.getlist(name)))) > 1:
            yield f"The address says “{name}” more than once."


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
    packages = Package.objects.visible_to(access)
    # As it is kept, however it was scanned or copied; and a SKU that begins with a blank.
    numbers = [packages.filter(tracking_number__begins=form) for form in search_forms(text)]
    copied = Order.objects.visible_to(access).filter(number__begins=fold_signs(text))  # with hyphens of a printed page
    blank = Line.objects.visible_to(access).filter(sku__begins=f" {text}")
    releases = Release.objects.visible_to(access).exclude(number="").filter(number__begins=text)
    return [
        orders.values_list("pk", flat=True),
        lines.values_list("order", flat=True),
        blank.values_list("order", flat=True),
        *(rows.values_list("order", flat=True) for rows in numbers),
        releases.values_list("order", flat=True),
        *([copied.values_list("pk", flat=True)] if fold_signs(text) != text else []),
    ]


def find(access: Access, wanted: Wanted, *, state: ListTab | None = None, ids: Collection[int] | None = None) -> Found:
    """Return the orders that match search and filters, in this state or in every one.

    ``ids`` are what the search came to, where that is known. Otherwise each way it looks is a branch of its own:
    joined by OR they would make the database read every order.
    """
    found: QuerySet[Any] = wanted.filters.qs
    if wanted.refused:
        return [found.filter(pk=NOBODY)]
    if state and state.key != "all":
        found = found.filter(status__in=state.statuses)
    if not wanted.text:
        return [found]
    if ids is not None:
        return [found.filter(pk__in=ids)]
    _, *others = _beginnings(access, wanted.text)
    return [found.filter(number__begins=wanted.text), *(found.filter(pk__in=rows) for rows in others)]


def choose(wanted: Wanted, counts: Mapping[str, int | None]) -> ListTab:
    """Return the state the address asks for. One that asks for nothing gets what needs a person, if anything does."""
    if wanted.state:
        return wanted.state
    return BY_KEY["attention" if counts["attention"] and not wanted.query else "all"]


def list_of(query: QueryDict) -> str:
    """Return the address of the list that this query was sent from, as it was."""
    return address({name: query.get(name, "") for name in ("tab", *KEPT, "sort", "after")})


def address(query: Mapping[str, str], *, route: str = "orders:orders") -> str:
    """Return the list's address with this query, without what is empty."""
    said = QueryDict(mutable=True)
    said.update({key: value for key, value in query.items() if value})
    return f"{reverse(route)}?{said.urlencode()}" if said else reverse(route)
