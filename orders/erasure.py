"""Erasing what is known of a buyer: the address, the document it was read from, gift messages, and notes.

Amazon asks for it, and buyers may expect it. The order itself stays, with its lines, packages and history, and says
since when it knows no buyer. An order with a legal hold keeps everything until the hold ends. What was erased does not
come back: a document that the cart sends again is read, and nothing personal of it is kept (download/changes.py).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from core.activity.event_log import event, record_all
from core.common.lifetimes import IN_ALL, Rows
from orders import recipient_marks
from orders.models import LegalHold, Note, Order, OrderStatus, Recipient
from orders.statuses import ENDED_OTHERWISE, OPEN

KEPT = timedelta(days=30)  # after shipment or cancellation
UNSHIPPED_KEPT = timedelta(days=180)  # of what is neither: since it was placed
NOTHING_LEFT: dict[str, Any] = {"sealed": None, "source": None, **dict.fromkeys(recipient_marks.FIELDS, "")}
STEP = 200  # orders in one transaction
ERASED = b""  # what is left of a note


# -- What is over ------------------------------------------------------------------------------------------------------
def recipients_kept() -> Rows:
    return Recipient.objects.filter(erased_at=None)


def recipients_over(before: datetime) -> Rows:
    """Return those whose order was shipped, or ended otherwise, before; and of what never ships, the older ones.

    An order ends otherwise when the cart says so for the last time. One that is at a warehouse again, for units that
    were added to it, was not shipped.
    """
    shipped = Q(order__shipped_at__lt=before) & ~Q(order__status=OrderStatus.AT_WMS)
    ended = Q(order__status__in=ENDED_OTHERWISE, order__changed_at__lt=before)
    never = Q(order__status__in=OPEN, order__shipped_at=None, order__placed_at__lt=before - (UNSHIPPED_KEPT - KEPT))
    return recipients_kept().filter(shipped | ended | never).exclude(is_held("order_id"))


def notes_kept() -> Rows:
    return Note.objects.exclude(sealed=ERASED)


def notes_over(before: datetime) -> Rows:
    """Return notes that were written about an order whose buyer was erased."""
    erased = Exists(Recipient.objects.filter(order=OuterRef("order_id"), erased_at__isnull=False))
    return notes_kept().filter(erased, at__lt=before).exclude(is_held("order_id"))


def held() -> Rows:
    """Return the legal holds that have not ended."""
    return LegalHold.objects.filter(ended_at=None)


def is_held(order_id: str) -> Exists:
    """Whether the order that this column names has a legal hold."""
    return Exists(held().filter(order=OuterRef(order_id)))


# -- Erasing -----------------------------------------------------------------------------------------------------------
def erase_some(over: Rows, now: datetime) -> int:
    """Erase the buyers of some of these, a few orders at a time. Returns how many."""
    erased = 0
    while erased < IN_ALL and (ids := list(over.order_by("pk").values_list("order_id", flat=True)[:STEP])):
        done = _erase(ids, over, now)
        erased += done
        if not done:
            break
    return erased


def _erase(ids: Iterable[int], over: Rows, now: datetime) -> int:
    """Under the orders' locks: nobody hands one over, reads it anew or puts a hold on it meanwhile."""
    with transaction.atomic(durable=True):
        orders = {order.pk: order for order in Order.objects.filter(pk__in=ids).all_locked().only("organization_id")}
        still = list(over.filter(order__in=list(orders)).values_list("order_id", flat=True))
        Recipient.objects.filter(order__in=still).update(erased_at=now, **NOTHING_LEFT)
        Note.objects.filter(order__in=still).update(sealed=ERASED)
        record_all(event("order.erased", orders[pk], now=now) for pk in still)
    return len(still)


def erase_notes(over: Rows, now: datetime) -> int:
    erased = 0
    while erased < IN_ALL and (ids := list(over.order_by("pk").values_list("pk", flat=True)[:STEP])):
        erased += Note.objects.filter(pk__in=ids).update(sealed=ERASED)
    return erased
