"""Batches of Ship and Close: what a press of the button ships, kept first and then worked off order by order.

Each order is a transaction of its own, and what became of it is written in that same transaction. So a worker may be
killed anywhere: whoever takes the batch up next goes on with the orders that still wait, and ships none twice. One
order that is refused, or fails in a way nobody foresaw, keeps none of the others.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog
from django.db import DatabaseError, transaction

from core.accounts.models import Organization, User
from core.common import claims, clock, jobs
from core.common.bell import Bell
from core.common.jobs import GOING_ON, Job, NotYet
from shipping.close import ship_and_close, stored_closings
from shipping.close.ship_and_close import Closed, Closing
from shipping.confirmation import dispatches
from shipping.models import BatchedOrder, BatchResult, ShipmentBatch

log = structlog.get_logger(__name__)

AT_ONCE = 200  # orders shipped while somebody waits; a larger batch is a worker's
PART = 50  # orders after which progress, the time and the worker's end are looked at
OURS = "Something went wrong here, and nothing of it was stored. Ship it again, or tell whoever runs the portal."
GIVEN_UP = "It was tried several times and never finished. Ship it again."


class TakenOver(Exception):
    """Another worker has done this order meanwhile: what was written for it is taken back."""


def begin(
    closings: Sequence[Closing],
    fields: Mapping[str, object],
    *,
    organization: Organization,
    by: User,
    now: datetime,
) -> ShipmentBatch:
    """Keep what is to be shipped, and have it worked off: at once where it is little, by a worker where it is much.

    Run preflight first. ``fields`` are what was typed, as drafts keep it.
    """
    with transaction.atomic(durable=True):
        batch: ShipmentBatch = ShipmentBatch.objects.create(
            organization=organization, by=by, made_at=now, due_at=now, fields=dict(fields)
        )
        BatchedOrder.objects.bulk_create(
            BatchedOrder(
                organization=organization,
                batch=batch,
                order=closing.order,
                place=place,
                closing=stored_closings.to_json(closing),
            )
            for place, closing in enumerate(closings)
        )
        if len(closings) > AT_ONCE:
            Bell.SHIP_BATCH.ring(batch_id=batch.pk)
    if len(closings) <= AT_ONCE:
        jobs.run(batch, BatchJob(), now=now)
    return batch


def run(batch: ShipmentBatch, *, now: datetime) -> None:
    """Go on with a batch, as long as a worker may."""
    jobs.run(batch, BatchJob(), now=now)


class BatchJob(Job[ShipmentBatch, None]):
    def do(self, batch: ShipmentBatch, /, *, now: datetime) -> None:
        """Ship what still waits. Raises NotYet where there is more than one run may take."""
        time = clock.running(now)
        for part in _parts(batch):
            _ship(part, batch.by, now=time())
            if claims.is_stopping() or time() - now > GOING_ON:
                break
        if batch.orders.filter(result=BatchResult.WAITING).exists():
            raise NotYet(timedelta(0))

    def done(self, batch: ShipmentBatch, result: None, /, *, now: datetime) -> None:
        _finish(batch, now)

    def stuck(self, batch: ShipmentBatch, reason: str, /, *, now: datetime) -> None:
        batch.orders.filter(result=BatchResult.WAITING).update(result=BatchResult.FAILED, message=GIVEN_UP)
        _finish(batch, now)


def _finish(batch: ShipmentBatch, now: datetime) -> None:
    ShipmentBatch.objects.filter(pk=batch.pk).update(finished_at=now)


def _parts(batch: ShipmentBatch) -> Iterator[list[BatchedOrder]]:
    """Yield what still waits, a part at a time, each as it is when its turn has come."""
    waiting = batch.orders.filter(result=BatchResult.WAITING).select_related("order__cart").order_by("place")
    after = -1
    while part := list(waiting.filter(place__gt=after)[:PART]):
        yield part
        after = part[-1].place


def _ship(part: Sequence[BatchedOrder], by: User, *, now: datetime) -> None:
    shipped = [row.order for row in part if _ship_one(row, by, now=now)]
    dispatches.ring_for_orders((order.cart.grant_id, order.pk) for order in shipped if order.cart.grant_id)


def _ship_one(row: BatchedOrder, by: User, *, now: datetime) -> bool:
    """Ship an order of a batch. False when it was not shipped, or not by us."""
    closing = stored_closings.of_json(row.order, row.closing)
    try:
        return ship_and_close.close_order(closing, by=by, now=now, keep=partial(_keep, row)).shipped
    except TakenOver:
        return False
    except (DatabaseError, OSError):
        raise  # this server's own trouble: all of it is tried again
    except Exception:  # one order nobody foresaw must not keep the others of the batch
        log.exception("batch.order_failed", batch=row.batch_id, order=row.order_id)
        _settle(row, BatchResult.FAILED, OURS)
        return False


def _keep(row: BatchedOrder, closed: Closed) -> None:
    """Write down what became of an order, if nobody did. Raises TakenOver."""
    if not closed.shipped:
        result = BatchResult.FAILED
    elif closed.again:
        result = BatchResult.AGAIN
    else:
        result = BatchResult.PART if closed.rest else BatchResult.SHIPPED
    if not _settle(row, result, closed.message):
        raise TakenOver


def _settle(row: BatchedOrder, result: BatchResult, message: str) -> bool:
    waiting = BatchedOrder.objects.filter(pk=row.pk, result=BatchResult.WAITING)
    return bool(waiting.update(result=result, message=message))
