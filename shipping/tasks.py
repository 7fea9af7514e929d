"""Doors for workers: sweeps find what is due, runs do one grant's."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

import structlog
from celery import shared_task

from carts import connecting
from carts.models import Cart, Grant
from integration_manager.lib import bell, clock
from integration_manager.lib.remote import RemoteError
from shipping import confirming, releasing

log = structlog.get_logger(__name__)


@shared_task(name="shipping.tasks.release_due")
def release_due() -> None:
    released = releasing.release_orders(now=clock.now())
    if released.released or released.held or released.stuck:
        log.info("orders.released", released=released.released, held=released.held, stuck=released.stuck)


@shared_task(name="shipping.tasks.confirm_due")
def confirm_due() -> None:
    """Ring for every grant with a cart whose shipments are due to be told."""
    now = clock.now()
    due = Cart.objects.filter(
        state=Cart.State.LIVE, shipments_on=True, shipments_due_at__lte=now, grant__state=Grant.State.CONNECTED
    )
    carts = list(due.order_by("shipments_due_at")[:200])
    for cart in carts:
        Cart.objects.filter(pk=cart.pk).update(shipments_due_at=now + timedelta(minutes=cart.shipments_every))
    for grant_id in dict.fromkeys(cart.grant_id for cart in carts):
        bell.ring(confirm_packages, grant_id=grant_id)


@shared_task(name="shipping.tasks.confirm_packages")
def confirm_packages(*, grant_id: int, order_ids: Sequence[int] | None = None, **_: object) -> None:
    """Tell what is owed on a grant's carts: all of it, or at once that of some orders just shipped."""
    grant = Grant.objects.get(pk=grant_id)
    carts = list(Cart.objects.filter(grant=grant, state=Cart.State.LIVE, shipments_on=True))
    try:
        with connecting.marketplace(grant) as marketplace:
            told = confirming.confirm_packages(carts, marketplace, now=clock.now(), orders=order_ids)
    except RemoteError as error:
        log.warning("packages.not_confirmed", grant=grant_id, error=str(error))
        return
    if told.throttled or told.waiting:  # do not leave it until the cart's next turn
        soon = clock.now() + timedelta(minutes=1)
        Cart.objects.filter(pk__in=[cart.pk for cart in carts], shipments_due_at__gt=soon).update(shipments_due_at=soon)
    log.info("packages.confirmed", grant=grant_id, confirmed=told.confirmed, waiting=told.waiting, stuck=told.stuck)


def ring_for_orders(orders: Iterable[tuple[int, int]]) -> None:
    """Tell these (grant, order) pairs at once, after the commit."""
    by_grant: dict[int, list[int]] = {}
    for grant_id, order_id in orders:
        by_grant.setdefault(grant_id, []).append(order_id)
    for grant_id, order_ids in by_grant.items():
        bell.ring(confirm_packages, grant_id=grant_id, order_ids=order_ids)
