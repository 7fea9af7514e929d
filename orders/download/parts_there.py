"""Parts of an order that the seller, or another tool, ships while a warehouse may be packing them.

Said once for what is new. What is then left is shipping's to see to (shipping/delivery/remainder).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from core.activity.event_log import event, record_all
from core.activity.models import Event
from core.alerts.raised import raise_alert
from orders import packages_there
from orders.alerts import PARTLY_SHIPPED
from orders.models import Line, Order


def shipped_units(orders: Sequence[Order]) -> dict[tuple[int, str], int]:
    """Return (order, line's reference): units shipped there, as we know it until now. Not of lines left out."""
    lines = Line.objects.filter(order__in=[order.pk for order in orders], left_out=False) if orders else []
    return {(line.order_id, line.reference): line.fulfilled_there for line in lines}


def tell_shipped(
    known: Mapping[tuple[int, str], int],
    lines: Iterable[Line],
    orders: Mapping[int, Order],
    places: Mapping[int, str],
    *,
    now: datetime,
) -> None:
    """Write down what others shipped of these orders since, and tell who may be packing them."""
    grown: dict[int, list[tuple[Line, int]]] = {}
    for line in lines:
        more = line.fulfilled_there - known.get((line.order_id, line.reference), line.fulfilled_there)
        if more > 0 and line.order_id in orders:
            grown.setdefault(line.order_id, []).append((line, more))
    ours = _own_numbers(grown)
    for pk, each in grown.items():
        others = _others(orders[pk], ours[pk]) if ours.get(pk) else None
        parts = [(line, more if others is None else min(more, others.get(line.reference, 0))) for line, more in each]
        _tell(orders[pk], [(line, units) for line, units in parts if units], places[orders[pk].cart_id], now)


def _tell(order: Order, parts: Sequence[tuple[Line, int]], place: str, now: datetime) -> None:
    if not parts:
        return
    record_all(
        event("order.partly_shipped_there", order, now=now, units=units, sku=line.sku, place=place)
        for line, units in parts
    )
    what = ", ".join(f"{units} × {line.sku}" for line, units in parts)
    message = (
        f"Order {order.number}: {what} shipped on {place}, not from here, while at the warehouse. "
        "Take it off the bench and ship only the rest."
    )
    raise_alert(PARTLY_SHIPPED, order, message, now=now, path=order.get_absolute_url())


def _own_numbers(orders: Iterable[int]) -> dict[int, set[str]]:
    """Return order id: the tracking numbers that its packages from here have or had; shipping wrote them down."""
    orders = list(orders)
    found: dict[int, set[str]] = {}
    if orders:
        said = Event.objects.filter(
            subject_kind="order", subject_id__in=orders, kind__in=("order.shipped", "package.corrected")
        )
        for pk, details in said.values_list("subject_id", "details"):
            numbers = (details.get("tracking"), details.get("new"))
            found.setdefault(pk, set()).update(packages_there.plain(number) for number in numbers if number)
    return found


def _others(order: Order, ours: set[str]) -> dict[str, int]:
    """Return line's reference: units in packages there that are not ours."""
    units: dict[str, int] = {}
    for package in packages_there.shown(order):
        if packages_there.plain(package.tracking_number) not in ours:
            for line in package.lines:
                units[line.reference] = units.get(line.reference, 0) + line.quantity
    return units
