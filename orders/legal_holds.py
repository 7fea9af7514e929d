"""Putting a legal hold on an order's buyer data, and ending it."""

from datetime import datetime

from django.db import transaction

from core.accounts.access import Access
from core.accounts.models import User
from core.activity.event_log import record
from orders.models import LegalHold, Order, Recipient


class HoldRefused(ValueError):
    """The message says why, in a sentence."""


def find(access: Access, number: str) -> Order:
    """Return the order of this number. Raises HoldRefused where there is none, or more than one."""
    found = list(Order.objects.visible_to(access).filter(number=number).order_by("pk")[:2])
    if len(found) != 1:
        said = "More than one order has this number" if found else "No order has this number"
        raise HoldRefused(f"{said}. Copy the number from the order's page.")
    return found[0]


def put(order: Order, reason: str, *, by: User, now: datetime) -> LegalHold:
    """Raises HoldRefused for one that has a hold, or whose buyer data is erased."""
    with transaction.atomic(durable=True):
        kept = Order.objects.locked(order.pk)
        if Recipient.objects.filter(order=kept, erased_at__isnull=False).exists():
            raise HoldRefused("The buyer's data of this order is erased already: there is nothing to keep.")
        if LegalHold.objects.filter(order=kept, ended_at=None).exists():
            raise HoldRefused("This order has a legal hold.")
        made = LegalHold.objects.create(
            organization_id=kept.organization_id, merchant_id=kept.merchant_id, order=kept, reason=reason, by=by, at=now
        )
        record("order.legal_hold", kept, now=now, actor=by)
    return made


def end(hold: LegalHold, *, by: User, now: datetime) -> bool:
    """Let the data be erased when its time is over. False when somebody was quicker."""
    with transaction.atomic(durable=True):
        if not LegalHold.objects.filter(pk=hold.pk, ended_at=None).update(ended_at=now, ended_by=by):
            return False
        record("order.legal_hold_ended", hold.order, now=now, actor=by)
    return True
