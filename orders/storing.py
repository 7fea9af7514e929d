"""Storing a page of orders: bulk writes only, the same number of statements whatever is on the page.

Called inside the transaction that also moves the cursor. Statuses change by compare-and-swap, so an order that went to
the warehouse meanwhile is not pulled back.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from hashlib import blake2b
from typing import Any

from carts import marketplaces
from carts.marketplaces.base import Address, Buyer, MarketplaceOrder, OrderDocument, OrderState, Strange
from carts.models import Cart
from integration_manager.activity.recording import event, record_all
from integration_manager.alerts.alerting import close_alerts, raise_alert
from orders import cancelling
from orders.filtering import Verdict, judge
from orders.matching import NO_RULES, Rules
from orders.models import (
    MADE_BY_IMPORT,
    HeldFor,
    Line,
    Order,
    OrderStatus,
    Recipient,
    bound_to,
    keyring,
)

ORDER_READ = [
    "state_there", "native_state", "service", "placed_at", "changed_at", "ship_by", "deliver_by", "is_prime",
    "is_business", "total", "currency", "line_count", "unit_count", "digest",
]  # fmt: skip
LINE_READ = [
    "sku", "asin", "title", "ordered", "fulfilled_there", "canceled", "unit_price", "total", "currency",
    "cancel_requested",
]  # fmt: skip
ADDRESS_PARTS = tuple(field.name for field in fields(Address))
BUYER_PARTS = tuple(field.name for field in fields(Buyer))
CANONICAL = json.JSONEncoder(separators=(",", ":"), sort_keys=True)  # the same document gives the same text
BEFORE_WAREHOUSE = (OrderStatus.PENDING, OrderStatus.NEW, OrderStatus.HELD, OrderStatus.SKIPPED)
# Filters look again at these. One a person holds, or the buyer's wish, was taken already: it may be at the warehouse.
NOT_TAKEN = ("", HeldFor.STRANGE, HeldFor.STATE, HeldFor.ADDRESS, HeldFor.UNMAPPED)


@dataclass
class Found:
    """One document of the page on its way into the database."""

    document: OrderDocument
    cart: Cart
    digest: str
    text: bytes
    read: MarketplaceOrder | None = None
    verdict: Verdict | None = None
    filtered: bool = True  # whether the cart's filters had a say


def store_page(
    carts: Mapping[str, Cart],
    documents: Sequence[OrderDocument],
    *,
    now: datetime,
    rules: Mapping[int, Rules] | None = None,
) -> dict[str, int]:
    """Store what is new or changed. Returns the counts ``new changed unchanged strange elsewhere``; what an archived
    cart of the same place knows counts as unchanged.

    ``rules`` are the carts' filters, by the cart's id.
    """
    ours = {(d.place_id, d.number): d for d in documents if d.place_id in carts}  # the last of doubled ones
    found = [_found(document, carts[document.place_id]) for document in ours.values()]
    existing, archived = _existing(found), _archived(found)
    new, changed = [], []
    for each in found:
        known = existing.get((each.cart.pk, each.document.number))
        if known is None and (each.cart.pk, each.document.number) in archived:
            continue
        if known is None:
            new.append(each)
        elif known.digest != each.digest and known.changed_at <= each.document.changed_at:
            each.filtered = _may_leave_out(known)
            changed.append((known, each))
    for each in (*new, *(each for _, each in changed)):
        _read(each, rules or {})
    _create(new, now)
    _change(changed, now)
    return {
        "new": len(new),
        "changed": len(changed),
        "unchanged": len(found) - len(new) - len(changed),
        "strange": sum(each.read is None for each in (*new, *(each for _, each in changed))),
        "elsewhere": sum(document.place_id not in carts for document in documents),
    }


def _found(document: OrderDocument, cart: Cart) -> Found:
    text = CANONICAL.encode(document.source).encode()
    return Found(document, cart, blake2b(text, digest_size=16).hexdigest(), text)


def _existing(found: Sequence[Found]) -> dict[tuple[int, str], Order]:
    numbers = [each.document.number for each in found]
    carts = {each.cart.pk for each in found}
    known = Order.objects.filter(cart__in=carts, number__in=numbers).only(
        "id",
        "organization_id",
        "merchant_id",
        "cart_id",
        "number",
        "status",
        "held_for",
        "reason",
        "changed_at",
        "digest",
        "shipped_at",
        "cancel_refused_at",
    )
    return {(order.cart_id, order.number): order for order in known}


def _archived(found: Sequence[Found]) -> set[tuple[int, str]]:
    """Return what a cart that was archived brought already: the warehouse may have shipped it, so it is left alone."""
    by_place = {(each.cart.organization_id, each.cart.kind, each.cart.place_id): each.cart.pk for each in found}
    known = Order.objects.filter(
        organization__in={organization for organization, _, _ in by_place},
        number__in=[each.document.number for each in found],
        cart__state=Cart.State.ARCHIVED,
    )
    rows = known.values_list("organization_id", "cart__kind", "cart__place_id", "number")
    return {
        (by_place[(organization, kind, place_id)], number)
        for organization, kind, place_id, number in rows
        if (organization, kind, place_id) in by_place
    }


def _may_leave_out(order: Order) -> bool:
    """Whether the filters look at an order known here again. What somebody ships all the same was taken, too."""
    return order.status in BEFORE_WAREHOUSE and order.held_for in NOT_TAKEN and order.cancel_refused_at is None


def _read(each: Found, rules: Mapping[int, Rules]) -> None:
    try:
        each.read = marketplaces.APPLICATIONS[each.cart.kind].marketplace.read(each.document)
        each.verdict = judge(each.read, each.cart, rules.get(each.cart.pk, NO_RULES) if each.filtered else NO_RULES)
    except Strange as strange:
        each.verdict = Verdict(OrderStatus.HELD, f"The order could not be read: {strange}", HeldFor.STRANGE)


# -- New ones --------------------------------------------------------------------------------------------------------
def _create(found: Sequence[Found], now: datetime) -> None:
    orders = []
    for each in found:
        order = Order(
            organization_id=each.cart.organization_id,
            merchant_id=each.cart.merchant_id,
            cart_id=each.cart.pk,
            number=each.document.number,
            downloaded_at=now,
            **_order_fields(each),
        )
        assert each.verdict is not None
        order.status, order.reason, order.held_for = each.verdict.status, each.verdict.reason, each.verdict.held_for
        orders.append(order)
    Order.objects.bulk_create(orders)
    pairs = list(zip(orders, found, strict=True))
    Line.objects.bulk_create(line for order, each in pairs for line in _lines(order, each))
    Recipient.objects.bulk_create(_recipient(order, each) for order, each in pairs)
    record_all(
        event("order.downloaded", order, now=now, cart=each.cart.name, status=order.status, reason=order.reason)
        for order, each in pairs
    )


def _order_fields(each: Found) -> dict[str, Any]:
    changed_at = each.document.changed_at
    read = each.read
    if read is None:  # all we can say of an order we could not read
        kept = {"digest": each.digest, "changed_at": changed_at, "placed_at": changed_at}
        return {**kept, "state_there": OrderState.UNKNOWN}
    return {
        "digest": each.digest,
        "state_there": read.state,
        "native_state": read.native_state,
        "service": read.service,
        "placed_at": read.placed_at,
        "changed_at": changed_at,
        "ship_by": read.ship_by,
        "deliver_by": read.deliver_by,
        "is_prime": read.is_prime,
        "is_business": read.is_business,
        "total": read.total.amount if read.total else None,
        "currency": read.total.currency if read.total else "",
        "line_count": len(read.lines),
        "unit_count": sum(line.ordered for line in read.lines),
    }


def _lines(order: Order, each: Found) -> Iterable[Line]:
    left_out = each.verdict.left_out if each.verdict else ()
    for line in each.read.lines if each.read else ():
        money = line.total or line.unit_price
        yield Line(
            organization_id=order.organization_id,
            merchant_id=order.merchant_id,
            order_id=order.pk,
            reference=line.reference,
            sku=line.sku,
            asin=line.asin,
            title=line.title,
            ordered=line.ordered,
            fulfilled_there=line.fulfilled,
            canceled=max(0, line.ordered - line.fulfilled - line.unfulfilled),
            unit_price=line.unit_price.amount if line.unit_price else None,
            total=line.total.amount if line.total else None,
            currency=money.currency if money else "",
            cancel_requested=line.cancel_requested,
            left_out=line.reference in left_out,
        )


def _recipient(order: Order, each: Found) -> Recipient:
    sealed = None
    country = ""
    if each.read is not None:
        address, buyer = each.read.recipient, each.read.buyer
        country = address.country[:2] if address else ""
        clear = {"address": _clear(address, ADDRESS_PARTS), "buyer": _clear(buyer, BUYER_PARTS)}
        sealed = keyring().seal_json(clear, bound_to=bound_to(order, "recipient"))
    return Recipient(
        organization_id=order.organization_id,
        order_id=order.pk,
        country=country,
        sealed=sealed,
        source=keyring().seal(each.text, bound_to=bound_to(order, "source")),
    )


def _clear(part: Address | Buyer | None, names: Sequence[str]) -> dict[str, str] | None:
    """All its parts are text: several times quicker than dataclasses.asdict, which looks inside and copies."""
    return None if part is None else {name: getattr(part, name) for name in names}


# -- Changed ones ----------------------------------------------------------------------------------------------------
def _change(changed: Sequence[tuple[Order, Found]], now: datetime) -> None:
    if not changed:
        return
    for order, each in changed:
        for name, value in _order_fields(each).items():
            setattr(order, name, value)
    readable = [(order, each) for order, each in changed if each.read is not None]
    Order.objects.bulk_update([order for order, _ in readable], ORDER_READ)
    unread = [order for order, each in changed if each.read is None]
    Order.objects.bulk_update(unread, ["digest", "changed_at"])  # keep what an earlier document told
    canceled = cancelling.canceled_units([order for order, _ in readable])
    lines = Line.objects.bulk_create(
        [line for order, each in readable for line in _lines(order, each)],
        update_conflicts=True,
        unique_fields=["order", "reference"],
        update_fields=LINE_READ,
    )
    _leave_out(lines, {order.pk for order, each in readable if _filtered(each)})
    Recipient.objects.bulk_create(
        [_recipient(order, each) for order, each in readable],
        update_conflicts=True,
        unique_fields=["order"],
        update_fields=["country", "sealed", "source"],
    )
    record_all(
        event("order.changed", order, now=now, state=order.native_state or "unreadable", status=order.status)
        for order, _ in changed
    )
    live = {order.pk: order for order, _ in readable if order.state_there != OrderState.CANCELED}
    cut = cancelling.cuts(canceled, (line for line in lines if line.order_id in live), live)
    cancelling.tell_cuts(cut, {each.cart.pk: each.cart.place.name for _, each in readable}, now=now)
    _move(changed, now)


def _filtered(each: Found) -> bool:
    """Whether the filters said which lines go: only of an order that may go to the warehouse."""
    return each.filtered and each.verdict is not None and each.verdict.status in (OrderStatus.NEW, OrderStatus.HELD)


def _leave_out(lines: Sequence[Line], orders: Collection[int]) -> None:
    """Keep which lines do not go, of these orders. One that went to the warehouse meanwhile stays as it went."""
    before = Line.objects.filter(order__in=orders, order__status__in=BEFORE_WAREHOUSE)
    for left_out in (True, False):
        mine = [line.pk for line in lines if line.order_id in orders and line.left_out == left_out]
        before.filter(pk__in=mine, left_out=not left_out).update(left_out=left_out)


def _move(changed: Sequence[tuple[Order, Found]], now: datetime) -> None:
    """Let the new documents change the statuses they may change, a statement for each kind of change."""
    groups: dict[tuple[str, Verdict], list[Order]] = defaultdict(list)
    for order, each in changed:
        verdict = _verdict_for(order, each)
        if order.state_there == OrderState.CANCELED and cancelling.is_shipped(order):
            cancelling.tell_late(order, each.cart.place.name, now=now)
        if verdict is not None and verdict != Verdict(OrderStatus(order.status), order.reason, order.held_for):
            groups[(order.status, verdict)].append(order)
    for (frm, to), orders in groups.items():
        moved = Order.objects.filter(pk__in=[order.pk for order in orders])
        moved.move(frm=[frm], to=to.status, reason=to.reason, held_for=to.held_for)
        for order in orders:
            if frm == OrderStatus.AT_WMS and to.status == OrderStatus.HELD:  # somebody may be packing it this minute
                message = f"Order {order.number}: {to.reason}."
                raise_alert(cancelling.AT_WAREHOUSE, order, message, now=now, path=order.get_absolute_url())
            elif frm == OrderStatus.HELD and to.status == OrderStatus.NEW:
                close_alerts(order, cancelling.AT_WAREHOUSE, now=now)
    record_all(
        event("order.moved", order, now=now, frm=frm, to=to.status, reason=to.reason)
        for (frm, to), orders in groups.items()
        for order in orders
    )


def _verdict_for(order: Order, each: Found) -> Verdict | None:
    verdict = each.verdict
    if verdict is None:
        return None
    if verdict.status == OrderStatus.CANCELED:
        return cancelling.judge_cancel(order, verdict)
    if verdict.held_for == HeldFor.BUYER and (order.status == OrderStatus.AT_WMS or order.cancel_refused_at):
        return cancelling.judge_request(order)
    if order.status in BEFORE_WAREHOUSE and order.held_for in MADE_BY_IMPORT:
        return verdict
    if order.held_for in (HeldFor.UNMAPPED, HeldFor.PERSON) and verdict.status == OrderStatus.HELD:
        return verdict  # mapping or letting go must not send what the buyer wants canceled
    if order.held_for == HeldFor.UNMAPPED and verdict.status == OrderStatus.SKIPPED:
        return verdict  # nor what a filter leaves out
    if order.status == OrderStatus.AT_WMS and each.read and cancelling.is_cut(each.read):
        return None  # what is left of it was shipped from here
    still_here = (OrderStatus.HELD, OrderStatus.ERROR, OrderStatus.AT_WMS)
    return verdict if verdict.status == OrderStatus.CLOSED and order.status in still_here else None
