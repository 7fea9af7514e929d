"""Which orders the address asks for: a tab, a search and filters. All of it lives in the query, none in the session.

What the address says that nobody knows is refused with a sentence and finds nothing. Leaving it out would find more
than was asked for, and what is done to all that match would be done to those too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict

from core.accounts import workplace
from core.accounts.access import Ability, Access
from core.alerts.models import Alert
from core.common.typed_signs import fold_signs
from core.ui.list_page import count_some
from core.ui.route_paths import path_of
from integration_manager.portal.order_list import listed_products, pasted_numbers
from integration_manager.portal.order_list.listed_products import ListedProducts
from integration_manager.portal.order_list.order_filters import OrderFilters
from orders import recipient_marks
from orders.models import Line, Order, OrderStatus, Recipient
from orders.statuses import NEEDS_ATTENTION
from shipping import order_alerts
from shipping.alerts import MISPACKED
from shipping.carriers.labels import search_forms
from shipping.models import Package, Release

MOST_SEARCHED = 500  # a search that finds more is answered without knowing how many
RARE = 150  # one of so many orders: those are gathered and sorted; of more, the list is walked until a page is full
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
    ListTab("wms", "At the warehouse", (OrderStatus.AT_WMS,)),
    ListTab("shipped", "Shipped", (OrderStatus.SHIPPED, OrderStatus.PARTLY)),
    ListTab("confirmed", "Confirmed", (OrderStatus.CONFIRMED,)),
    ListTab("canceled", "Canceled", (OrderStatus.CANCELED,)),
    ListTab("closed", "Closed", (OrderStatus.CLOSED,)),
    ListTab("skipped", "Skipped", (OrderStatus.SKIPPED,)),
    ListTab("all", "All", tuple(OrderStatus)),
)
BY_KEY = {state.key: state for state in STATES}


LONGEST = 100  # characters of a search for one thing
LONGEST_LIST = pasted_numbers.MOST * 30  # of one for many numbers
SHORTEST_END = 4  # characters of a number's end worth looking for
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
    access: Access
    numbers: tuple[str, ...] = ()  # of a list of them; empty: the text is one thing

    @property
    def query(self) -> dict[str, str]:
        """Return what the address needs to ask for this again."""
        text = {"q": self.text} if self.text else {}
        return text | {name: str(value) for name, value in self.filters.said.items()}

    @property
    def words(self) -> dict[str, str]:
        """Return each filter in force, as a chip says it."""
        words = f"{len(self.numbers)} numbers" if self.numbers else self.text
        text = {"q": f"Search: {words}"} if self.text else {}
        return text | {name: self.filters.filters[name].words(value) for name, value in self.filters.said.items()}


def read(query: QueryDict, access: Access, *, now: datetime) -> Wanted:
    """Return what the address asks for, among what the person may see."""
    text = query.get("q", "").strip()
    numbers = tuple(pasted_numbers.split(text[: LONGEST_LIST + 1]))
    filters = OrderFilters(query, access=access, now=now)
    tab = query.get("tab", "")
    return Wanted(
        text[: LONGEST_LIST if numbers else LONGEST].replace("\0", ""),
        filters,
        BY_KEY.get(tab),
        (*_refused(query, text=text, tab=tab, numbers=numbers), *filters.refused),
        access,
        numbers[: pasted_numbers.MOST],
    )


def _refused(query: QueryDict, *, text: str, tab: str, numbers: tuple[str, ...]) -> Iterator[str]:
    """Yield a sentence for each thing of the address that is no filter's value and yet nobody knows."""
    if tab and tab not in BY_KEY:
        yield "There is no such tab."
    if len(numbers) > pasted_numbers.MOST or len(text) > LONGEST_LIST:
        yield f"A search can have up to {pasted_numbers.MOST} numbers. Paste them in parts."
    elif len(text) > LONGEST and not numbers:
        yield f"A search can have up to {LONGEST} characters."
    if "\0" in text:
        yield "The search holds a character that no order has."
    if query.keys() - KNOWN:
        yield "The address asks for a filter that doesn't exist."
    for name in KNOWN:
        if len(set(filter(None, query.getlist(name)))) > 1:
            yield f"The address says “{name}” more than once."


@dataclass(frozen=True, slots=True)
class Hits:
    """What a search came to: the orders of each way that found few, and a condition for each that found many."""

    few: set[int] = field(default_factory=set)  # ids
    many: tuple[Q, ...] = ()
    notes: tuple[str, ...] = ()  # what the person should know about it

    @property
    def ids(self) -> set[int] | None:
        """Return the ids of all that was found; None: too many to tell."""
        return None if self.many else self.few


NO_HITS = Hits()


@dataclass(frozen=True, slots=True)
class _Way:
    """One thing a search looks at: the ids of the orders it finds, and the same as a condition on orders."""

    ids: QuerySet[Any, int]
    condition: Q | None = None  # of rows that belong to orders: as they are best asked for

    def condition_of_many(self) -> Q:
        """Return the condition, as PostgreSQL asks it best.

        For some thousand rows among a million orders it would walk the list all the same, looking up most orders in
        vain: a limit, though it is never reached, keeps it from that. Of more rows it would then read all orders.
        """
        if self.condition is not None:
            return self.condition
        newest = Order.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        rare = newest // RARE
        is_rare = rare > MOST_SEARCHED and not count_some(self.ids, most=rare).more
        return Q(pk__in=self.ids[: 2 * rare] if is_rare else self.ids)


def search(access: Access, wanted: Wanted) -> Hits:
    """Return the orders whose number, SKU or tracking number the text begins, whose number it ends, or whose product's
    title has its words; of several numbers, those that have them.

    Each way is asked once. What found nothing is not asked again for the tabs and the rows.
    """
    if wanted.refused or not wanted.text:
        return NO_HITS
    if wanted.numbers:
        pasted = pasted_numbers.find(access, wanted.numbers)
        return Hits(pasted.ids, notes=tuple(filter(None, [pasted.note])))
    products = listed_products.find(access, wanted.text)
    few: set[int] = set()
    many: list[Q] = []
    for way in _ways(access, wanted.text, products):
        found = list(way.ids[: MOST_SEARCHED + 1])
        if len(found) > MOST_SEARCHED:
            many.append(way.condition_of_many())
        else:
            few.update(found)
    return Hits(few, tuple(many), tuple(filter(None, [products.note])))


def _ways(access: Access, text: str, products: ListedProducts) -> Iterator[_Way]:
    """Yield each of what a search looks at, each read off an index of its own.

    Buyers' names and cities for those alone who may see them: what is found would tell others who bought.
    """
    for condition in _of_number(text):
        yield _Way(Order.objects.visible_to(access).filter(condition).values_list("pk", flat=True), condition)
    lines = Line.objects.visible_to(access)
    packages = Package.objects.visible_to(access)
    releases = Release.objects.visible_to(access).exclude(number="")
    recipients = Recipient.objects.filter(organization=access.organization)
    named = recipient_marks.conditions(access.organization.pk, text) if access.may(Ability.SEE_BUYERS) else []
    others: tuple[QuerySet[Any], ...] = (
        lines.filter(sku__begins=text),
        lines.filter(sku__begins=f" {text}"),  # a SKU that begins with a blank
        *([lines.filter(sku__in=products.skus)] if products.skus else []),
        # As it is kept, however it was scanned or copied.
        *(packages.filter(tracking_number__begins=form) for form in search_forms(text)),
        releases.filter(number__begins=text),
        *(recipients.filter(condition) for condition in named),
    )
    for rows in others:
        yield _Way(rows.values_list("order", flat=True))


def _of_number(text: str) -> list[Q]:
    """Return the conditions on an order's own number: its beginning, as written and in plain signs, and its end."""
    plain = fold_signs(text)
    conditions = [Q(number__begins=form) for form in dict.fromkeys((text, plain)) if form]
    if len(plain) >= SHORTEST_END and " " not in plain:
        conditions.append(Q(number__ends=plain))
    return conditions


def find(wanted: Wanted, hits: Hits, *, state: ListTab | None = None) -> Found:
    """Return the orders that match search and filters, in this state or in every one.

    ``hits`` are what ``search`` came to. Each way that found many is a branch of its own: joined by OR they would make
    the database read every order.
    """
    found: QuerySet[Any] = wanted.filters.qs
    if wanted.refused:
        return [found.filter(pk=NOBODY)]
    parts = [found]
    if state and state.key != "all":
        parts = [found.filter(status__in=state.statuses)]
        if state.key == "attention" and asked_about(found, wanted.access).exists():
            parts.append(asked_about(found, wanted.access))
    if not wanted.text:
        return parts
    few = [part.filter(pk__in=hits.few) for part in parts] if hits.few or not hits.many else []
    return [*few, *(part.filter(condition) for part in parts for condition in hits.many)]


def asked_about(orders: "QuerySet[Any]", access: Access) -> "QuerySet[Any]":
    """Return those a person has to see to though their status does not say so: what a warehouse reported can't be taken
    as it is, or something has to be done by hand, such as pulling a parcel. Of that a seller is only told.

    It ends when somebody says it is done, or why nothing is to be done. A branch of its own: beside the statuses by OR
    it would make the database read every order.
    """
    causes = (MISPACKED, *order_alerts.CAUSES) if access.is_of_house else (MISPACKED,)
    asked = Alert.objects.visible_to(access).open().filter(cause__in=causes, subject_kind="order")
    asked = asked.filter(Q(cause=MISPACKED) | Q(dismissed_at=None))
    return orders.exclude(status__in=NEEDS_ATTENTION).filter(pk__in=asked.values("subject_id"))


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
    said = urlencode({key: value for key, value in query.items() if value})
    return f"{path_of(route)}?{said}" if said else path_of(route)
