"""The figures of a period by merchant, cart, marketplace or warehouse, read from the sums of its months and days."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Sum, Value, When

from carts.models import Cart
from core.accounts.access import Access
from core.accounts.models import Merchant
from integration_manager.portal.performance.figures import Figures
from integration_manager.portal.performance.periods import Period
from orders.models import Order
from orders.statuses import TO_BE_SHIPPED
from shipping.models import CurrencyRate, DaySum, MonthSum, OrderSums, Warehouse
from shipping.performance import durations, month_sums
from shipping.performance.day_sums import bounds

NO_WAREHOUSE = "Not at a warehouse"
Keyed = dict[Any, Figures]


@dataclass(frozen=True, slots=True)
class Division:
    """A way to divide: the column it is divided by, the same in sums and orders."""

    label: str
    column: str
    filter: str = ""  # of the list of orders, that means one row of it


DIVISIONS = {
    "merchant": Division("Merchant", "merchant", "merchant"),
    "cart": Division("Cart", "cart", "cart"),
    "marketplace": Division("Marketplace", "cart"),
    "warehouse": Division("Warehouse", "released_to", "warehouse"),
}


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What the figures are of, beside the period: one merchant, cart, marketplace or warehouse; 0 and "": all."""

    merchant: int = 0
    cart: int = 0
    warehouse: int = 0
    place: str = ""
    carts: Sequence[int] | None = None  # of that marketplace

    @property
    def condition(self) -> Q:
        found = Q()
        for column, value in (("merchant", self.merchant), ("cart", self.cart), ("released_to", self.warehouse)):
            if value:
                found &= Q(**{column: value})
        return found if self.carts is None else found & Q(cart__in=self.carts)


@dataclass(frozen=True, slots=True)
class Part:
    """One row of the table."""

    name: str
    figures: Figures
    before: Figures
    query: Mapping[str, str] = field(default_factory=dict)  # of the list of orders; empty: it has no filter for it


@dataclass(frozen=True, slots=True)
class Divided:
    """The figures of a period whole and in parts, beside those of the period before."""

    whole: Figures
    before: Figures
    parts: Sequence[Part]  # those that had orders, the most orders first


def of_days(access: Access, period: Period, narrowed: Narrowed) -> "QuerySet[DaySum]":
    found: QuerySet[DaySum] = DaySum.objects.visible_to(access)
    return found.filter(narrowed.condition, day__gte=period.first, day__lte=period.last).order_by()


def sums(access: Access, period: Period, narrowed: Narrowed) -> "Sequence[QuerySet[Any]]":
    """Return what adds up to the period: its months that are in step, and its other days. One statement."""
    months = month_sums.in_step(access.organization, period.first, period.last)
    days, beside = of_days(access, period, narrowed), month_sums.days_beside(months, period.first, period.last)
    whole = MonthSum.objects.visible_to(access).filter(narrowed.condition, month__in=months).order_by()
    return whole, days.none() if beside is None else days.filter(beside)


def divide(
    access: Access, by: str, period: Period, narrowed: Narrowed, *, carts: Iterable[Cart], now: datetime
) -> Divided:
    """Return the figures by the values of a division, read once: the whole is the sum of its parts."""
    division = DIVISIONS[by]
    named = _names(access, by, carts)
    now_keyed, before_keyed = (
        keyed(access, division.column, each, narrowed, now=now) for each in (period, period.before)
    )
    found, before = _folded(now_keyed, named), _folded(before_keyed, named)
    rows = [
        Part(name, figures, before.get((name, key), Figures()), {division.filter: str(key)} if _leads(key) else {})
        for (name, key), figures in found.items()
    ]
    rows.sort(key=lambda row: (-row.figures.orders, row.name.casefold()))
    return Divided(_together(now_keyed.values()), _together(before_keyed.values()), rows)


def _leads(key: Any) -> bool:
    return isinstance(key, int) and key > 0


def total(access: Access, period: Period, narrowed: Narrowed, *, now: datetime) -> Figures:
    return keyed(access, "organization", period, narrowed, now=now).get(access.organization.pk, Figures())


def keyed(access: Access, column: str, period: Period, narrowed: Narrowed, *, now: datetime) -> Keyed:
    """Return the figures by the values of a column. Some statements, however many rows they read."""
    found: Keyed = defaultdict(Figures)
    key = F(column)
    added = {f"{name}_sum": Sum(name) for name in (*OrderSums.NUMBERS, "sales", "charges")}
    times: dict[Any, list[Any]] = defaultdict(list)
    for rows in sums(access, period, narrowed):
        for row in rows.values("currency", key=key).annotate(**added):
            found[row["key"]].add({name.removesuffix("_sum"): value for name, value in row.items()})
        for value, kept in rows.values_list(key, "times"):
            times[value].append(kept)
    for value, kept_times in times.items():
        found[value].steps = durations.added(kept_times)
    if access.organization.reporting_currency:
        days = of_days(access, period, narrowed)
        for value, amount, orders in days.values_list(key).annotate(**_converted(access)):
            found[value].converted, found[value].converted_orders = amount, orders
    begin, _ = bounds(period.first, access.organization.zone)
    _, end = bounds(period.last, access.organization.zone)
    late = Order.objects.visible_to(access).filter(
        narrowed.condition, status__in=TO_BE_SHIPPED, ship_by__lt=now, placed_at__gte=begin, placed_at__lt=end
    )
    for value, number in late.order_by().values_list(key).annotate(number=Count("pk")):
        found[value].overdue += number
    return found


def _converted(access: Access) -> dict[str, Any]:
    """Return the SQL of sales in the organization's own currency, and of how many orders they are of.

    For days: a rate holds from a day on, which need not be the first of a month.
    """
    own = access.organization.reporting_currency
    rates = CurrencyRate.objects.visible_to(access).order_by("currency", "-since")
    known = [(Q(currency=rate.currency, day__gte=rate.since), rate.rate) for rate in rates if rate.currency != own]
    known.append((Q(currency=own), Decimal(1)))
    amounts = [When(condition, then=F("sales") * Value(rate)) for condition, rate in known]
    numbers = [When(condition, then=F("priced")) for condition, _ in known]
    sales, priced = DaySum._meta.get_field("sales"), DaySum._meta.get_field("priced")
    return {
        "amount": Sum(Case(*amounts, default=Value(Decimal(0)), output_field=sales)),
        "number": Sum(Case(*numbers, default=Value(0), output_field=priced)),
    }


def _folded(found: Keyed, named: Callable[[Any], tuple[str, Any]]) -> dict[tuple[str, Any], Figures]:
    """Put together what has one name: a marketplace has several carts."""
    folded: dict[tuple[str, Any], list[Figures]] = defaultdict(list)
    for value, figures in found.items():
        folded[named(value)].append(figures)
    return {key: several[0] if len(several) == 1 else _together(several) for key, several in folded.items()}


def _together(several: Collection[Figures]) -> Figures:
    whole = Figures()
    for each in several:
        whole.numbers.update(each.numbers)
        whole.priced.update(each.priced)
        whole.overdue += each.overdue
        whole.converted += each.converted
        whole.converted_orders += each.converted_orders
        for mine, theirs in ((whole.sales, each.sales), (whole.charges, each.charges)):
            for currency, amount in theirs.items():
                mine[currency] += amount
    whole.steps = durations.together(each.steps for each in several)
    return whole


def _names(access: Access, by: str, carts: Iterable[Cart]) -> Callable[[Any], tuple[str, Any]]:
    """Return what names a value of the division: its words, and its key in the list of orders."""
    match by:
        case "merchant":
            known = dict(Merchant.objects.visible_to(access).values_list("pk", "name"))
        case "cart":
            known = {cart.pk: f"{cart.merchant.name} · {cart.name}" for cart in carts}
        case "marketplace":
            places = {cart.pk: cart.place.name for cart in carts}
            return lambda value: (places.get(value, str(value)), None)
        case _:
            found = Warehouse.objects.filter(organization=access.organization)
            known = dict(found.values_list("pk", "name"))
    return lambda value: (NO_WAREHOUSE, None) if value is None else (known.get(value, str(value)), value)


def by_day(access: Access, period: Period, narrowed: Narrowed) -> dict[date, int]:
    """Return the orders of each day."""
    return dict(of_days(access, period, narrowed).values_list("day").annotate(number=Sum("orders")))
