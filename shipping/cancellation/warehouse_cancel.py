"""Cancel sending: a person wants an order not to be shipped for now. The cart is not told.

It is held by that person at once. What the warehouse has is asked back, what is only owed to it is not sent.
"""

from datetime import datetime

from django.db import transaction

from core.accounts.models import User
from core.activity.event_log import record
from core.alerts.raised import close_alerts
from core.common.bell import Bell
from orders.models import SHIPPED_IN_PART, HeldFor, Order, OrderAction, OrderStatus
from orders.statuses import FREE_TO_GO
from shipping.alerts import NOT_CHANGED, NOT_RELEASED
from shipping.delivery import amendment, recall
from shipping.models import Package, Release


class NotStoppable(Exception):
    """Nothing was changed. The message says why."""


def hindrance(order: Order) -> str | None:
    """Return why its sending cannot be canceled, None when it can."""
    if Package.objects.filter(order=order).exists():
        return SHIPPED_IN_PART
    return order.hindrance_to(OrderAction.STOP)


def cancel_sending(order: Order, *, by: User, now: datetime) -> bool:
    """Hold it and take it back. Returns whether the warehouse had it. Raises NotStoppable."""
    with transaction.atomic(durable=True):
        order = Order.objects.locked(order.pk)
        if why := hindrance(order):
            raise NotStoppable(why)
        release: Release | None = Release.objects.locked_of(order)
        back = release is not None and _take_off(release, now)
        reason = f"Sending canceled by {by}"
        order.advance(frm=FREE_TO_GO, to=OrderStatus.HELD, now=now, reason=reason, held_for=HeldFor.PERSON)
        record("order.sending_canceled", order, now=now, actor=by)
        close_alerts(order, NOT_RELEASED, NOT_CHANGED, now=now)
        if release is not None and back:
            recall.owe(order, release, what=f"Sending of order {order.number} was canceled", now=now)
    Bell.RECALL_DUE.ring()
    return back


def _take_off(release: Release, now: datetime) -> bool:
    """Take it off what is owed. Returns whether it has to come back. Raises NotStoppable while a worker sends it."""
    if release.is_taken(now):
        raise NotStoppable(amendment.BUSY)
    return recall.take_off(release, "Sending was canceled.")
