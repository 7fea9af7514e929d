"""Holding an order back, and letting it go."""

from datetime import datetime

from django.db import transaction

from core.accounts.models import User
from core.activity.event_log import record
from core.alerts.raised import close_alerts_of_hold
from orders.actions import accept
from orders.download import cancels
from orders.models import HeldFor, Order, OrderAction, OrderStatus


def hold(order: Order, *, by: User, now: datetime) -> bool:
    """Keep an order from going to the warehouse. False when it is too late for that."""
    with transaction.atomic(durable=True):
        held = order.advance(
            frm=[OrderStatus.NEW], to=OrderStatus.HELD, now=now, reason=f"Held by {by}", held_for=HeldFor.PERSON
        )
        if held:
            record("order.held", order, now=now, actor=by, reason="Somebody wants to check it first")
    return held


def let_go(order: Order, *, by: User, now: datetime) -> bool:
    """End a hold, whatever made it: a person answers for it. An order that could not be read stays held."""
    if order.hindrance_to(OrderAction.LET_GO):
        return False
    if order.held_for == HeldFor.BUYER:
        return cancels.refuse_request(order, by=by, now=now)
    if order.held_for == HeldFor.PROGRAM:
        return accept.ship_like_others(order, by=by, now=now)
    held_for = order.held_for
    with transaction.atomic(durable=True):
        freed = order.let_go_of(held_for, now=now)
        if freed:
            record("order.let_go", order, now=now, actor=by)
            close_alerts_of_hold(order, held_for, now=now)
    return freed
