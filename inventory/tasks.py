"""Doors for workers: a sweep finds the carts whose stock is due, a run does one cart's."""

from datetime import datetime, timedelta

import structlog
from celery import shared_task

from carts import connections, listings
from carts.models import Cart
from core.common import clock
from core.common.bell import Bell
from core.common.remote import RemoteError
from inventory import levels
from inventory.publish import inventory_upload, standstill

log = structlog.get_logger(__name__)
RING_AGAIN = timedelta(minutes=1)  # the sweep rings again if nothing came of it
AFTER_TROUBLE = timedelta(minutes=5)
AFTER_LITTLE = timedelta(minutes=1)  # more was to be told than the quota carried


@shared_task(name=Bell.PUBLISH_DUE)
def publish_due() -> None:
    now = clock.now()
    due = Cart.objects.asked().filter(inventory_on=True, inventory_due_at__lte=now)
    for cart in due.order_by("inventory_due_at")[:200]:
        Cart.objects.filter(pk=cart.pk).update(inventory_due_at=now + RING_AGAIN)
        Bell.PUBLISH.ring(cart_id=cart.pk)


@shared_task(name=Bell.PUBLISH)
def publish(*, cart_id: int, **_: object) -> None:
    """Read the cart's listings where they are old, count, and tell what changed."""
    cart = Cart.objects.select_related("grant", "merchant", "organization").get(pk=cart_id)
    now = clock.now()
    if cart.grant is None or cart.state != Cart.State.LIVE:
        return  # paused, or worse, since the bell was rung
    try:
        with connections.marketplace(cart.grant) as marketplace:
            if listings.is_stale(cart, now):
                listings.read_listings(cart, marketplace, now=now)
            levels.count(cart, now=now)
            told = (
                inventory_upload.publish(cart, marketplace, now=now)
                if cart.inventory_on
                else inventory_upload.Published()
            )
    except RemoteError as error:
        log.warning("stock.not_told", cart=cart_id, error=str(error))
        standstill.failed(cart, error, now=now)
        _schedule(cart, AFTER_TROUBLE, now)
        return
    standstill.ended_well(cart, now=now)
    _schedule(cart, AFTER_LITTLE if told.throttled or told.waiting else timedelta(minutes=cart.inventory_every), now)
    log.info("stock.told", cart=cart_id, told=told.told, waiting=told.waiting, stuck=told.stuck)


def _schedule(cart: Cart, wait: timedelta, now: datetime) -> None:
    """Set when it is due again, once it was done: a worker that dies leaves the sweep's own mark, which is near."""
    every = timedelta(minutes=cart.inventory_every)
    Cart.objects.filter(pk=cart.pk).update(inventory_due_at=now + min(wait, every))
