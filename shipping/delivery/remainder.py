"""The remainder of an order, of which units were canceled or shipped by others while a warehouse has it.

A warehouse behind a wire gives the order back and gets what is left under the next number. Otherwise the alert stands
until it is shipped. What was packed before stays packed, and a person is told.
"""

from datetime import datetime

from django.db import transaction

from core.activity.event_log import record
from core.alerts.models import Alert
from core.alerts.raised import close_alerts, raise_alert
from orders.actions.address_edit import NotEditable
from orders.alerts import CANCELED_LATE, PARTLY_CANCELED, PARTLY_SHIPPED
from orders.models import Order, OrderStatus
from orders.statuses import PERHAPS_AT_WAREHOUSE
from shipping.confirmation import dispatches
from shipping.delivery import amendment, split_remainder
from shipping.models import Package, Release
from shipping.shipments.shipped_packages import packed_units, units_left

PAGE = 500
PARTS = (PARTLY_CANCELED, PARTLY_SHIPPED)


def settle(*, now: datetime) -> None:
    """See to the orders of which a download told that a part is not the warehouse's any more."""
    told = Alert.objects.filter(cause__in=PARTS, closed_at=None).order_by("pk")[:PAGE]
    orders = Order.objects.select_related("cart").in_bulk({alert.subject_id for alert in told})
    for order in orders.values():
        _tell_packed(order, now)
        if order.parts or units_left(order):
            amend(order, now=now)
        with transaction.atomic(durable=True):
            _end(order, now)
    split_remainder.settle_shipped(now=now)


def _tell_packed(order: Order, now: datetime) -> None:
    packed = packed_units(order)
    if not any(packed.get(line.pk, 0) > line.wanted for line in order.lines.all()):
        return
    with transaction.atomic(durable=True):
        close_alerts(order, PARTLY_CANCELED, now=now)
        what = f"{order.cart.place.name} canceled units that had already been shipped"
        message = f"Order {order.number}: {what}. Ask the carrier or the buyer to return them."
        raise_alert(CANCELED_LATE, order, message, now=now, path=order.get_absolute_url())


def amend(order: Order, *, now: datetime) -> bool:
    """Let a warehouse behind a wire have what is left. False when a person tells it, or a worker is at it."""
    with transaction.atomic(durable=True):
        order = Order.objects.locked(order.pk)
        found = Release.objects.locked_of(order)
        if order.parts:
            return split_remainder.amend(order, found, now=now)
        release = next(iter(found), None)
        if release is None or not release.warehouse.system.remote or not order.is_at_warehouse:
            return False
        if Package.objects.filter(order=order).exists():
            return False  # it cannot give back what it began to ship
        try:
            amendment.hand_over_anew(order, now)
        except NotEditable:
            return False  # a worker hands it over this minute
        close_alerts(order, *PARTS, now=now)
        record("order.amended", order, now=now, warehouse=release.warehouse.name)
    return True


def warehouse_told(order: Order) -> str:
    """Return the warehouse that gets what is left without anybody's doing; "" where a person has to see to it."""
    if order.parts:
        return split_remainder.warehouses_told(order)
    release = Release.objects.filter(order=order).select_related("warehouse").first()
    if release is None or not release.warehouse.system.remote or not order.is_at_warehouse:
        return ""
    return "" if Package.objects.filter(order=order).exists() else str(release.warehouse)


def _end(order: Order, now: datetime) -> None:
    """What is left may all be shipped already."""
    if order.is_refused_in_part and packed_units(order) and not units_left(order):
        order.advance(frm=[OrderStatus.ERROR], to=OrderStatus.AT_WMS, now=now)
    if order.is_at_warehouse and packed_units(order) and not units_left(order):
        shipped = Alert.objects.filter(
            subject_kind="order", subject_id=order.pk, cause=PARTLY_SHIPPED, closed_at=None
        ).exists()
        reason = "Shipped except for what others shipped" if shipped else "Shipped except for what was canceled"
        if order.advance(frm=[OrderStatus.AT_WMS], to=OrderStatus.SHIPPED, now=now, reason=reason):
            record("order.moved", order, now=now, frm=OrderStatus.AT_WMS, to=order.status, reason=reason)
            dispatches.settle_order(order, now)
    if order.status not in (*PERHAPS_AT_WAREHOUSE, OrderStatus.NEW):  # new: let go, and there again in a moment
        close_alerts(order, *PARTS, now=now)
