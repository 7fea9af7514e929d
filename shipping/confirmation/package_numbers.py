"""Under which number a package is told: never under one that is another's there.

A marketplace edits the package that has the number it is told, whoever told it before. So the order's packages are read
first. What cannot be read now, as the quota of reading is smaller than that of telling, goes under a number that nobody
counts up to. What was told before keeps its number as long as the package there is ours.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from carts.marketplaces.base import Marketplace
from carts.marketplaces.values import Strange
from core.activity.event_log import record
from core.common.jobs import NotYet
from core.common.remote import Rejected, Throttled, Unavailable
from orders.models import Order
from orders.packages_there import number_of
from shipping.confirmation import dispatches
from shipping.models import Confirmation, Package
from shipping.shipments import others_packages
from shipping.shipments.others_packages import UNLIKELY, PackageOwnership

SOON = timedelta(seconds=30)


def read_first(confirmation: Confirmation, marketplace: Marketplace, *, now: datetime) -> bool:
    """Look at the order's packages there, and give ours another number where its own is somebody else's.

    Returns whether it is there already, as it is to be told, under another number. What may have been told before is
    told again only when it could be looked at: raises NotYet for want of quota, Unavailable, and Disconnected.
    """
    package = confirmation.package
    package.refresh_from_db(fields=["number"])  # a feed that was to carry it may have changed that
    try:
        read = marketplace.read(marketplace.order(package.order.number))
    except Throttled:
        if not _is_first(confirmation):
            raise NotYet(SOON) from None
        return _go_unread(confirmation, now)
    except Unavailable:
        if not _is_first(confirmation):
            raise
        return _go_unread(confirmation, now)
    except (Rejected, Strange):
        return _go_unread(confirmation, now)
    found = others_packages.ownership(package.order, there=read.packages, read_at=read.changed_at)
    shown = {number_of(sent): sent for sent in found.shown(package.number)}
    if shown and package.number not in shown:  # who knew its tracking told it, under another number
        told = dispatches.dispatch(package)
        if any(sent.lines and not marketplace.compare(told, sent) for sent in shown.values()):
            return True
        _take_number(confirmation, [number for number in shown if number], found, now)
    elif found.is_anothers(package.number):
        _renumber(confirmation, found.free_number(), now)
    return False


def _take_number(confirmation: Confirmation, numbers: Sequence[int], found: PackageOwnership, now: datetime) -> None:
    """Let it go by the number it has there: telling it under its own would make a second one of it."""
    free = [number for number in numbers if all(own.number != number for own in found.ours)]
    if free and not found.is_anothers(free[0]):
        _renumber(confirmation, free[0], now)
    elif found.is_anothers(confirmation.package.number):
        _renumber(confirmation, found.free_number(), now)


def _go_unread(confirmation: Confirmation, now: datetime) -> bool:
    package = confirmation.package
    if _is_first(confirmation):
        if package.number < UNLIKELY:
            _renumber(confirmation, UNLIKELY + package.pk % UNLIKELY, now)
        return False
    found = others_packages.ownerships([package.order])[package.order_id]
    if found.is_anothers(package.number):
        _renumber(confirmation, found.free_number(), now)
    return False


def _is_first(confirmation: Confirmation) -> bool:
    """Whether nothing of it can be there yet. One that a worker is at was claimed once."""
    tried = confirmation.attempts or confirmation.claims > 1 or confirmation.failing_since
    return not tried and confirmation.confirmed_at is None and confirmation.package.corrected_at is None


def _renumber(confirmation: Confirmation, number: int, now: datetime) -> None:
    """Give it the number if the claim is still ours. Raises NotYet when it is not."""
    package = confirmation.package
    with transaction.atomic(durable=True):
        order = Order.objects.locked(package.order_id)
        if not Confirmation.objects.filter(pk=confirmation.pk, claim=confirmation.claim).exists():
            raise NotYet(timedelta(0))
        Package.objects.filter(pk=package.pk).update(number=number)
        _tell_renumbered(package, order, number, now)


# -- By feed ---------------------------------------------------------------------------------------------------------
def fit_for_feed(ids: Collection[int], *, now: datetime) -> list[int]:
    """Return which of these confirmations a feed may carry, with their numbers made sure: nobody reads before a feed.

    What was never told gets a number that nobody counts up to. What may be there keeps its own, and is told singly
    when the last download shows somebody else's under it. A package without a tracking number cannot be told singly:
    it goes by another number then, the one it has there if it is there.
    """
    rows: QuerySet[Confirmation] = Confirmation.objects.filter(pk__in=ids).select_related("package__order")
    fit, first, moved = [], [], []
    tried = [row for row in rows if row.was_tried or row.confirmed_at or row.package.corrected_at]
    known = others_packages.ownerships([row.package.order for row in tried])
    may_be_there = {row.pk for row in tried}
    for row in rows:
        if row.pk not in may_be_there:
            first.append(row.package_id)
            fit.append(row.pk)
        elif not known[row.package.order_id].is_anothers(row.package.number):
            fit.append(row.pk)
        elif not row.package.tracking_number:
            moved.append(row)
    fresh = Package.objects.filter(
        pk__in=first, number__lt=UNLIKELY, confirmation__in=Confirmation.objects.waiting().filter(claim=None)
    )
    fresh.update(number=F("pk") % UNLIKELY + UNLIKELY)
    return fit + [row.pk for row in moved if _go_elsewhere(row, known[row.package.order_id], now)]


def _go_elsewhere(confirmation: Confirmation, found: PackageOwnership, now: datetime) -> bool:
    """Give a package another number, as its own is somebody else's there. False when somebody is at it."""
    package = confirmation.package
    shown = [number for sent in found.shown(package.number) if (number := number_of(sent))]
    own = {each.number for each in found.ours}
    wished = [*shown, UNLIKELY + package.pk % UNLIKELY, found.free_number()]
    number = next(each for each in wished if each not in own and not found.is_anothers(each))
    with transaction.atomic(durable=True):
        order = Order.objects.locked(package.order_id)
        waiting = Confirmation.objects.waiting().filter(pk=confirmation.pk, claim=None)
        if not waiting.exists():
            return False
        Package.objects.filter(pk=package.pk).update(number=number)
        _tell_renumbered(package, order, number, now)
    return True


def _tell_renumbered(package: Package, order: Order, number: int, now: datetime) -> None:
    tracking, old = package.number_or_none, package.number
    record("package.renumbered", order, now=now, tracking=tracking, old=old, new=number)
    package.number = number
