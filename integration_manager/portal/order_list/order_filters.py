"""The filters of the list of orders, each by its name in the address: the values it offers, and what they leave.

One FilterSet for whoever finds orders. A value that is none of a filter's finds nothing, and is said: addresses are
kept for long, what they name may be gone, and without it more orders would match than anybody asked for.
"""

from collections.abc import Iterable, Mapping
from copy import copy
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, TypeVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q, QuerySet
from django.forms import Form
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django_filters import ChoiceFilter, DateFilter, Filter, FilterSet

from carts.models import Cart
from core.accounts.access import Access
from core.accounts.models import Merchant
from core.accounts.visible_statements import VisibleStatement
from core.ui.markup import fill
from orders.models import HeldFor, Order, OrderStatus
from orders.statuses import OPEN
from shipping.models import CartMethod, Release, Warehouse

PLACED = {"1": "Last 24 hours", "7": "Last 7 days", "30": "Last 30 days", "90": "Last 90 days"}
HOURS = {"2h": 2, "6h": 6, "24h": 24}
DUE = {
    "overdue": "Overdue",
    "today": "Due today",
    "tomorrow": "Due tomorrow",
    "later": "Due later, or no date",
    "2h": "Due within 2 hours",
    "6h": "Due within 6 hours",
    "24h": "Due within 24 hours",
}
PRIME = {"yes": "Prime", "no": "Not Prime"}
BUSINESS = {"yes": "Business", "no": "Not business"}
LONGEST_METHODS = 200  # names of ship methods in one menu
LONGEST_NAMED = 40  # characters of what was refused
SELECTED = SafeString(" selected")
OF_TENANT = ("merchant", "cart", "warehouse", "method")  # what each organization has of its own
F = TypeVar("F", bound=Filter)
CARTS = VisibleStatement(
    Cart,
    lambda carts: (
        carts.select_related("merchant")
        .order_by("merchant__name", "name", "pk")
        .only("organization", "kind", "place_id", "name", "state", "merchant__name")
    ),
)
METHODS = VisibleStatement(
    CartMethod, lambda methods: methods.order_by("name").values_list("name", flat=True).distinct()[:LONGEST_METHODS]
)
NAMED = {
    name: VisibleStatement(model, lambda rows: rows.order_by("name", "pk").values_list("pk", "name"))
    for name, model in (("merchant", Merchant), ("warehouse", Warehouse))
}
NO_NAME = "\0"  # stands for nothing in django-filter; a ship method may be called "null"


class Menu(ChoiceFilter):
    """One value of several, each with its words. ``told``: the label stands before a chip's words."""

    name: str  # in the address

    def __init__(
        self,
        label: str,
        everything: str,
        choices: Iterable[tuple[Any, Any]] = (),
        *,
        told: bool = True,
        lower: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(label=label, null_value=NO_NAME, **kwargs)
        self.everything = everything
        self.told = told
        self.lower = lower  # the words of a sentence, not a name
        self.offer(choices)

    def __deepcopy__(self, memo: dict[int, Any]) -> "Menu":
        """Each request has filters of its own, and what a filter holds is replaced and never changed."""
        return _own(self)

    def offer(
        self, choices: Iterable[tuple[Any, Any]], *, apart: tuple[str, Iterable[tuple[Any, Any]]] = ("", ())
    ) -> None:
        heading, others = apart
        self.first = [(str(value), str(words)) for value, words in choices]
        self.apart = heading, [(str(value), str(words)) for value, words in others]
        self.choices = self.first + self.apart[1]
        self.extra["choices"] = self.choices

    @property
    def options(self) -> SafeString:
        """Return the choices as HTML: written here, because there may be hundreds and a template would take long."""
        return self._options(self.first)

    @property
    def options_apart(self) -> SafeString:
        return self._options(self.apart[1])

    def _options(self, choices: list[tuple[str, str]]) -> SafeString:
        chosen = self.chosen
        return SafeString(
            "".join(
                fill('<option value="{}"{}>{}</option>', value, SELECTED if value == chosen else "", words)
                for value, words in choices
            )
        )

    @property
    def chosen(self) -> str:
        chosen: str = self.parent.said.get(self.name, "")
        return chosen

    def words(self, value: str) -> str:
        words = dict(self.choices)[value]
        return f"{self.label}: {words.lower() if self.lower else words}" if self.told else words


class Day(DateFilter):
    """A day of the organization's, as a browser writes it."""

    name: str

    def __init__(self, label: str, **kwargs: Any) -> None:
        within = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31))]  # others lack a noon
        super().__init__(label=label, input_formats=["%Y-%m-%d"], validators=within, **kwargs)

    def __deepcopy__(self, memo: dict[int, Any]) -> "Day":
        return _own(self)

    def words(self, value: date) -> str:
        return f"{self.label} {value.day} {value:%b %Y}"


def _own(each: F) -> F:
    made = copy(each)
    made.extra = dict(each.extra)
    made.method = each.method  # bound to the copy
    return made


class OrderFilters(FilterSet):
    merchant = Menu("Merchant", "All merchants")
    cart = Menu("Cart", "All carts")
    warehouse = Menu("Warehouse", "All warehouses", field_name="released_to", method="keep_warehouse")
    status = Menu("Status", "Any status", OrderStatus.choices)
    held = Menu("Held", "Held?", HeldFor.choices, method="keep_held")
    method = Menu("Ship method", "Any ship method", field_name="service")
    due = Menu("Ship by", "Ship by any time", DUE.items(), told=False, method="keep_due")
    prime = Menu("Prime", "Prime?", PRIME.items(), told=False, method="keep_yes_or_no")
    business = Menu("Business", "Business?", BUSINESS.items(), told=False, method="keep_yes_or_no")
    placed = Menu("Placed", "Placed any time", PLACED.items(), lower=True, method="keep_placed")
    placed_from = Day("Placed from", field_name="placed_at", method="keep_from")
    placed_to = Day("Placed until", field_name="placed_at", method="keep_until")
    due_from = Day("Ship by from", field_name="ship_by", method="keep_from")
    due_to = Day("Ship by until", field_name="ship_by", method="keep_until")

    def __init__(
        self, query: Mapping[str, Any], *, access: Access, now: datetime, offers: bool = True, **kwargs: Any
    ) -> None:
        """``offers``: also the filters that are menus of what the organization has. Programs name those by ID."""
        super().__init__(query, Order.objects.visible_to(access), **kwargs)
        for name, each in self.filters.items():
            each.name = name
        self.now = now
        self.zone = access.organization.zone
        if not offers:
            for name in OF_TENANT:
                del self.filters[name]
            return
        self._offer(query, access)

    def _offer(self, query: Mapping[str, Any], access: Access) -> None:
        # Every ship method an order was seen with is kept by its cart; looking through the orders would take too long.
        offered = [name for name in METHODS.rows(access) if name]
        asked = str(query.get("method", ""))
        if asked and "\0" not in asked and asked not in offered and _is_method(asked, access):
            offered.append(asked)  # one of those that the menu is too short for
        self.filters["method"].offer((name, name) for name in offered)
        self.carts: dict[int, Cart] = {cart.pk: cart for cart in CARTS.rows(access)}
        at_work = [(pk, cart.full_name) for pk, cart in self.carts.items() if not cart.is_archived]
        archived = [(pk, cart.full_name) for pk, cart in self.carts.items() if cart.is_archived]
        self.filters["cart"].offer(at_work, apart=("Archived", archived))
        for name, named in NAMED.items():
            self.filters[name].offer(named.rows(access))

    def get_form_class(self) -> type[Form]:
        """Return a form of what is asked for alone: the fields of the other filters have nothing to check."""
        asked = {name: each.field for name, each in self.filters.items() if self.data.get(name)}
        return type("OrderFiltersForm", (Form,), asked)

    @property
    def menus(self) -> list[Menu]:
        return [each for each in self.filters.values() if isinstance(each, Menu)]

    @property
    def days(self) -> list[Day]:
        return [each for each in self.filters.values() if isinstance(each, Day)]

    @cached_property
    def said(self) -> dict[str, Any]:
        """Return what is asked for: value by name, without what is empty or refused."""
        self.form.full_clean()
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    @cached_property
    def refused(self) -> list[str]:
        """Return a sentence for each value that is none of its filter's."""
        self.form.full_clean()
        return [
            f"{self.filters[name].label}: “{_shortened(str(self.data.get(name, '')))}” is not one of the choices."
            for name in self.form.errors
        ]

    def keep_held(self, orders: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return orders.filter(status=OrderStatus.HELD, held_for=value)

    def keep_warehouse(self, orders: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        others = Release.objects.filter(part__gt=1, warehouse=int(value))  # of split orders, all but their first parts
        if not others.exists():
            return orders.filter(released_to=value)
        return orders.filter(Q(released_to=value) | Q(pk__in=others.values("order")))

    def keep_yes_or_no(self, orders: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return orders.filter(**{f"is_{name}": value == "yes"})

    def keep_placed(self, orders: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return orders.filter(placed_at__gte=self.now - timedelta(days=int(value)))

    def keep_due(self, orders: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        # What a person asks for by status has left the warehouse perhaps, and its tracking is still owed.
        statuses = (self.said["status"],) if "status" in self.said else OPEN
        return orders.filter(due(value, now=self.now, zone=self.zone, statuses=statuses))

    def keep_from(self, orders: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return orders.filter(**{f"{name}__gte": _begin(value, self.zone)})

    def keep_until(self, orders: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return orders.filter(**{f"{name}__lt": _begin(value + timedelta(days=1), self.zone)})


def due(when: str, *, now: datetime, zone: tzinfo, statuses: tuple[str, ...] = OPEN) -> Q:
    """Return the condition for orders, open ones unless told, whose ship-by has passed or comes so soon."""
    still_open = Q(status__in=statuses)
    if when == "overdue":
        return still_open & Q(ship_by__lt=now)
    if when in HOURS:
        return still_open & Q(ship_by__gte=now, ship_by__lt=now + timedelta(hours=HOURS[when]))
    today = _today(now, zone)
    tomorrow, day_after = (_begin(today + timedelta(days=days), zone) for days in (1, 2))
    if when == "today":
        return still_open & Q(ship_by__gte=now, ship_by__lt=tomorrow)
    if when == "tomorrow":
        return still_open & Q(ship_by__gte=tomorrow, ship_by__lt=day_after)
    return still_open & (Q(ship_by__gte=day_after) | Q(ship_by=None))


def _is_method(name: str, access: Access) -> bool:
    return CartMethod.objects.visible_to(access).filter(name=name).exists()


def _shortened(text: str) -> str:
    return Truncator(text.replace("\0", "")).chars(LONGEST_NAMED)


def _today(now: datetime, zone: tzinfo) -> date:
    return now.astimezone(zone).date()


def _begin(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)
