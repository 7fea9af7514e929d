"""Asking orders back from the warehouse.

What a cart cancels is held as canceled as long as a warehouse may have it. Here that is found out: what was never
handed over is canceled at once, what can be asked back is, and for the rest a person calls the warehouse. What a
person does not want sent is held by them and asked back in the same way; it stays held when it is back.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, QuerySet

from carts.marketplaces.values import OrderState
from core.accounts.models import User
from core.activity.event_log import record
from core.alerts.raised import close_alerts, raise_alert
from core.common import errands, jobs
from core.common.bell import Bell
from core.common.jobs import Job
from core.common.remote import Rejected
from orders.alerts import CANCEL_AT_WAREHOUSE, NOT_RELEASED_THERE, PARTLY_CANCELED, PARTLY_SHIPPED
from orders.differences import comparison
from orders.download.verdict import nothing_left
from orders.models import HeldFor, Order, OrderStatus, Recipient
from orders.statuses import WANTED_BACK
from shipping import warehouses
from shipping.alerts import CANCELED_THERE, NOT_CANCELED, NOT_CHANGED, NOT_RELEASED, OFF_THE_BENCH
from shipping.connection.systems import system_of
from shipping.delivery import remainder
from shipping.models import Cancellation, Recall, Release, ReleaseQuerySet, Warehouse
from shipping.routing import next_number, number_known
from shipping.shipments.release_parts import is_used_up
from shipping.warehouses.base import GivenBack

PAGE = 500
TOO_LATE = "It is too late: the warehouse ships it."
GONE_WITH_IT = (
    *(CANCEL_AT_WAREHOUSE, NOT_RELEASED_THERE, PARTLY_CANCELED, PARTLY_SHIPPED),
    *(NOT_CANCELED, NOT_RELEASED, NOT_CHANGED, CANCELED_THERE),
)


@dataclass
class Recalled:
    recalled: int = 0
    waiting: int = 0
    stuck: int = 0

    def __str__(self) -> str:
        return f"{self.recalled} taken back, {self.waiting} to be retried, {self.stuck} for a person"


def recall_orders(*, now: datetime) -> Recalled:
    """Settle what was canceled: cancel it here, or ask it back first."""
    owe_back(now=now)
    total = Recalled()
    for warehouse in waiting_warehouses(now):
        ask(warehouse, total, now=now)
    remainder.settle(now=now)
    return total


def owe_back(*, now: datetime) -> None:
    """Find what has to come back, and cancel at once what never went."""
    for order in _perhaps_there(now)[:PAGE]:
        _hold_again(order, now=now)
    for order in _held_on_the_way(now)[:PAGE]:
        _ask_for_held(order, now=now)
    for order in _waiting()[:PAGE]:
        begin(order, now=now)


def _asked(now: datetime) -> "QuerySet[Recall]":
    found: QuerySet[Recall] = Recall.objects.due(now).exclude(warehouse__kind__in=warehouses.calling())
    return found


def waiting_warehouses(now: datetime) -> list[Warehouse]:
    """Return the warehouses that are to be asked for something, and where another worker may begin."""
    taken = Recall.objects.taken(now).values("warehouse").annotate(count=Count("pk")).values_list("warehouse", "count")
    busy = dict(taken.order_by())
    found = Warehouse.objects.filter(pk__in=_asked(now).order_by().values("warehouse")).order_by("pk")
    return [each for each in found if busy.get(each.pk, 0) < each.system.share]


def ask(warehouse: Warehouse, total: Recalled, *, now: datetime) -> None:
    """Ask one warehouse for what it is to give back; what became of it is added to ``total``."""
    due = _asked(now).filter(warehouse=warehouse).order_by("due_at", "pk")
    tally = jobs.run_due(due[:PAGE], RecallJob(), now=now)
    total.recalled += tally.done
    total.waiting += tally.waiting + tally.put_off
    total.stuck += tally.stuck


def _waiting() -> "QuerySet[Order]":
    held: QuerySet[Order] = Order.objects.filter(status=OrderStatus.HELD, held_for=HeldFor.CANCELED)
    held = held.exclude(parts=0, recall__state__in=errands.UNFINISHED)
    return held.order_by("pk")


def _perhaps_there(now: datetime) -> "QuerySet[Order]":
    """Orders canceled before it was known that a warehouse has them: who handed them over died, or heard nothing."""
    unsure = _let_go(Release.objects.unsure(), now)
    orders: QuerySet[Order] = Order.objects.filter(status=OrderStatus.CANCELED, release__in=unsure)
    return orders.order_by("pk")


def _let_go(unsure: ReleaseQuerySet, now: datetime) -> ReleaseQuerySet:
    """Return those that no worker of ours is at."""
    return unsure.untaken(now) | unsure.of_callers()


def _held_on_the_way(now: datetime) -> "QuerySet[Order]":
    """Orders a person held while they were handed over, where the answer was lost: the warehouse may have them."""
    unsure = _let_go(Release.objects.unsure(), now)
    held = Order.objects.filter(status=OrderStatus.HELD, held_for=HeldFor.PERSON, release__in=unsure)
    orders: QuerySet[Order] = held.exclude(parts=0, recall__state__in=errands.UNFINISHED).order_by("pk")
    return orders


def _ask_for_held(order: Order, *, now: datetime) -> None:
    with transaction.atomic(durable=True):
        order = Order.objects.locked(order.pk)
        if not order.is_held_for(HeldFor.PERSON):
            return
        for release in Release.objects.locked_of(order):
            if not release.is_unsure or release.is_being_sent(now) or is_asked(release):
                continue
            if take_off(release, "It was held."):
                owe(order, release, what=f"Order {order.number} is held", now=now)


def _hold_again(order: Order, *, now: datetime) -> None:
    with transaction.atomic(durable=True):
        order = Order.objects.locked(order.pk)
        found = Release.objects.locked_of(order)
        if any(release.is_unsure and not release.is_being_sent(now) for release in found):
            reason = "Canceled while it was being handed over: do not ship"
            frm, to = [OrderStatus.CANCELED], OrderStatus.HELD
            order.advance(frm=frm, to=to, now=now, reason=reason, held_for=HeldFor.CANCELED)


# -- Whether it has to come back -------------------------------------------------------------------------------------
def begin(order: Order, *, now: datetime) -> None:
    """Ask a canceled order back from each warehouse that has it or a part of it; cancel it where none has."""
    with transaction.atomic(durable=True):
        order = Order.objects.locked(order.pk)
        if not order.is_held_for(HeldFor.CANCELED):
            return  # somebody let it go meanwhile
        waits = False
        for release in Release.objects.locked_of(order):
            if release.is_being_sent(now):
                waits = True  # a worker hands it over this minute: then it comes back from there
            elif is_asked(release):
                waits = True
            elif take_off(release, "The order was canceled."):
                owe(order, release, what=_said_there(order), now=now)
                waits = True
        if not waits:
            finish(order, now=now)


def is_asked(release: Release) -> bool:
    """Whether its warehouse is asked for a part already, or was in vain: a person is at it. A whole order is not looked
    at while that is so."""
    if not release.part:
        return False
    asked = Recall.objects.filter(order=release.order_id, warehouse=release.warehouse_id)
    return bool(asked.unfinished().exists())


def _said_there(order: Order) -> str:
    """Return what the cart said of an order that must not be shipped, as the beginning of a sentence."""
    place = order.cart.place.name
    match order.state_there:
        case OrderState.SHIPPED:
            return f"Order {order.number} was shipped on {place}, not from here"
        case OrderState.OPEN | OrderState.PARTLY_SHIPPED if _nothing_left(order):
            return f"Nothing of order {order.number} is left to ship on {place}"
        case _:
            return f"Order {order.number} is canceled on {place}"


def take_off(release: Release, reason: str) -> bool:
    """Stop handing it over, when no worker is at it. Returns whether it has to come back: the warehouse may have it.

    In a transaction of the caller's that has locked the order.
    """
    if release.is_with_warehouse:
        return not is_used_up(release)
    unsure = release.is_unsure
    numbers = {}
    if unsure and not release.replaces:  # it is asked back by the number it may be there by
        numbers = {"replaces": release.number_there, "number": next_number(release)}
    if not release.is_done:
        Release.objects.filter(pk=release.pk).stop(reason, **numbers)
        release.refresh_from_db()
    return unsure


def owe(
    order: Order, release: Release, *, what: str, now: datetime, by: User | None = None, is_of_part: bool = False
) -> None:
    """Ask a held order back, at once where the warehouse is the portal itself. In a transaction of the caller's.

    ``what`` begins the sentence for who may be packing it; ``by`` is who held it, and needs no mail about that.
    ``is_of_part``: it is not held, but nothing is wanted of this warehouse's part any more.
    """
    system = release.warehouse.system
    owner = {"organization_id": order.organization_id, "merchant_id": order.merchant_id}
    fresh = {**owner, "made_at": now, "recalled_at": None, "is_of_part": is_of_part}
    recall: Recall = Recall.objects.owe_anew(order=order, warehouse=release.warehouse, defaults=fresh, now=now)
    mine = Recall.objects.filter(pk=recall.pk)
    if not system.can_recall:
        reason = f"{system.label} can't give an order back."
        mine.leave_to_person(reason)
        kept(recall, reason, now)
    elif not system.remote:
        mine.finish()
        came_back(recall, now)
        message = f"{what}: pull it from packing at {release.warehouse}{_known_as(release)}."
        raise_alert(OFF_THE_BENCH, order, message, now=now, path=order.get_absolute_url(), by=by)


def _known_as(release: Release) -> str:
    """Return how the warehouse calls an order that it knows by another number than the cart does."""
    known = number_known(release)
    return f", where it is {known}" if known != release.order.number else ""


# -- Asking ----------------------------------------------------------------------------------------------------------
class RecallJob(Job[Recall, bool]):
    """Ask one order back. Each may be at another warehouse."""

    one_quota = one_connection = False
    ends_after = 3

    def do(self, recall: Recall, /, *, now: datetime) -> bool:
        return _ask(recall)

    def done(self, recall: Recall, asked: bool, /, *, now: datetime) -> None:
        if asked:
            came_back(recall, now)
        else:
            Recall.objects.filter(pk=recall.pk).stop("It was released.")

    def stuck(self, recall: Recall, reason: str, /, *, now: datetime) -> None:
        kept(recall, reason, now)

    def lock_first(self, recall: Recall, /) -> None:
        Order.objects.locked(recall.order_id)


def _ask(recall: Recall) -> bool:
    order = Order.objects.get(pk=recall.order_id)
    if not order.is_held_for(*WANTED_BACK) and not recall.is_of_part:
        return False  # somebody let it go
    release = Release.objects.select_related("order").get(order=order, warehouse=recall.warehouse_id)
    system = system_of(recall.warehouse, recall.merchant_id, order_id=recall.order_id)
    answer = system.recall(release.reference, order_number=number_known(release))
    if answer is GivenBack.TOO_LATE:
        raise Rejected(TOO_LATE)
    return True


def came_back(recall: Recall, now: datetime, *, by: User | None = None) -> None:
    """The warehouse does not ship it. In the transaction that settles the recall, its order locked."""
    there = Release.objects.filter(order=recall.order_id, warehouse=recall.warehouse_id)
    there.unfinished().untaken(now).stop("It came back from the warehouse.")
    # Whoever is asked over a wire is asked once more before it goes anew; who answers when they call has answered.
    there.dropped().of_callers().forget(replaces="", reference="", told_at=None)
    Recall.objects.filter(pk=recall.pk).update(recalled_at=now)
    record("order.recalled", recall.order, now=now, actor=by, warehouse=recall.warehouse.name)
    others = Recall.objects.filter(order=recall.order_id).exclude(pk=recall.pk)
    if not others.stuck().exists():
        close_alerts(recall.order, CANCEL_AT_WAREHOUSE, now=now)
    if recall.order.parts:
        Bell.RECALL_DUE.ring()  # it ends once all of it is back; let go meanwhile, this part goes anew
        return
    # Let go while it was asked: it goes anew.
    recall.order.advance(frm=[OrderStatus.AT_WMS], to=OrderStatus.NEW, now=now)
    finish(recall.order, now=now)


def kept(recall: Recall, reason: str, now: datetime) -> None:
    """The warehouse does not give it back: a person calls. In the transaction that settles the recall."""
    order, warehouse = recall.order, recall.warehouse.name
    record("order.not_recalled", order, now=now, warehouse=warehouse, reason=reason)
    release = Release.objects.select_related("order").filter(order=order, warehouse=recall.warehouse_id).first()
    known = _known_as(release) if release else ""
    what_to_do = f"Call {warehouse}{known}, then press The warehouse stopped it."
    must_not = f"{warehouse}’s part of order {order.number}" if order.parts else f"Order {order.number}"
    message = f"{must_not} must not be shipped. {reason} {what_to_do}"
    if others := _kept_elsewhere(recall):
        message = f"{message} Call {others} about its part, too."
    raise_alert(CANCEL_AT_WAREHOUSE, order, message, now=now, path=order.get_absolute_url())


def _kept_elsewhere(recall: Recall) -> str:
    """Return which other warehouses keep their parts of a split order, for a sentence."""
    if not recall.order.parts:
        return ""
    others = Recall.objects.filter(order=recall.order_id).stuck().exclude(pk=recall.pk).select_related("warehouse")
    return ", ".join(each.warehouse.name for each in others.order_by("pk"))


def forget_in_vain(order_ids: Collection[int]) -> None:
    """Orders are let go: what was asked back of them in vain is wanted there, and a cancel later on asks anew."""
    Recall.objects.filter(order__in=order_ids, is_of_part=False).stuck().stop("It was released.")


def stopped(order: Order, *, by: User, now: datetime) -> bool:
    """A person says that the warehouse does not ship it. False when nobody was waiting for that."""
    with transaction.atomic(durable=True):
        return given_up_there(Order.objects.locked(order.pk), now=now, by=by)


def given_up_there(order: Order, *, now: datetime, by: User | None = None, warehouse: Warehouse | None = None) -> bool:
    """The warehouse, asked in vain before, does not ship it after all. In a transaction that has locked the order.

    Of several that keep their parts of a split order it is ``warehouse``, else the one that the page names first.
    """
    stuck = Recall.objects.filter(order=order).stuck().order_by("pk")
    if warehouse is not None:
        stuck = stuck.filter(warehouse=warehouse)
    recall: Recall | None = stuck.first()
    if recall is None or not stuck.filter(pk=recall.pk).finish():
        return False
    came_back(recall, now, by=by)
    return True


# -- The end ---------------------------------------------------------------------------------------------------------
def _ended_otherwise(order: Order) -> str:
    """Return how it ended where it is not canceled: somebody else shipped it, or nothing of it is left for us."""
    order.refresh_from_db(fields=["state_there"])
    place = order.cart.place.name
    if order.state_there == OrderState.SHIPPED:
        return f"Shipped on {place}, not from here"
    live = order.state_there in (OrderState.OPEN, OrderState.PARTLY_SHIPPED)
    return f"Nothing of it is left to ship on {place}" if live and _nothing_left(order) else ""


def _nothing_left(order: Order) -> bool:
    """Whether the cart has nothing to be shipped any more of what the warehouse got."""
    lines = list(order.lines.all())
    recipient = Recipient.objects.filter(order=order).first()
    if recipient is not None:
        recipient.order = order
        read = comparison.read_source(recipient, order.cart)  # our lines keep what the warehouse was told
        if read is not None:
            return nothing_left(read, {line.reference for line in lines if line.left_out})
    return not any(line.wanted > line.fulfilled_there for line in lines if not line.left_out)


def finish(order: Order, *, now: datetime) -> bool:
    """Cancel an order that is held as canceled, once the cart says so too. In a transaction of the caller's."""
    place = order.cart.place.name
    held = Order.objects.filter(pk=order.pk, held_for=HeldFor.CANCELED)
    if otherwise := _ended_otherwise(order):
        if not held.move(frm=[OrderStatus.HELD], to=OrderStatus.CLOSED, now=now, reason=otherwise):
            return False
        close_alerts(order, *GONE_WITH_IT, now=now)
        record("order.moved", order, now=now, frm=OrderStatus.HELD, to=OrderStatus.CLOSED, reason=otherwise)
        return True
    held = held.filter(state_there=OrderState.CANCELED)
    if not held.move(frm=[OrderStatus.HELD], to=OrderStatus.CANCELED, now=now, reason=f"Canceled on {place}"):
        return False
    close_alerts(order, *GONE_WITH_IT, now=now)  # not that it lies on the bench
    Cancellation.objects.filter(order=order).at_rest().finish(canceled_at=now)
    record("order.canceled", order, now=now, place=place)
    return True
