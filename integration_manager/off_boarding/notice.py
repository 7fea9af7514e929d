"""Asking for everything of a merchant to be deleted, and taking that back until its day has come."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from core.accounts.models import Departure, Merchant, User
from core.activity.event_log import record
from integration_manager.off_boarding import cut_off
from orders import erasure

NOTICE = timedelta(days=21)  # from then on it is deleted: with time to spare within the 30 days that are promised


class DepartureRefused(Exception):
    """It can't be asked for. The message says why."""


def held(merchant: Merchant) -> int:
    """Return how many orders of the merchant have a legal hold: those keep all of it here."""
    return erasure.held().filter(merchant=merchant).count()


def ask(merchant: Merchant, reason: str, *, by: User, now: datetime) -> Departure:
    """Nothing more is sent or read for the merchant, and in NOTICE everything of theirs is deleted. Raises Refused."""
    due_at = now + NOTICE
    try:
        with transaction.atomic(durable=True):
            owner = {"organization_id": merchant.organization_id, "merchant": merchant, "number": merchant.pk}
            made: Departure = Departure.objects.create(**owner, reason=reason, by=by, asked_at=now, due_at=due_at)
            Merchant.objects.filter(pk=merchant.pk).update(leaves_at=due_at)
            day = due_at.astimezone(merchant.organization.zone)
            record("merchant.leaves", merchant, now=now, actor=by, day=f"{day:%Y-%m-%d}")
    except IntegrityError:  # it was asked for already
        raise DepartureRefused(f"{merchant} leaves already.") from None
    merchant.leaves_at = due_at
    cut_off.cut_off(merchant, by=by, now=now)
    return made


def take_back(merchant: Merchant, *, by: User, now: datetime) -> bool:
    """Keep the merchant after all. False when the day has come, or it was taken back before.

    Their carts stay disconnected until the seller authorizes us again; what was stopped is owed again.
    """
    with transaction.atomic(durable=True):
        open_one = Departure.objects.open().filter(merchant=merchant, due_at__gt=now)
        if not open_one.update(taken_back_at=now, taken_back_by=by):
            return False
        Merchant.objects.filter(pk=merchant.pk).update(leaves_at=None)
        cut_off.owe_again(merchant, now=now)
        record("merchant.stays", merchant, now=now, actor=by)
    merchant.leaves_at = None
    return True


def open_of(merchant: Merchant) -> Departure | None:
    found: Departure | None = Departure.objects.open().filter(merchant=merchant).select_related("by").first()
    return found
