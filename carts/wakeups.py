"""Waking the services that work for a cart. They live above this app, so they are known by name only.

A bell that nobody hears does no harm: the cart is due, and the sweep finds it.
"""

from datetime import datetime, timedelta
from typing import Any, cast

from celery import Task, current_app

from carts.models import Cart
from core.common import bell

IMPORT = "orders.tasks.import_orders"
PUBLISH = "inventory.tasks.publish"
LOOK_AGAIN = timedelta(minutes=3)  # a marketplace lists new orders about two minutes late


def wake_all(cart: Cart) -> None:
    """Download orders and publish stock as soon as a worker is free."""
    if cart.grant_id and cart.orders_on:
        _ring(IMPORT, grant_id=cart.grant_id)
    if cart.grant_id and cart.inventory_on:
        _ring(PUBLISH, cart_id=cart.pk)


def download(cart: Cart, *, now: datetime) -> bool:
    """Download the cart's orders as soon as a worker is free, and again when what is new by now is listed there.

    False when the cart downloads none.
    """
    live = Cart.objects.at_work().filter(pk=cart.pk, orders_on=True)
    if not Cart.objects.filter(pk__in=live.values("pk")).update(orders_due_at=now + LOOK_AGAIN):
        return False
    _ring(IMPORT, grant_id=cart.grant_id)
    return True


def _ring(name: str, **ids: Any) -> None:
    bell.ring(cast("Task[Any, Any]", current_app.signature(name)), **ids)
