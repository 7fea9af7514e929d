"""Sending again what was refused, after a person mended the cause."""

from datetime import datetime

from django.db import transaction

from integration_manager.accounts.models import User
from integration_manager.activity.recording import record
from integration_manager.lib.errands import ErrandState
from orders.models import Order
from shipping.models import Confirmation, Release
from shipping.tasks import ring_for_orders


def stuck_errands(order: Order) -> list[Release | Confirmation]:
    """Return what of an order was refused and waits for a person."""
    releases = Release.objects.filter(order=order, state=ErrandState.STUCK)
    confirmations = Confirmation.objects.filter(package__order=order, state=ErrandState.STUCK)
    return [*releases, *confirmations]


def send_again(order: Order, *, by: User, now: datetime) -> int:
    """Owe it again, at once. Returns how many were refused before."""
    with transaction.atomic(durable=True):
        owed = sum(errand.owe(now) for errand in stuck_errands(order))
        if owed:
            record("order.sent_again", order, now=now, actor=by)
    if owed and order.cart.grant_id:
        ring_for_orders([(order.cart.grant_id, order.pk)])
    return owed
