"""Letting a held order go. What a person holds is held in shipping/cancellation, which takes it back, too."""

from datetime import datetime

from django.db import transaction

from core.accounts.models import User
from core.activity.event_log import record
from core.alerts.raised import close_alerts_of_hold
from orders.actions import accept
from orders.download import cancels
from orders.models import HeldFor, Order, OrderAction


def let_go(order: Order, *, by: User, now: datetime) -> bool:
    """End a hold, whatever made it: a person answers for it. An order that could not be read stays held."""
    if order.hindrance_to(OrderAction.LET_GO):
        return False
    if order.held_for == HeldFor.BUYER:
        return cancels.refuse_request(order, by=by, now=now)
    if order.held_for == HeldFor.PROGRAM:
        return accept.ship_like_others(order, by=by, now=now)
    with transaction.atomic(durable=True):
        return free(order, by=by, now=now)


def free(order: Order, *, by: User, now: datetime) -> bool:
    """Let a held order go, in a transaction of the caller's. False when it is not held for that any more."""
    held_for = order.held_for
    freed = order.let_go_of(held_for, now=now)
    if freed:
        record("order.let_go", order, now=now, actor=by)
        close_alerts_of_hold(order, held_for, now=now)
    return freed
