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
from shipping.models import Confirmation

log = structlog.get_logger(__name__)
SWEEP = 200


@shared_task(name="shipping.tasks.release_due")
def release_due() -> None:
    released = releasing.release_orders(now=clock.now())
    if released.released or released.held or released.stuck:
        log.info("orders.released", released=released.released, held=released.held, stuck=released.stuck)


@shared_task(name="shipping.tasks.confirm_due")
def confirm_due() -> None:
    """Ring for every grant that is owed a package's tracking, or whose cart has its turn."""
    now = clock.now()
    live = Cart.objects.filter(state=Cart.State.LIVE, shipments_on=True, grant__state=Grant.State.CONNECTED)
    turns = list(live.filter(shipments_due_at__lte=now).order_by("shipments_due_at")[:SWEEP])
    for cart in turns:
        Cart.objects.filter(pk=cart.pk).update(shipments_due_at=now + timedelta(minutes=cart.shipments_every))
    owed = Confirmation.objects.due(now).order_by().values("cart")
    owing = live.filter(pk__in=owed).values_list("grant", flat=True)[:SWEEP]
    for grant_id in dict.fromkeys([*(cart.grant_id for cart in turns), *owing]):
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
    log.info("packages.confirmed", grant=grant_id, confirmed=told.confirmed, waiting=told.waiting, stuck=told.stuck)


def ring_for_orders(orders: Iterable[tuple[int, int]]) -> None:
    """Tell these (grant, order) pairs at once, after the commit."""
    by_grant: dict[int, list[int]] = {}
    for grant_id, order_id in orders:
        by_grant.setdefault(grant_id, []).append(order_id)
    for grant_id, order_ids in by_grant.items():
        bell.ring(confirm_packages, grant_id=grant_id, order_ids=order_ids)
