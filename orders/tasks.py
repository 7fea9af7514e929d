"""Doors for workers: sweeps find what is due, runs do one grant's."""

from datetime import timedelta

import structlog
from celery import shared_task
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber

from carts import connections
from carts.models import Cart, Grant
from core.common import clock
from core.common.bell import Bell
from core.common.remote import RemoteError
from orders.download import preorders, pull

log = structlog.get_logger(__name__)
SWEEP = 200


@shared_task(name=Bell.IMPORT_DUE)
def import_due() -> None:
    """Ring for every grant with a cart whose orders are due, taking turns between organizations."""
    now = clock.now()
    turn = Window(RowNumber(), partition_by=[F("organization")], order_by=F("orders_due_at").asc())
    due = Cart.objects.asked().filter(orders_on=True, orders_due_at__lte=now)
    due = due.filter(Q(grant__pulling_until=None) | Q(grant__pulling_until__lte=now))  # else a worker is at it
    carts = list(due.annotate(turn=turn).order_by("turn", "orders_due_at").values_list("pk", "grant")[:SWEEP])
    pull.forget_what_is_no_matter(now=now)
    preorders.let_go(now=now)
    Cart.objects.filter(pk__in=[cart for cart, _ in carts]).update(orders_due_at=now + pull.RING_AGAIN)
    for grant_id in dict.fromkeys(grant for _, grant in carts):
        Bell.IMPORT_ORDERS.ring(grant_id=grant_id)


@shared_task(name=Bell.IMPORT_ORDERS)
def import_orders(*, grant_id: int, **_: object) -> None:
    grant = Grant.objects.select_related("merchant").get(pk=grant_id)
    now = clock.now()
    try:
        with connections.marketplace(grant) as marketplace:
            imported = pull.import_orders(grant, marketplace, now=now)
    except pull.PullTaken:
        return
    except RemoteError as error:
        log.warning("orders.not_downloaded", grant=grant_id, error=str(error))
        pull.schedule(grant, now=now, wait=pull.wait_after(grant, error, now=now))
        return
    log.info("orders.downloaded", grant=grant_id, new=imported.new, changed=imported.changed, pages=imported.pages)
    done = imported.finished and not imported.behind
    pull.schedule(grant, now=now, wait=None if done else timedelta(0))
