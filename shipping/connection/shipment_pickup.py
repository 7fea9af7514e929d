"""Shipping Confirmations of systems that are asked: what each merchant's account shipped since the last look.

A page is taken whole before the cursor moves; what is told twice is known by its reference. One account is asked by one
worker at a time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from core.alerts import troubles
from core.alerts.raised import close_alerts, raise_alert
from core.common import clock
from core.common.remote import Disconnected, OurFault, RemoteError, Unavailable
from orders.models import Order
from shipping.alerts import NOT_PICKED_UP, NOT_TAKEN
from shipping.connection import wrong_zone
from shipping.connection.systems import system_of
from shipping.delivery import canceled_there
from shipping.models import Release, WarehouseAccount
from shipping.shipments import reports
from shipping.shipments.reports import ReportAnswer, Taken
from shipping.warehouses.base import ReportedShipment

EVERY = timedelta(minutes=5)
AFTER_TROUBLE = timedelta(minutes=1)
ASKING = timedelta(minutes=5)  # far more than a page takes
GOING_ON = timedelta(minutes=2)  # in one run; the next one goes on
SILENT = timedelta(hours=1)  # without an answer: people are told


@dataclass
class PickedUp:
    stored: int = 0
    held: int = 0
    refused: int = 0
    canceled: int = 0  # there, by somebody of the warehouse
    strangers: int = 0  # orders that did not go there from here
    finished: bool = False


def pick_up(account: WarehouseAccount, *, now: datetime) -> PickedUp:
    """Ask what an account shipped, and store it. Raises RemoteError; what was stored stays stored."""
    picked, until = PickedUp(), now + ASKING
    mine = WarehouseAccount.objects.filter(pk=account.pk)
    if not mine.filter(Q(asking_until=None) | Q(asking_until__lte=now)).update(asking_until=until):
        return picked
    wait = AFTER_TROUBLE
    try:
        _pages(account, picked, now)
        troubles.end(NOT_PICKED_UP, account.warehouse, now=now)
        mine.update(asked_at=now, failed_at=None, error="")
        wait = EVERY if picked.finished else timedelta(0)
    except RemoteError as error:
        if isinstance(error, Unavailable) and error.retry_in:
            wait = max(wait, error.retry_in)
        mine.update(failed_at=now, error=str(error))
        _tell(account, error, now)
        raise
    finally:
        mine.filter(asking_until=until).update(asking_until=None, due_at=now + wait)
    return picked


def _pages(account: WarehouseAccount, picked: PickedUp, now: datetime) -> None:
    system, time = system_of(account.warehouse, account.merchant_id), clock.running(now)
    cursor = account.cursor
    while time() - now < GOING_ON:
        page = system.shipped_since(cursor)
        stored = [_take(account, reported, picked, now) for reported in page.shipments]
        reports.tell_carts(filter(None, stored))
        for gone in page.canceled:
            release = _release(account, gone.order_number)
            if release is not None:
                picked.canceled += canceled_there.take(release.order_id, release.warehouse_id, gone.reference, now=now)
        kept = WarehouseAccount.objects.filter(pk=account.pk, cursor=cursor).update(cursor=page.cursor)
        if not kept or not page.has_more:
            picked.finished = True
            return
        cursor = page.cursor


def _take(account: WarehouseAccount, reported: ReportedShipment, picked: PickedUp, now: datetime) -> Order | None:
    """Take one report. Returns its order where something new was stored of it."""
    release = _release(account, reported.order_number)
    if release is None:
        picked.strangers += 1  # typed in there by hand, or brought by another tool
        return None
    wrong_zone.look(account.warehouse, release.order, reported.shipped_at, now=now)
    taken = reports.take(account.warehouse, release.order_id, reported, now=now)
    picked.held += taken.answer is ReportAnswer.HELD
    picked.stored += taken.answer is ReportAnswer.STORED
    if not taken.answer.is_stored:
        picked.refused += 1
        _say_refused(account, release.order, taken, now)
    else:
        close_alerts(release.order, NOT_TAKEN, now=now)
    return release.order if taken.answer is ReportAnswer.STORED else None


def _release(account: WarehouseAccount, number: str) -> Release | None:
    """Return the release of this merchant's order that the warehouse knows by the number."""
    release = reports.find_order(account.warehouse, number)
    return release if release is not None and release.merchant_id == account.merchant_id else None


def _say_refused(account: WarehouseAccount, order: Order, taken: Taken, now: datetime) -> None:
    """Nobody there hears that something of it can't be right: a person corrects it there, or ships it here."""
    if taken.answer is ReportAnswer.RETURNED:
        return  # it is being packed anew
    why = " ".join(each.message for each in taken.problems) or f"{taken.answer.value.capitalize()}."
    message = (
        f"Order {order.number}: {account.warehouse} closed it, but its shipment can’t be sent to {order.cart}. {why} "
        "Correct it there, and it is picked up again; or enter the shipment here."
    )
    raise_alert(NOT_TAKEN, order, message, now=now, path=order.get_absolute_url())


def _tell(account: WarehouseAccount, error: RemoteError, now: datetime) -> None:
    if isinstance(error, Disconnected | OurFault):
        return  # these have alerts of their own
    message = (
        f"{account.warehouse}: what was shipped for {account.merchant} can’t be picked up. {error} It is tried again "
        "every minute. If this lasts, confirm urgent orders at the marketplace by hand."
    )
    path = account.warehouse.get_absolute_url()
    troubles.note(NOT_PICKED_UP, account.warehouse, message, after=SILENT, now=now, path=path)
