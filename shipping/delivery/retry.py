"""Sending again: what was refused, after a person mended the cause, and what somebody doubts has arrived.

Nothing is doubled by it. The warehouse is asked by the order's number before it is handed over again, and the
marketplace changes the package it has under that number.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from core.accounts.models import User
from core.activity.event_log import record
from core.alerts.raised import close_alerts
from core.common.bell import Bell
from orders.models import Order, OrderStatus
from orders.statuses import SHIPPED_OR_CONFIRMED
from shipping.alerts import NOT_CHANGED
from shipping.confirmation import dispatches
from shipping.delivery import handover
from shipping.models import Confirmation, Release
from shipping.routing import next_number, number_known
from shipping.shipments.release_parts import began_to_ship
from shipping.warehouses.base import Creating


# -- What was refused ------------------------------------------------------------------------------------------------
def stuck_errands(order: Order) -> list[Release | Confirmation]:
    """Return what of an order was refused and waits for a person."""
    releases = Release.objects.filter(order=order).stuck()
    confirmations = Confirmation.objects.filter(package__order=order).stuck()
    return [*releases, *confirmations]


def send_again(order: Order, *, by: User, now: datetime) -> int:
    """Owe it again, at once. Returns how many were refused before."""
    with transaction.atomic(durable=True):
        order = Order.objects.locked(order.pk)
        owed = sum(_reopen(errand, now) for errand in stuck_errands(order))
        if owed:
            record("order.sent_again", order, now=now, actor=by)
    if owed:
        Bell.RELEASE_DUE.ring()
    if owed and order.cart.grant_id:
        dispatches.ring_for_orders([(order.cart.grant_id, order.pk)])
    return owed


def _reopen(errand: Release | Confirmation, now: datetime) -> bool:
    """No feed that carried a package answers for it any more; and that it may have got there is not forgotten."""
    if isinstance(errand, Confirmation):
        return errand.reopen(now=now, after_claims=True, feed=None)
    return errand.reopen(now=now)


# -- What may be there ------------------------------------------------------------------------------------------------
def may_be_there(order: Order) -> Release | None:
    """Return what a warehouse's answer was lost to, where only a person can find out whether it has the order."""
    lost = Release.objects.filter(order=order, told_at__isnull=False, failing_since__isnull=False).stuck()
    found: Release | None = lost.select_related("warehouse", "ship_method").first()
    return found if found and found.warehouse.system.creating is Creating.NEITHER else None


def found_there(order: Order, *, by: User, now: datetime) -> bool:
    """A person looked: the warehouse has it. False when nobody waited for that."""
    with transaction.atomic(durable=True):
        order = Order.objects.locked(order.pk)
        if (release := may_be_there(order)) is None:
            return False
        release.order = order
        outdated = handover.is_outdated(release)
        Release.objects.filter(pk=release.pk).finish()
        record("order.found_there", order, now=now, actor=by, warehouse=release.warehouse.name)
        handover.taken(release, "", now)
        if outdated:  # it has the order as it was before it was changed
            Release.objects.filter(pk=release.pk).reopen(
                now=now, number=next_number(release), replaces=release.number_there
            )
    Bell.RELEASE_DUE.ring()
    return True


# -- The warehouse ---------------------------------------------------------------------------------------------------
def can_hand_over_again(order: Order) -> bool:
    """Whether the warehouse has it, as far as we know, and can be asked for it."""
    return bool(order.is_at_warehouse and parts_there(order))


def parts_there(order: Order) -> list[Release]:
    """Return what a warehouse behind a wire has of an order and did not begin to ship; of a split one each part."""
    done = Release.objects.filter(order=order).done().select_related("warehouse").order_by("part")
    found = []
    for release in done:
        release.order = order
        if release.warehouse.system.remote and release.is_with_warehouse and not began_to_ship(release):
            found.append(release)
    return found


def hand_over_again(order: Order, *, by: User, now: datetime) -> bool:
    """Owe it to the warehouse that lost it, under the number it has: where it is after all, nothing is made."""
    with transaction.atomic(durable=True):
        order = Order.objects.locked(order.pk)
        if not can_hand_over_again(order):
            return False
        again = [each for each in parts_there(order) if Release.objects.filter(pk=each.pk).done().reopen(now=now)]
        if not again:
            return False
        for release in again:
            record("order.handed_again", order, now=now, actor=by, warehouse=release.warehouse.name)
    Bell.RELEASE_DUE.ring()
    return True


def settle_by_hand(order: Order, *, by: User, now: datetime) -> bool:
    """A person told the warehouse, which did not take a change: it knows. False when nobody waited for that."""
    with transaction.atomic(durable=True):
        order = Order.objects.locked(order.pk)
        if not close_alerts(order, NOT_CHANGED, now=now):
            return False
        stuck = Release.objects.filter(order=order).stuck()
        if order.parts:  # another part may have been refused: nobody told its warehouse of it
            stuck = stuck.exclude(replaces="", released_at=None)
        for release in stuck:
            # What it has goes by the number it was told first.
            there = number_known(release)
            stuck.filter(pk=release.pk).finish(number="" if there == order.number else there, replaces="")
        Order.objects.filter(pk=order.pk, status=OrderStatus.AT_WMS).update(reason="")
        record("order.change_known", order, now=now, actor=by)
    return True


# -- The cart --------------------------------------------------------------------------------------------------------
def can_tell_again(order: Order) -> bool:
    return order.status in SHIPPED_OR_CONFIRMED and _settled(order).exists()


def tell_again(order: Order, *, by: User, now: datetime) -> int:
    """Owe the tracking of all its packages to the cart anew. Returns of how many; none when all are on their way."""
    with transaction.atomic(durable=True):
        order = Order.objects.locked(order.pk)
        if order.status not in SHIPPED_OR_CONFIRMED:
            return 0
        told = [confirmation for confirmation in _settled(order) if confirmation.reopen(now=now)]
        if not told:
            return 0
        # It is looked for there anew, and no feed that carried it answers for it any more.
        Confirmation.objects.filter(pk__in=[each.pk for each in told]).update(seen_at=None, unseen=0, feed=None)
        order.advance(frm=SHIPPED_OR_CONFIRMED, to=OrderStatus.SHIPPED, now=now, reason="Tracking is being sent again")
        record("order.tracking_sent_again", order, now=now, actor=by, packages=len(told))
    if order.cart.grant_id:
        dispatches.ring_for_orders([(order.cart.grant_id, order.pk)])
    return len(told)


def _settled(order: Order) -> "QuerySet[Confirmation]":
    """Return what was told or refused; what the order's end took off the list stays off it."""
    found: QuerySet[Confirmation] = Confirmation.objects.filter(package__order=order).answered()
    return found
