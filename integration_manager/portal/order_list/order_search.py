"""Which orders the address asks for: a tab, a search and filters. All of it lives in the query, none in the session."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse

from carts.models import Cart
from core.accounts.access import Access
from core.accounts.models import Merchant
from orders.models import HeldFor, Line, Order, OrderStatus
from orders.statuses import NEEDS_ATTENTION, OPEN
from shipping.models import CartMethod, Package, Release, Warehouse

PLACED = {"1": "Last 24 hours", "7": "Last 7 days", "30": "Last 30 days", "90": "Last 90 days"}
HOURS = {"2h": 2, "6h": 6, "24h": 24}
DUE = {
    "overdue": "Overdue",
    "today": "Due today",
    "2h": "Due within 2 hours",
    "6h": "Due within 6 hours",
    "24h": "Due within 24 hours",
}
PRIME = {"yes": "Prime", "no": "Not Prime"}
BUSINESS = {"yes": "Business", "no": "Not business"}
DATES = {
    "placed_from": "Placed from",
    "placed_to": "Placed until",
    "due_from": "Ship by from",
    "due_to": "Ship by until",
}
MOST_SEARCHED = 500  # a search that finds more is answered without knowing how many
LONGEST_METHODS = 200  # names of ship methods in one menu
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


@dataclass(frozen=True, slots=True)
class Choices:
    """A filter with its values: in the address by key, for people in words. ``told`` stands before a chip's words."""

    key: str
    label: str
    everything: str
    values: Mapping[str, str]
    told: bool = True
    lower: bool = False  # the words of a sentence, not a name
    chosen: str = ""

    def words(self, value: str) -> str:
        words = self.values[value]
        return f"{self.label}: {words.lower() if self.lower else words}" if self.told else words


def choices(access: Access) -> list[Choices]:
    """Return every filter with the values this person may choose from, as the page shows them."""
    carts = Cart.objects.visible_to(access).order_by("name", "pk").values_list("pk", "name")
    merchants = Merchant.objects.visible_to(access).order_by("name", "pk").values_list("pk", "name")
    warehouses = Warehouse.objects.visible_to(access).order_by("name", "pk").values_list("pk", "name")
    # Every ship method an order was seen with is kept by its cart; looking through the orders would take too long.
    methods = CartMethod.objects.visible_to(access).order_by("name").values_list("name", flat=True).distinct()
    return [
        Choices("merchant", "Merchant", "All merchants", _by_id(merchants)),
        Choices("cart", "Cart", "All carts", _by_id(carts)),
        Choices("warehouse", "Warehouse", "All warehouses", _by_id(warehouses)),
        Choices("status", "Status", "Any status", {status.value: str(status.label) for status in OrderStatus}),
        Choices("held", "Held", "Held or not", {why.value: str(why.label) for why in HeldFor}),
        Choices("method", "Ship method", "Any ship method", {name: name for name in methods[:LONGEST_METHODS] if name}),
        Choices("due", "Ship by", "Ship by any time", DUE, told=False),
        Choices("prime", "Prime", "Prime or not", PRIME, told=False),
        Choices("business", "Business", "Business or not", BUSINESS, told=False),
        Choices("placed", "Placed", "Placed any time", PLACED, lower=True),
    ]


def _by_id(rows: Any) -> dict[str, str]:
    return {str(pk): str(name) for pk, name in rows}


KEYS = ("merchant", "cart", "warehouse", "status", "held", "method", "due", "prime", "business", "placed")
KEPT = ("q", *KEYS, *DATES)  # what narrows the list, beside the tab


@dataclass(frozen=True, slots=True)
class Wanted:
    """The search and filters of an address. What it says that we do not know is left out."""

    text: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)
    dates: Mapping[str, date] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)  # each filter in force, as a chip says it

    @property
    def query(self) -> dict[str, str]:
        """Return what the address needs to ask for this again."""
        said = {"q": self.text, **self.chosen, **{key: day.isoformat() for key, day in self.dates.items()}}
        return {key: said[key] for key in KEPT if said.get(key)}


def read(query: QueryDict, known: list[Choices]) -> Wanted:
    """Return what the address asks for, among what the person may see."""
    text = query.get("q", "").replace("\0", "").strip()[:100]
    chosen = {each.key: value for each in known if (value := query.get(each.key, "")) in each.values}
    dates = {key: day for key in DATES if (day := _date(query.get(key, "")))}
    words = {"q": f"Search: {text}"} if text else {}
    words |= {each.key: each.words(chosen[each.key]) for each in known if each.key in chosen}
    words |= {key: f"{DATES[key]} {day.day} {day:%b %Y}" for key, day in dates.items()}
    return Wanted(text, chosen, dates, words)


def _date(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2999 else None  # days beyond have no noon everywhere


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


def find(
    access: Access,
    wanted: Wanted,
    *,
    now: datetime,
    state: ListTab | None = None,
    ids: Collection[int] | None = None,
) -> Found:
    """Return the orders that match search and filters, in this state or in every one.

    ``ids`` are what the search came to, where that is known. Otherwise each way it looks is a branch of its own:
    joined by OR they would make the database read every order.
    """
    found = Order.objects.visible_to(access)
    if state and state.key != "all":
        found = found.filter(status__in=state.statuses)
    for condition in _conditions(wanted, now=now, zone=access.organization.zone):
        found = found.filter(condition)
    if not wanted.text:
        return [found]
    if ids is not None:
        return [found.filter(pk__in=ids)]
    _, *others = _beginnings(access, wanted.text)
    return [found.filter(number__begins=wanted.text), *(found.filter(pk__in=rows) for rows in others)]


CONDITIONS: dict[str, Callable[[str], Q]] = {
    "merchant": lambda value: Q(merchant=int(value)),
    "cart": lambda value: Q(cart=int(value)),
    "warehouse": lambda value: Q(released_to=int(value)),
    "status": lambda value: Q(status=value),
    "held": lambda value: Q(status=OrderStatus.HELD, held_for=value),
    "method": lambda value: Q(service=value),
    "prime": lambda value: Q(is_prime=value == "yes"),
    "business": lambda value: Q(is_business=value == "yes"),
}


def _conditions(wanted: Wanted, *, now: datetime, zone: tzinfo) -> list[Q]:
    chosen, dates = wanted.chosen, wanted.dates
    conditions = [CONDITIONS[key](value) for key, value in chosen.items() if key in CONDITIONS]
    if "placed" in chosen:
        conditions.append(Q(placed_at__gte=now - timedelta(days=int(chosen["placed"]))))
    if "due" in chosen:
        # What a person asks for by status has left the warehouse perhaps, and its tracking is still owed.
        statuses = (chosen["status"],) if "status" in chosen else OPEN
        conditions.append(due(chosen["due"], now=now, zone=zone, statuses=statuses))
    for name, column in (("placed", "placed_at"), ("due", "ship_by")):
        if first := dates.get(f"{name}_from"):
            conditions.append(Q(**{f"{column}__gte": _begin(first, zone)}))
        if last := dates.get(f"{name}_to"):
            conditions.append(Q(**{f"{column}__lt": _begin(last + timedelta(days=1), zone)}))
    return conditions


def due(when: str, *, now: datetime, zone: tzinfo, statuses: tuple[str, ...] = OPEN) -> Q:
    """Return the condition for orders, open ones unless told, whose ship-by has passed or comes so soon."""
    still_open = Q(status__in=statuses)
    if when == "overdue":
        return still_open & Q(ship_by__lt=now)
    until = now + timedelta(hours=HOURS[when]) if when in HOURS else _begin(_today(now, zone) + timedelta(days=1), zone)
    return still_open & Q(ship_by__gte=now, ship_by__lt=until)


def _today(now: datetime, zone: tzinfo) -> date:
    return now.astimezone(zone).date()


def _begin(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)


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
