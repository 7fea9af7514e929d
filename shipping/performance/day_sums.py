"""What the orders of one cart on one day came to, worked out from the orders themselves."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Min, Q, Sum
from django.db.models.functions import Coalesce

from orders.models import Order, OrderStatus
from shipping.models import CartDay, Charge, DaySum, Package, Release
from shipping.performance import durations

WANTED = (
    "pk",
    "status",
    "released_to",
    "currency",
    "total",
    "unit_count",
    "placed_at",
    "ship_by",
    "shipped_at",
    "confirmed_at",
)
NOTHING = Decimal(0)


@dataclass(slots=True)
class _Sum:
    """One row in the making."""

    numbers: Counter[str] = field(default_factory=Counter)
    sales: Decimal = NOTHING
    charges: Decimal = NOTHING
    times: dict[str, durations.Steps] = field(default_factory=lambda: defaultdict(Counter))


@dataclass(frozen=True, slots=True)
class _Packed:
    """What is packed of one order."""

    left_at: datetime | None = None  # the last package
    packages: int = 0
    tracked: int = 0


def bounds(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return when a day begins and ends where the organization is: 23 to 25 hours."""
    return datetime.combine(day, time(), zone), datetime.combine(day + timedelta(days=1), time(), zone)


def work_out(cart_day: CartDay, zone: tzinfo) -> list[DaySum]:
    """Return the rows of a day, not stored. Four statements, however many orders there are."""
    begin, end = bounds(cart_day.day, zone)
    placed = Q(cart=cart_day.cart_id, placed_at__gte=begin, placed_at__lt=end)
    orders = Order.objects.filter(placed).exclude(status=OrderStatus.SKIPPED)
    ids = orders.order_by().values("pk")
    packed = _packed(ids)
    released = dict(
        Release.objects.filter(order__in=ids, released_at__isnull=False)
        .order_by()
        .values_list("order")
        .annotate(at=Min("released_at"))
    )
    charges: dict[int, list[tuple[str, Decimal]]] = defaultdict(list)
    charged = Charge.objects.filter(order__in=ids).order_by().values_list("order", "currency")
    for pk, currency, amount in charged.annotate(sum=Sum("amount")):
        charges[pk].append((currency, amount))
    sums: dict[tuple[int | None, str], _Sum] = defaultdict(_Sum)
    for order in orders.order_by().values(*WANTED).iterator():
        row = sums[order["released_to"], order["currency"]]
        _add(row, order, packed.get(order["pk"], _Packed()), released.get(order["pk"]))
        for currency, amount in charges[order["pk"]]:
            sums[order["released_to"], currency].charges += amount
    return list(_rows(cart_day, sums))


def _packed(ids: Any) -> dict[int, _Packed]:
    found = Package.objects.filter(order__in=ids).order_by().values_list("order")
    rows = found.annotate(
        left_at=Max(Coalesce("own_shipped_at", "shipment__shipped_at")),
        packages=Count("pk"),
        tracked=Count("pk", filter=~Q(tracking_number="")),
    )
    return {pk: _Packed(left_at, packages, tracked) for pk, left_at, packages, tracked in rows}


def _add(row: _Sum, order: Mapping[str, Any], packed: _Packed, released_at: datetime | None) -> None:
    numbers = row.numbers
    numbers["orders"] += 1
    numbers["packages"] += packed.packages
    numbers["tracked"] += packed.tracked
    if order["status"] == OrderStatus.CANCELED and not packed.packages:
        numbers["canceled"] += 1
        return
    numbers["units"] += order["unit_count"]
    if order["total"] is not None:
        numbers["priced"] += 1
        row.sales += order["total"]
    if released_at is not None:
        row.times[durations.TO_WAREHOUSE][durations.step(released_at - order["placed_at"])] += 1
    if packed.left_at is None or order["shipped_at"] is None:  # something of it is still to be shipped
        return
    numbers["shipped"] += 1
    row.times[durations.TO_SHIP][durations.step(packed.left_at - order["placed_at"])] += 1
    if order["ship_by"] is not None:
        numbers["promised"] += 1
        numbers["late"] += packed.left_at > order["ship_by"]
    if order["confirmed_at"]:
        row.times[durations.TO_CONFIRM][durations.step(order["confirmed_at"] - order["shipped_at"])] += 1


def _rows(cart_day: CartDay, sums: Mapping[tuple[int | None, str], _Sum]) -> Iterator[DaySum]:
    for (released_to, currency), found in sorted(sums.items(), key=lambda each: (each[0][0] or 0, each[0][1])):
        yield DaySum(
            organization_id=cart_day.organization_id,
            merchant_id=cart_day.merchant_id,
            cart_id=cart_day.cart_id,
            day=cart_day.day,
            released_to=released_to,
            currency=currency,
            sales=found.sales,
            charges=found.charges,
            times=durations.packed(found.times),
            **found.numbers,
        )
