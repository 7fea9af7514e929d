"""Orders that a warehouse fetches: offered to it, claimed for a while, then acknowledged or rejected, one by one.

For warehouses that call us. What is offered is what is owed to them. A claim is an errand's: it runs out when nobody
acknowledges, and the order is offered again, under the number it had. Whatever is said twice is done once.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from django.db import transaction

from core.activity.event_log import event, record_all
from core.activity.models import Event
from core.alerts.raised import close_alerts_about
from core.common import keyed_values
from core.common.bell import Bell
from core.common.remote import Rejected
from core.common.vault import Unopenable
from orders.models import HeldFor, Order, OrderStatus, Recipient
from orders.statuses import BOUND_FOR_WAREHOUSE, FREE_TO_GO
from shipping.alerts import NOT_CHANGED, NOT_RELEASED
from shipping.delivery import handover, part_states
from shipping.models import Recall, Release, ReleaseQuerySet, Warehouse
from shipping.routing import next_number
from shipping.shipments import release_parts
from shipping.shipments.shipped_packages import openings
from shipping.warehouses.base import Delivery

MOST = 500  # orders in one claim
LIMIT = timedelta(minutes=15)  # to acknowledge a claim, where nobody says another
LONGEST = timedelta(hours=2)
LONGEST_REASON = 300  # characters
TO_LEAVE = (*FREE_TO_GO, OrderStatus.SKIPPED)  # what was left out meanwhile went before


class Answer(Enum):
    """What became of an acknowledgment or a rejection."""

    ACCEPTED = "it is the warehouse's"
    AGAIN = "it was already"
    CANCELED = "it is the warehouse's, and to be given back: it waits among the cancel requests"
    CHANGED = "it is the warehouse's, and has changed: it waits among the change requests"
    REJECTED = "a person sees to it"
    GIVEN_BACK = "it was to be given back anyway, and is"
    OTHER_REFERENCE = "it was acknowledged with another number"
    NOT_CLAIMED = "it was not claimed"
    NOT_THERE = "there is no such order for this warehouse"


@dataclass(frozen=True, slots=True)
class ClaimedOrder:
    release: Release
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class OrderClaim:
    orders: Sequence[ClaimedOrder]
    until: datetime


# -- Offered -----------------------------------------------------------------------------------------------------------
def offered(warehouse: Warehouse, now: datetime) -> ReleaseQuerySet:
    """Return what may be claimed: what is owed and due, also what was claimed and never acknowledged."""
    owed: ReleaseQuerySet = Release.objects.due(now).filter(warehouse=warehouse, replaces="")
    return owed.filter(order__status__in=FREE_TO_GO)


def claimed(warehouse: Warehouse, now: datetime) -> ReleaseQuerySet:
    """Return what the warehouse has claimed and neither acknowledged nor rejected yet."""
    found: ReleaseQuerySet = Release.objects.taken(now).filter(warehouse=warehouse)
    return found


def claim(warehouse: Warehouse, *, most: int = MOST, limit: timedelta = LIMIT, now: datetime) -> OrderClaim:
    """Lend the most urgent orders to a warehouse, which answers for each within ``limit``.

    What cannot be handed over as it is, without an address, is refused as by the warehouse itself and not among them.
    """
    until = now + min(limit, LONGEST)
    with transaction.atomic(durable=True):
        _turn_outdated(warehouse, now)
        free = Order.objects.filter(release__in=offered(warehouse, now)).order_by("ship_by", "pk")
        # What another claim is at just now is passed over, not waited for.
        rows = free.select_for_update(of=("self",), skip_locked=True)[: min(most, MOST)]
        # What many of them share is read once: joined, it would be made anew for each of them.
        orders = {order.pk: order for order in rows.prefetch_related("cart__route")}
        found = offered(warehouse, now).filter(order__in=list(orders)).prefetch_related("ship_method")
        releases = list(found.select_for_update(of=("self",)))
        recipients = Recipient.objects.filter(order__in=list(orders)).defer("source")
        for recipient in recipients:
            recipient.order = orders[recipient.order_id]  # which then has it, too
        told, wrong = _deliveries(releases, orders, warehouse)
        ids = [each.release.pk for each in told]
        Release.objects.filter(pk__in=ids).lend(until=until, now=now, told_at=now)
        for release, why in wrong:
            Release.objects.filter(pk=release.pk).leave_to_person(why)
            handover.refused(release, why, now)
    return OrderClaim(told, until)


def _deliveries(
    releases: Iterable[Release], orders: Mapping[int, Order], warehouse: Warehouse
) -> tuple[list[ClaimedOrder], list[tuple[Release, str]]]:
    """Return what is told of each, the most urgent first, and what can't be, with the reason."""
    opened = openings(list(orders.values()))
    names = handover.names_of(orders.values(), opened.values())
    by_order = {release.order_id: release for release in releases}
    for pk, release in by_order.items():
        release.order, release.warehouse = orders[pk], warehouse
    own = release_parts.opened_for(by_order.values(), opened)
    told, wrong = [], []
    for pk in orders:
        if pk not in by_order:
            continue
        release = by_order[pk]
        try:
            told.append(ClaimedOrder(release, handover.delivery_of(release, own[release.pk], names)))
        except Rejected as error:
            wrong.append((release, str(error)))
        except Unopenable:
            wrong.append((release, "The address can't be opened: its key is missing from VAULT_KEYS."))
    return told, wrong


def _turn_outdated(warehouse: Warehouse, now: datetime) -> None:
    """Let what changed since it was claimed in vain be asked back first: the warehouse may have it as it was."""
    again = list(offered(warehouse, now).exclude(told_at=None).select_related("order"))
    for release in _changed_since_told(again):
        Release.objects.filter(pk=release.pk).due(now).reopen(
            now=now, number=next_number(release), replaces=release.number_there
        )


def _changed_since_told(releases: Collection[Release]) -> list[Release]:
    told = {release.order_id: release.told_at for release in releases if release.told_at}
    if not told:
        return []
    changes = Event.objects.filter(
        organization__in={release.organization_id for release in releases},
        subject_kind="order",
        subject_id__in=list(told),
        kind="order.changed",
        details__has_key="what",
        at__gte=min(told.values()),
    )
    changed = {order_id for order_id, at in changes.values_list("subject_id", "at") if at >= told[order_id]}
    return [release for release in releases if release.order_id in changed]


# -- Acknowledged ------------------------------------------------------------------------------------------------------
def find(warehouse: Warehouse, number: str) -> list[Release]:
    """Return the releases of a warehouse that go by this number, or went by it before. Most often one."""
    by_own = Release.objects.filter(warehouse=warehouse, number=number)
    by_order = Release.objects.filter(warehouse=warehouse, number="", order__number=number)
    replaced = Release.objects.filter(warehouse=warehouse, replaces=number)
    return list((by_own | by_order | replaced).select_related("order").order_by("-pk"))


def acknowledge(warehouse: Warehouse, references: Mapping[int, str], *, now: datetime) -> dict[int, Answer]:
    """The warehouse has these orders. ``references`` are its own numbers, by the orders' ids.

    Returns what became of each, by the same ids: all that were asked about. Three statements and some more for all.
    """
    answers = dict.fromkeys(references, Answer.NOT_THERE)
    with transaction.atomic(durable=True):
        taken: list[Release] = []
        for release in _locked(warehouse, references):
            answer = _standing(release, references[release.order_id])
            answers[release.order_id] = answer or Answer.ACCEPTED
            if answer is None:
                release.reference = references[release.order_id] or release.reference
                taken.append(release)
            elif answer in (Answer.CANCELED, Answer.CHANGED):
                _note_there(release, references[release.order_id], now)
        answers |= _take(taken, now)
    if any(each is Answer.CANCELED for each in answers.values()):
        Bell.RECALL_DUE.ring()
    return answers


def _locked(warehouse: Warehouse, order_ids: Iterable[int]) -> list[Release]:
    ids = list(order_ids)
    rows = Order.objects.filter(pk__in=ids, release__warehouse=warehouse).all_locked().prefetch_related("cart")
    orders = {order.pk: order for order in rows}
    found = Release.objects.filter(order__in=list(orders), warehouse=warehouse).order_by("pk")
    releases = list(found.select_for_update(of=("self",)).prefetch_related("ship_method"))
    for release in releases:
        release.order, release.warehouse = orders[release.order_id], warehouse
    return releases


def _standing(release: Release, reference: str) -> Answer | None:
    """Return what an acknowledgment comes to that is no plain one; None for one that is."""
    if release.is_done:
        same = not reference or reference == release.reference
        return Answer.AGAIN if same else Answer.OTHER_REFERENCE
    if release.is_dropped:
        asked = Recall.objects.filter(order=release.order_id, warehouse=release.warehouse_id)
        return Answer.CANCELED if asked.owed().exists() else Answer.NOT_CLAIMED
    if release.replaces:
        return Answer.CHANGED
    return Answer.NOT_CLAIMED if release.told_at is None else None


def _note_there(release: Release, reference: str, now: datetime) -> None:
    """It has what it is asked to give back: by which number, and since when."""
    Release.objects.filter(pk=release.pk).update(reference=reference)
    if release.replaces and release.is_owed and release.released_at is None:
        Release.objects.filter(pk=release.pk).update(released_at=now)
        release.order.advance(frm=TO_LEAVE, to=OrderStatus.AT_WMS, now=now)


def _take(releases: Sequence[Release], now: datetime) -> dict[int, Answer]:
    """Say that the warehouse has them; return what is more to be said of some."""
    if not releases:
        return {}
    rows = Release.objects.filter(pk__in=[release.pk for release in releases])
    references = {release.pk: release.reference for release in releases}
    rows.finish(released_at=now, reference=keyed_values.of(Release, "reference", references))
    orders = [release.order for release in releases]
    record_all(event("order.released", each.order, now=now, **handover.called(each)) for each in releases)
    refused = {each.order_id for each in releases if part_states.others_refused(each)}
    for cause in (NOT_RELEASED, NOT_CHANGED):
        close_alerts_about([each for each in orders if each.pk not in refused], cause, now=now)
    more: dict[int, Answer] = {}
    going = [each.order_id for each in releases if each.order.status in TO_LEAVE and each.order_id not in refused]
    Order.objects.filter(pk__in=going).move(frm=TO_LEAVE, to=OrderStatus.AT_WMS, now=now)
    for release in releases:
        if release.order.status not in TO_LEAVE:
            handover.stopped_meanwhile(release, now)
            if release.order.is_held_for(HeldFor.CANCELED, HeldFor.PERSON):
                more[release.order_id] = Answer.CANCELED
    for release in _changed_since_told(releases):
        if release.order_id not in more:
            rows.filter(pk=release.pk).reopen(now=now, number=next_number(release), replaces=release.number_there)
            more[release.order_id] = Answer.CHANGED
    return more


# -- Rejected ----------------------------------------------------------------------------------------------------------
def reject(warehouse: Warehouse, order_id: int, reason: str, *, now: datetime) -> Answer:
    """The warehouse does not take an order: its page says why, and 'Send again' offers it anew."""
    said = " ".join(reason.split())[:LONGEST_REASON]
    with transaction.atomic(durable=True):
        release = next(iter(_locked(warehouse, [order_id])), None)
        if release is None:
            return Answer.NOT_THERE
        mine = Release.objects.filter(pk=release.pk)
        if release.is_stuck:
            return Answer.AGAIN
        if release.is_dropped or release.told_at is None or release.replaces:
            return Answer.NOT_CLAIMED  # what is to come back is answered as such
        if release.is_done:
            return Answer.OTHER_REFERENCE
        if release.order.status not in (*BOUND_FOR_WAREHOUSE, OrderStatus.ERROR):
            mine.stop("The warehouse did not take it.", failing_since=None, told_at=None)
            Bell.RECALL_DUE.ring()
            return Answer.GIVEN_BACK
        why = f"{warehouse} rejected it: {said}"
        mine.leave_to_person(why, failing_since=None)
        release.refresh_from_db(fields=["state", "failing_since"])
        handover.refused(release, why, now)
    return Answer.REJECTED
