"""Changing what is known of orders: bulk writes only, the same number of statements whatever changed.

Statuses change by compare-and-swap, so an order that went to the warehouse meanwhile is not pulled back. What a
warehouse was told, and what a person edited, is not overwritten: differences/comparison.py says what that is.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F

from carts.marketplaces.values import OrderState
from core.activity.event_log import event, record_all
from core.activity.models import Event
from core.alerts.raised import close_alerts, raise_alert
from orders import erasure, recipient_marks
from orders.alerts import CANCEL_AT_WAREHOUSE, NOT_RELEASED_THERE
from orders.differences import comparison, hidden_parts, settlement
from orders.differences.comparison import Compared, StoredOrder
from orders.download import at_warehouse, cancels, order_documents, parts_there, shipped_there
from orders.download.order_documents import ReadDocument
from orders.download.verdict import Verdict, judge, new_program, nothing_left
from orders.models import HeldFor, Line, Order, OrderStatus, Recipient
from orders.recipient_marks import RecipientMarks
from orders.statuses import DOWNLOAD_DECIDES, MADE_BY_IMPORT, NO_WAY, PERHAPS_AT_WAREHOUSE, WITH_THE_CART

# What decides whether a document may change an order: read under a lock before it does.
NAMED = ("organization_id", "merchant_id", "cart_id", "number")
LOCKED = (
    "digest", "changed_at", "status", "held_for", "reason", "service", "shipped_at", "cancel_refused_at", "taken_at",
    "edited_at", "released_to", "confirmed_at", "state_there", "native_state",
    "ship_by", "deliver_by", "total", "currency", "programs", "is_prime", "is_business",  # kept where they are hidden
)  # fmt: skip
ORDER_READ = [
    "state_there", "native_state", "service", "placed_at", "changed_at", "ship_by", "deliver_by", "is_prime",
    "is_business", "programs", "total", "currency", "line_count", "unit_count", "digest", "packages_there",
]  # fmt: skip
LINE_READ = [
    "sku", "asin", "title", "ordered", "fulfilled_there", "canceled", "unit_price", "total", "currency",
    "cancel_requested", "details",
]  # fmt: skip


class KnownOrder(NamedTuple):
    """What tells whether a document is news: most are none. The rest is read under the lock."""

    pk: int
    digest: str
    changed_at: datetime


def lock(news: Sequence[tuple[int, ReadDocument]]) -> list[tuple[Order, ReadDocument]]:
    """Let nobody hand these orders over, edit, take or settle them before this is committed (SQLite locks all).

    Returns those their documents still change: what is not newer any more was overtaken while we waited.
    """
    rows = Order.objects.filter(pk__in=[pk for pk, _ in news]).all_locked()
    fresh = {order.pk: order for order in rows.only(*NAMED, *LOCKED)} if news else {}
    decided = cancels.refused_lines(list(fresh.values()))
    changed = [(fresh[pk], each) for pk, each in news]
    for order, each in changed:
        each.taken = order.taken_at is not None
        each.filtered = order.is_filtered
        each.state_before = (order.state_there, order.native_state)
        each.programs_before = order.program_words
        each.decided = decided.get(order.pk, ())
    return [(order, each) for order, each in changed if is_news(order, each)]


def is_news(known: KnownOrder | Order, each: ReadDocument) -> bool:
    """Whether a document says something else than the one before it, and is no older."""
    return known.digest != each.digest and known.changed_at <= each.document.changed_at


def change(changed: Sequence[tuple[Order, ReadDocument]], now: datetime) -> None:
    if not changed:
        return
    readable = [(order, each) for order, each in changed if each.read is not None]
    standings = comparison.load(readable)
    for order, each in readable:
        _fill(each, order, standings[order.pk])
    compared = {
        order.pk: comparison.compare(standings[order.pk], each.read, told=each.told)
        for order, each in readable
        if each.read is not None and each.told is not None
    }
    for order, each in changed:
        _set(order, each, standings.get(order.pk))
    canceled = cancels.canceled_units([order for order, _ in readable])
    there = [order for order, _ in readable if at_warehouse.may_have(order) or order.has_left]
    shipped = parts_there.shipped_units(there)
    lines = _change_lines(readable, standings, compared)
    Order.objects.bulk_update([order for order, _ in readable], ORDER_READ)
    unread = [order for order, each in changed if each.read is None]
    Order.objects.bulk_update(unread, ["digest", "changed_at"])  # keep what an earlier document told
    Recipient.objects.bulk_create(
        [_recipient(order, each, standings[order.pk]) for order, each in readable],
        update_conflicts=True,
        unique_fields=["order"],
        update_fields=["country", "sealed", "source", *recipient_marks.FIELDS],
    )
    record_all(_event(order, each, compared.get(order.pk, comparison.NOTHING), now) for order, each in changed)
    places = {each.cart.pk: each.cart.place.name for _, each in readable}
    settlement.note(standings, compared, places, now=now)
    live = {order.pk: order for order, _ in readable if order.state_there != OrderState.CANCELED}
    cut = cancels.cuts(canceled, (line for line in lines if line.order_id in live), live)
    cancels.tell_cuts(cut, places, now=now)
    left_out = {pk: comparison.left_out(standing) for pk, standing in standings.items()}
    part = {order.pk: order for order in there if order.state_there in at_warehouse.RELEASED and not order.is_shipped}
    parts_there.tell_shipped(shipped, lines, part, places, now=now)
    _move(changed, left_out, now)


def _fill(each: ReadDocument, order: Order, standing: StoredOrder) -> None:
    """Give a document of a known order what it does not show any more, and judge it with that."""
    if each.told is None:
        return
    known = standing.address if standing.address_known else None
    each.read = hidden_parts.fill(
        each.told, order, address=known, buyer=standing.buyer, handling=standing.handling, lines=standing.lines
    )
    ours = known if standing.guarded else None
    # Where filters look at it no more, what they left out stays out: a wish to cancel it asks nobody here.
    decided = each.decided if each.filtered else {*each.decided, *comparison.left_out(standing)}
    each.verdict = judge(each.read, each.cart, each.rules, taken=each.taken, decided=decided, ours=ours)


def _set(order: Order, each: ReadDocument, standing: StoredOrder | None) -> None:
    kept = order.service
    for name, value in order_documents.order_fields(each).items():
        setattr(order, name, value)
    if standing is not None and standing.guarded:
        order.service = kept


def _event(order: Order, each: ReadDocument, compared: Compared, now: datetime) -> Event:
    """What changed is told in words; what may not change is told by itself."""
    what: dict[str, Any] = {"what": comparison.tell(compared.applied)} if compared.applied else {}
    what |= order_documents.unread_of(each)
    state = (order.native_state or "unreadable").lower().replace("_", " ")
    return event("order.changed", order, now=now, state=state, status=order.status, **what)


def _recipient(order: Order, each: ReadDocument, standing: StoredOrder) -> Recipient:
    """Return the new row; the address of an order that is guarded stays, and what was erased stays so."""
    recipient = order_documents.recipient_of(order, each)
    if standing.erased:
        for name, value in erasure.NOTHING_LEFT.items():
            setattr(recipient, name, value)
        return recipient
    if standing.guarded and standing.address_known:
        buyer, handling = (each.read.buyer, each.read.handling) if each.read else (standing.buyer, standing.handling)
        there = hidden_parts.newer_address(standing.told_address, each.told.recipient if each.told else None)
        recipient.sealed = order_documents.seal(order, standing.address, buyer, handling, there=there)
        recipient.country = order_documents.country_of(standing.address)
        for name, mark in RecipientMarks.of(order.organization_id, standing.address).fields.items():
            setattr(recipient, name, mark)
    return recipient


# -- Lines -----------------------------------------------------------------------------------------------------------
def _change_lines(
    readable: Sequence[tuple[Order, ReadDocument]],
    standings: Mapping[int, StoredOrder],
    compared: Mapping[int, Compared],
) -> Sequence[Line]:
    """Store the lines as they are told, but for what is guarded. None is deleted: one that is gone counts as canceled
    where no warehouse has it."""
    told = {order.pk: list(order_documents.lines_of(order, each)) for order, each in readable}
    for pk, lines in told.items():
        comparison.guard(standings[pk], lines)
    lines = Line.objects.bulk_create(
        [line for each in told.values() for line in each],
        update_conflicts=True,
        unique_fields=["order", "reference"],
        update_fields=LINE_READ,
    )
    _leave_out(lines, {order.pk for order, each in readable if _filtered(each)})
    gone = []
    for order, _ in readable:
        standing = standings[order.pk]
        missing = [change.reference for change in compared[order.pk].applied if change.is_gone]
        gone += [standing.lines[reference].pk for reference in missing]
        standing.lines |= {line.reference: line for line in told[order.pk]}
        if standing.left or order.state_there == OrderState.CANCELED:
            order.line_count = len(standing.lines)
            order.unit_count = sum(line.ordered for line in standing.lines.values())
    if gone:
        Line.objects.filter(pk__in=gone).update(canceled=F("ordered"))
    return lines


def _filtered(each: ReadDocument) -> bool:
    """Whether the filters said which lines go: only of an order that may go to the warehouse."""
    return each.filtered and each.verdict is not None and each.verdict.status in (OrderStatus.NEW, OrderStatus.HELD)


def _leave_out(lines: Sequence[Line], orders: Collection[int]) -> None:
    """Keep which lines do not go, of these orders. One that went to the warehouse meanwhile stays as it went."""
    before = Line.objects.filter(order__in=orders, order__status__in=DOWNLOAD_DECIDES)
    for left_out in (True, False):
        mine = [line.pk for line in lines if line.order_id in orders and line.left_out == left_out]
        before.filter(pk__in=mine, left_out=not left_out).update(left_out=left_out)


def _move(
    changed: Sequence[tuple[Order, ReadDocument]], left_out: Mapping[int, Collection[str]], now: datetime
) -> None:
    """Let the new documents change the statuses they may change, a statement for each kind of change."""
    groups: dict[tuple[str, Verdict], list[Order]] = defaultdict(list)
    begun = _shipped_in_part(changed)
    for order, each in changed:
        verdict = _verdict_for(order, each, left_out.get(order.pk, ()), begun=order.pk in begun)
        if verdict is not None and verdict.status == OrderStatus.CLOSED and order.pk in begun and order.is_at_warehouse:
            verdict = Verdict(OrderStatus.SHIPPED, f"Shipped in part from here, the rest on {each.cart.place.name}")
        if order.state_there == OrderState.CANCELED and order.is_shipped:
            cancels.tell_late(order, each.cart.place.name, now=now)
        if verdict is not None and verdict != Verdict(OrderStatus(order.status), order.reason, order.held_for):
            groups[(order.status, verdict)].append(order)
    for (frm, to), orders in groups.items():
        moved = Order.objects.filter(pk__in=[order.pk for order in orders])
        moved.move(frm=[frm], to=to.status, now=now, reason=to.reason, held_for=to.held_for)
        for order in orders:
            if at_warehouse.may_have(order) and to.status == OrderStatus.HELD:  # somebody may be packing it this minute
                message = f"Order {order.number}: {to.reason}."
                cause = NOT_RELEASED_THERE if to.held_for == HeldFor.STATE else CANCEL_AT_WAREHOUSE
                raise_alert(cause, order, message, now=now, path=order.get_absolute_url())
            if frm == OrderStatus.HELD and (to.status != OrderStatus.HELD or to.held_for != HeldFor.STATE):
                close_alerts(order, NOT_RELEASED_THERE, now=now)
            if frm == OrderStatus.HELD and to.status == OrderStatus.NEW:
                close_alerts(order, CANCEL_AT_WAREHOUSE, now=now)
    record_all(
        event("order.moved", order, now=now, frm=frm, to=to.status, reason=to.reason)
        for (frm, to), orders in groups.items()
        for order in orders
    )


def _shipped_in_part(changed: Sequence[tuple[Order, ReadDocument]]) -> set[int]:
    """Return those that a warehouse may have, and of which some was shipped from here: asked only where it matters."""
    over = [
        order.pk
        for order, each in changed
        if at_warehouse.may_have(order)
        and each.read
        and (order.state_there == OrderState.SHIPPED or nothing_left(each.read))
    ]
    if not over:
        return set()
    shipped = Event.objects.filter(subject_kind="order", subject_id__in=over, kind="order.shipped")
    return set(shipped.values_list("subject_id", flat=True))


def _verdict_for(order: Order, each: ReadDocument, left_out: Collection[str], *, begun: bool) -> Verdict | None:
    """``begun`` says that some of it was shipped from here: then what is over there is no surprise."""
    verdict = each.verdict
    if verdict is None:
        return None
    if verdict.status == OrderStatus.CANCELED:
        return cancels.judge_cancel(order, verdict)
    if order.status in WITH_THE_CART:
        return shipped_there.judge_shipped(order, each.read, each.cart.place.name) if each.read else None
    if at_warehouse.may_have(order) and each.read is None:
        return at_warehouse.judge_unreadable(order, verdict.reason)
    if at_warehouse.may_have(order) and each.read and not begun:
        place, before, decided = each.cart.place.name, each.state_before, each.decided
        program = "" if each.taken else new_program(each.read, each.cart, each.programs_before)
        said = at_warehouse.judge(
            order, each.read, place, before=before, left_out=left_out, decided=decided, program=program
        )
        if said is not None:
            return said
        answered = verdict.status == OrderStatus.PENDING or verdict.held_for in (HeldFor.STATE, HeldFor.PROGRAM)
        if answered or not each.read.merchant_fulfilled:
            return None  # a person answers for it already
    if order.status in DOWNLOAD_DECIDES and order.held_for in MADE_BY_IMPORT:
        return verdict
    if order.held_for in (*NO_WAY, HeldFor.PERSON) and verdict.status == OrderStatus.HELD:
        return verdict  # mapping or letting go must not send what the buyer wants canceled
    if order.held_for in NO_WAY and verdict.status == OrderStatus.SKIPPED:
        return verdict  # nor what a filter leaves out
    if order.is_at_warehouse and each.read and cancels.is_cut(each.read):
        return None  # what is left of it was shipped from here
    return verdict if verdict.status == OrderStatus.CLOSED and order.status in PERHAPS_AT_WAREHOUSE else None
