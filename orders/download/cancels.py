"""Order Cancel Download: what an order becomes when the cart cancels it, whole or in part, or its buyer asks for that.

Nothing is sent that was not sent yet. What may be at a warehouse is held as canceled: the app above asks the warehouse
to give it back, and only then is it canceled here. What was shipped stays shipped, and a person is told.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet

from carts.marketplaces.values import MarketplaceOrder
from core.accounts.models import User
from core.activity.event_log import event, record, record_all
from core.activity.models import Event
from core.alerts.raised import change_alert, close_alerts_of_hold, find_alert, raise_alert
from orders.alerts import CANCEL_AT_WAREHOUSE, CANCELED_LATE, PARTLY_CANCELED
from orders.download import at_warehouse
from orders.download.verdict import Verdict, name_units
from orders.models import HeldFor, Line, Order, OrderStatus
from orders.statuses import HELD_PERHAPS_THERE, WITH_THE_CART

PARCEL_LEFT = "Keep the parcel if it is still here; if it has left, ask the carrier or the buyer to return it."


@dataclass(frozen=True, slots=True)
class Cut:
    """Units of a line that were canceled since we last looked."""

    order: Order
    sku: str
    units: int


# -- What a download means -------------------------------------------------------------------------------------------
def judge_cancel(order: Order, verdict: Verdict) -> Verdict | None:
    """Return what an order known here becomes when the cart says that it is canceled. None: it stays what it is."""
    if order.is_shipped or order.status in (OrderStatus.CANCELED, OrderStatus.CLOSED):
        return None
    if (
        order.is_at_warehouse
        or order.status == OrderStatus.ERROR
        or order.is_held_for(*HELD_PERHAPS_THERE)
        or order.has_left
    ):
        while_there = " while at the warehouse" if order.is_at_warehouse else ""
        return Verdict(OrderStatus.HELD, f"{verdict.reason}{while_there}: do not ship", HeldFor.CANCELED)
    return verdict


def late_words(place: str, canceled_at: datetime | None, shipped_at: datetime | None) -> str:
    """Say that the cart canceled what was shipped from here, and which came first where both moments are known.

    ``canceled_at`` is when the cart last changed the order: never earlier than the cancel.
    """
    if canceled_at is not None and shipped_at is not None and canceled_at < shipped_at:
        return f"{place} canceled it before it was shipped"
    return f"{place} canceled it after it was shipped"


def tell_late(order: Order, place: str, *, now: datetime) -> None:
    """The cart canceled what is shipped already. Said once, however often the document changes."""
    if Event.objects.filter(subject_kind="order", subject_id=order.pk, kind="order.canceled_late").exists():
        return
    record("order.canceled_late", order, now=now, place=place)
    what = f"{late_words(place, order.changed_at, order.shipped_at)}. {PARCEL_LEFT}"
    raise_alert(CANCELED_LATE, order, f"Order {order.number}: {what}", now=now, path=order.get_absolute_url())


# -- Parts of an order -----------------------------------------------------------------------------------------------
def is_cut(read: MarketplaceOrder) -> bool:
    """Whether units of it were canceled there."""
    return any(line.fulfilled + line.unfulfilled < line.ordered for line in read.lines)


def canceled_units(orders: Sequence[Order]) -> dict[tuple[int, str], int]:
    """Return (order, line's reference): units canceled, as we know it until now.

    Not of lines left out: the warehouse never had them.
    """
    lines = Line.objects.filter(order__in=[order.pk for order in orders], left_out=False)
    return {
        (order, reference): units for order, reference, units in lines.values_list("order", "reference", "canceled")
    }


def cuts(known: Mapping[tuple[int, str], int], lines: Iterable[Line], orders: Mapping[int, Order]) -> list[Cut]:
    """Return what more of each line is canceled than was known. A line that is not known says nothing."""
    return [
        Cut(orders[line.order_id], line.sku, more)
        for line in lines
        if (more := line.canceled - known.get((line.order_id, line.reference), line.canceled)) > 0
    ]


def tell_cuts(found: Iterable[Cut], places: Mapping[int, str], *, now: datetime) -> None:
    """Write down what was canceled of orders that live on, and tell who may be packing one."""
    found = list(found)
    record_all(
        event(
            "order.partly_canceled", cut.order, now=now, units=cut.units, sku=cut.sku, place=places[cut.order.cart_id]
        )
        for cut in found
    )
    by_order: dict[int, list[Cut]] = {}
    for cut in found:
        by_order.setdefault(cut.order.pk, []).append(cut)
    for parts in by_order.values():
        order = parts[0].order
        what = f"{', '.join(f'{part.units} × {part.sku}' for part in parts)} canceled on {places[order.cart_id]}"
        path = order.get_absolute_url()
        if at_warehouse.may_have(order):
            message = f"Order {order.number}: {what} while at the warehouse. Ship the rest."
            raise_alert(PARTLY_CANCELED, order, message, now=now, path=path)
        elif order.is_shipped and order.status not in WITH_THE_CART:  # packed, and the cart not told yet
            message = f"Order {order.number}: {what}, but packed here. {PARCEL_LEFT}"
            raise_alert(CANCELED_LATE, order, message, now=now, path=path)


# -- The buyer's request, decided ------------------------------------------------------------------------------------
def refused_lines(orders: Sequence[Order]) -> dict[int, set[str]]:
    """Return order id: references of the lines of which a person said that they ship all the same."""
    found: dict[int, set[str]] = {}
    lines = Line.objects.filter(order__in=[order.pk for order in orders], cancel_refused_at__isnull=False)
    for order, reference in lines.values_list("order", "reference") if orders else ():
        found.setdefault(order, set()).add(reference)
    return found


def open_lines(order: Order) -> "QuerySet[Line]":
    """Return the lines of which the marketplace still wants units: also those that were left out here."""
    return Line.objects.filter(order=order, ordered__gt=F("canceled") + F("fulfilled_there")).order_by("pk")


def asked_for(order: Order) -> "QuerySet[Line]":
    """Return the lines that the buyer wants canceled, and nobody decided of. None of those that were left out."""
    return open_lines(order).filter(cancel_requested=True, cancel_refused_at=None, left_out=False)


def wants_all(order: Order) -> bool:
    """Whether canceling the whole order is just what the buyer asks for: no other line would go with it."""
    left = open_lines(order)
    return left.exists() and not left.filter(Q(cancel_requested=False) | Q(cancel_refused_at__isnull=False)).exists()


def refuse_request(order: Order, *, by: User, now: datetime) -> bool:
    """Ship it all the same. Later downloads do not ask again. False when it is not waiting for that any more."""
    if order.held_for != HeldFor.BUYER:
        return False
    with transaction.atomic(durable=True):
        if not _go_on(order, now=now):
            return False
        record("order.cancel_refused", order, now=now, actor=by)
        return True


def refuse_line(order: Order, line_id: int, *, by: User, now: datetime) -> int | None:
    """Ship one of its lines all the same. Returns how many lines are still to be decided; with none the order goes on.

    None when the line is not waiting for that any more: nothing was changed.
    """
    with transaction.atomic(durable=True):
        order = Order.objects.locked(order.pk)  # two who refuse a line each: the second one finds the first's
        asked = list(asked_for(order)) if order.is_held_for(HeldFor.BUYER) else []
        line = next((each for each in asked if each.pk == line_id), None)
        if line is None:
            return None
        record("order.line_cancel_refused", order, now=now, actor=by, units=_units(line), sku=line.sku)
        if len(asked) > 1:
            Line.objects.filter(pk=line.pk).update(cancel_refused_at=now)
            _ask_for(order, [each for each in asked if each is not line], now)
        else:
            _go_on(order, now=now)
            record("order.let_go", order, now=now, actor=by)
        return len(asked) - 1


def _ask_for(order: Order, lines: Sequence[Line], now: datetime) -> None:
    """Let the order wait for the decision about these lines alone, in the words of the downloads."""
    there = " while it is at the warehouse" if at_warehouse.may_have(order) else ""
    reason = f"The buyer asked to cancel {name_units([(_units(line), line.sku) for line in lines])}{there}"
    order.advance(frm=[OrderStatus.HELD], to=OrderStatus.HELD, now=now, reason=reason, held_for=HeldFor.BUYER)
    if alert := find_alert(CANCEL_AT_WAREHOUSE, order):
        change_alert(alert, f"Order {order.number}: {reason}.", now=now, tell=False)


def _units(line: Line) -> int:
    return line.wanted - line.fulfilled_there


def _go_on(order: Order, *, now: datetime) -> bool:
    if not order.let_go_of(HeldFor.BUYER, now=now):
        return False
    asked_for(order).update(cancel_refused_at=now)
    Order.objects.filter(pk=order.pk).update(cancel_refused_at=now)
    close_alerts_of_hold(order, HeldFor.BUYER, now=now)
    order.cancel_refused_at = now
    return True
