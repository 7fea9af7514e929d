"""What a warehouse that calls us is asked and has to answer: orders it is to give back, and orders that changed.

An order that changed is another one under its next number: the warehouse takes it over in place of the one it has, or
gives that one back and gets the new one offered, or is too late for both. Whatever is answered twice is done once.
"""

from collections.abc import Collection
from datetime import datetime
from enum import Enum

from django.db import transaction
from django.db.models import Q

from core.common.bell import Bell
from orders.models import Order
from orders.statuses import FREE_TO_GO, WANTED_BACK
from shipping.delivery import handover, recall
from shipping.delivery.collection import LONGEST_REASON
from shipping.models import Recall, Release, ReleaseQuerySet, Warehouse
from shipping.warehouses.base import Delivery, GivenBack


class ChangeAnswer(Enum):
    """What the warehouse does about an order that changed."""

    TAKEN_OVER = "it ships what the order is now"
    RECALLED = "it does not ship what it had, and wants the order anew"
    TOO_LATE = "it ships what it has"


class Settled(Enum):
    """What became of an answer."""

    DONE = "noted"
    AGAIN = "it was answered before"
    NOT_ASKED = "nobody waits for that answer"
    CHANGED_AGAIN = "the order has changed since it was read"


# -- Cancels -----------------------------------------------------------------------------------------------------------
def cancel_requests(warehouse: Warehouse) -> Collection[Recall]:
    """Return what the warehouse is to give back and has not answered yet, the oldest first. With order and release."""
    wanted = Q(order__held_for__in=WANTED_BACK) | Q(is_of_part=True)
    owed = Recall.objects.owed().filter(wanted, warehouse=warehouse)
    found: Collection[Recall] = (
        owed.select_related("order").prefetch_related("order__releases").order_by("made_at", "pk")
    )
    return found


def answer_cancel(
    warehouse: Warehouse, order_id: int, answer: GivenBack, *, reason: str = "", now: datetime
) -> Settled:
    """The warehouse gives an order back, never had it, or is too late: then a person calls."""
    with transaction.atomic(durable=True):
        if (order := _locked(warehouse, order_id)) is None:
            return Settled.NOT_ASKED
        asked = Recall.objects.filter(order=order, warehouse=warehouse).select_related("order", "warehouse").first()
        if asked is None:
            return Settled.NOT_ASKED
        if not asked.is_owed:
            return Settled.AGAIN
        mine = Recall.objects.filter(pk=asked.pk)
        if not order.is_held_for(*WANTED_BACK) and not asked.is_of_part:
            mine.stop("It was released.")
            return Settled.NOT_ASKED
        asked.order = order
        if answer is GivenBack.TOO_LATE:
            why = f"{recall.TOO_LATE} {_said(reason)}".strip()
            mine.leave_to_person(why)
            recall.kept(asked, why, now)
        else:
            mine.finish()
            recall.came_back(asked, now)
    return Settled.DONE


# -- Changes -----------------------------------------------------------------------------------------------------------
def change_requests(warehouse: Warehouse) -> ReleaseQuerySet:
    """Return the orders the warehouse has, or may have, and that are others by now. ``replaces``: the number there."""
    owed: ReleaseQuerySet = Release.objects.owed().filter(warehouse=warehouse).exclude(replaces="")
    return (
        owed.filter(order__status__in=FREE_TO_GO).select_related("order__cart", "ship_method").order_by("due_at", "pk")
    )


def changed_order(release: Release) -> Delivery:
    """Return the order as it is now. Raises Rejected when it lacks something."""
    return handover.delivery(release)


def answer_change(
    warehouse: Warehouse,
    order_id: int,
    answer: ChangeAnswer,
    *,
    number: str,
    reference: str = "",
    reason: str = "",
    now: datetime,
) -> Settled:
    """The warehouse says what it does about a change.

    ``number`` is that of the order as it is now (Delivery.reference): where it changed once more, nothing is settled.
    """
    with transaction.atomic(durable=True):
        if (order := _locked(warehouse, order_id)) is None:
            return Settled.NOT_ASKED
        found = Release.objects.locked_of(order)
        release = next((each for each in found if each.warehouse_id == warehouse.pk), None)
        if release is None:
            return Settled.NOT_ASKED
        if not release.is_owed or not release.replaces:
            return Settled.AGAIN if release.number_there == number else Settled.NOT_ASKED
        if release.number_there != number:
            return Settled.CHANGED_AGAIN
        mine = Release.objects.filter(pk=release.pk)
        if answer is ChangeAnswer.TAKEN_OVER:
            mine.finish(replaces="")
            handover.taken(release, reference or release.reference, now)
        elif answer is ChangeAnswer.RECALLED:
            mine.reopen(now=now, replaces="", reference="", released_at=None, told_at=None)
        else:
            why = f"{recall.TOO_LATE} {_said(reason)}".strip()
            mine.leave_to_person(why)
            handover.refused(release, why, now)
    Bell.RELEASE_DUE.ring()
    return Settled.DONE


def _locked(warehouse: Warehouse, order_id: int) -> Order | None:
    found = Order.objects.filter(pk=order_id, release__warehouse=warehouse).all_locked().select_related("cart")
    order: Order | None = found.first()
    return order


def _said(reason: str) -> str:
    words = " ".join(reason.split())[:LONGEST_REASON]
    return f"It says: {words}" if words else ""
