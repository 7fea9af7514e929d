"""Cancel sending: a person wants an order not to be shipped for now. The cart is not told.

It is held by that person at once. What the warehouse has is asked back, what is only owed to it is not sent.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from core.accounts.models import User
from core.activity.event_log import record
from core.alerts.raised import close_alerts
from core.common.bell import Bell
from core.common.errands import ErrandState
from orders.download.cancels import is_shipped
from orders.models import HeldFor, Order, OrderStatus
from shipping import routing
from shipping.delivery import amendment, handover, recall
from shipping.models import Package, Release

STOPPABLE = (OrderStatus.NEW, OrderStatus.ERROR, OrderStatus.AT_WMS)


class NotStoppable(Exception):
    """Nothing was changed. The message says why."""


def hindrance(order: Order) -> str:
    """Return why its sending cannot be canceled, "" when it can."""
    if is_shipped(order) or Package.objects.filter(order=order).exists():
        return amendment.SHIPPED
    if order.status == OrderStatus.HELD:
        return "It is held already."
    if order.status not in STOPPABLE:
        return f"It is {order.state.label.lower()}."
    return ""


def cancel_sending(order: Order, *, by: User, now: datetime) -> bool:
    """Hold it and take it back. Returns whether the warehouse had it. Raises NotStoppable."""
    with transaction.atomic(durable=True):
        order = Order.objects.select_for_update(of=("self",)).select_related("cart").get(pk=order.pk)
        if why := hindrance(order):
            raise NotStoppable(why)
        rows = Release.objects.select_for_update(of=("self",)).select_related("warehouse")
        release: Release | None = rows.filter(order=order).first()
        back = release is not None and _take_off(order, release, now)
        reason = f"Sending canceled by {by}"
        order.advance(frm=STOPPABLE, to=OrderStatus.HELD, reason=reason, held_for=HeldFor.PERSON)
        record("order.sending_canceled", order, now=now, actor=by)
        close_alerts(order, "order.not_released", handover.NOT_CHANGED, now=now)
        if release is not None and back:
            recall.owe(order, release, what=f"Sending of order {order.number} was canceled", now=now)
    Bell.RECALL_DUE.ring()
    return back


def _take_off(order: Order, release: Release, now: datetime) -> bool:
    """Take it off what is owed. Returns whether it has to come back. Raises NotStoppable while a worker sends it."""
    if release.state == ErrandState.RUNNING and release.claimed_until and release.claimed_until > now:
        raise NotStoppable(amendment.BUSY)
    if recall.is_away(order):
        return True
    unsure = amendment.is_unsure(release)
    dropped: dict[str, Any] = {"state": ErrandState.DROPPED, "claim": None, "claimed_until": None, "claims": 0}
    if unsure and not release.replaces:  # it is asked back by the number it may be there by
        dropped |= {"replaces": release.number_there, "number": routing.next_number(release)}
    if release.state != ErrandState.DONE:
        Release.objects.filter(pk=release.pk).update(last_error="Sending was canceled.", **dropped)
    return unsure
