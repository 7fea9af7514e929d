"""Orders as a desk gets them: opened, with what is still to be shipped, in the desk's own words.

What cannot be said in the custom store is left out of its page, and a person is told why.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from carts.marketplaces.values import Address
from core.api import public_ids
from core.common.vault import Unopenable
from orders import address_needs, packing_notes
from orders.countries import as_code
from orders.models import HeldFor, Line, Order, OrderStatus, Unsealed
from shipping.items.item_names import ItemNames
from shipping.models import Release, ReleaseLine
from shipping.shipments.release_parts import Opening, opened_for
from shipping.shipments.shipped_packages import openings
from shipping.warehouses.shipstation.store_order import StoreItem, StoreOrder, Unsayable
from shipping.warehouses.shipstation.store_words import Extra, StoreStatus, StoreWords
from shipping.warehouses.shipstation.wire_dates import write

ON_THE_WAY = (OrderStatus.NEW, OrderStatus.AT_WMS)
OVER = (OrderStatus.CANCELED, OrderStatus.SKIPPED, OrderStatus.CLOSED)
OPEN = (StoreStatus.AWAITING, StoreStatus.ON_HOLD)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An order that is not on its page, and why; ``silent`` where nobody has to do anything about it."""

    order: Order
    why: str
    silent: bool = False


Said = tuple[Release, StoreOrder]


def store_orders(
    releases: Sequence[Release], words: StoreWords, moments: Mapping[int, datetime]
) -> Iterator[Said | LeftOut]:
    """Yield each release with its order as the desk gets it, or why it does not. A few statements for all.

    The releases come with their ship method, and with their order's cart, merchant and recipient.
    """
    open_lines = opened_for(releases, openings([release.order for release in releases]))
    skus = {each.line.sku for opened in open_lines.values() for each in opened.values()}
    names = ItemNames.of({release.merchant_id for release in releases}, names=skus)
    parts = [release.pk for release in releases if release.part]
    rows = ReleaseLine.objects.filter(release__in=parts).values_list("release", "line", "quantity") if parts else ()
    given = {(release, line): units for release, line, units in rows}
    for release in releases:
        lines = list(open_lines[release.pk].values())
        status = status_of(release.order)
        if release.part and status in OPEN:
            status = _of_part(release, status, lines)
        try:
            yield release, _said(release, status, words, _goods(release, status, lines, given), names, moments)
        except Unsayable as why:
            yield LeftOut(release.order, str(why), silent=status not in OPEN)


def status_of(order: Order) -> StoreStatus:
    """Return where an order is that a desk has, or is to have: as far as the custom store can say it."""
    if order.is_shipped:
        return StoreStatus.SHIPPED
    if order.status in ON_THE_WAY:
        return StoreStatus.AWAITING
    if order.status in OVER or order.is_held_for(HeldFor.CANCELED):
        return StoreStatus.CANCELED
    return StoreStatus.ON_HOLD


def _of_part(release: Release, status: StoreStatus, lines: Sequence[Opening]) -> StoreStatus:
    if not any(each.units for each in lines):
        return StoreStatus.SHIPPED  # its part of it is, or was canceled
    refused_elsewhere = release.order.is_refused_in_part and not release.is_stuck
    return StoreStatus.AWAITING if refused_elsewhere else status


def _goods(
    release: Release, status: StoreStatus, lines: Sequence[Opening], given: Mapping[tuple[int, int], int]
) -> list[tuple[Line, int]]:
    """Return each line and how many of it: what is open, else what was to be shipped of it from there."""
    goods = [each for each in lines if not each.line.left_out]
    if status in OPEN:
        return [(each.line, each.units) for each in goods]
    if release.part:
        return [(each.line, given.get((release.pk, each.line.pk), 0)) for each in goods]
    return [(each.line, each.line.ordered) for each in goods]


def _said(
    release: Release,
    status: StoreStatus,
    words: StoreWords,
    goods: Sequence[tuple[Line, int]],
    names: ItemNames,
    moments: Mapping[int, datetime],
) -> StoreOrder:
    order = release.order
    clear = _opened(order)
    address = _address(clear)
    buyer, handling = clear.buyer, clear.handling
    return StoreOrder(
        id=_id(release),
        number=release.number_there,
        placed_at=order.placed_at,
        changed_at=moments[order.pk],
        status=words.of_status(status),
        method=release.ship_method.label if release.ship_method else order.service,
        recipient=address,
        items=[item for line, units in goods if units for item in _items(line, units, order, names, words)],
        buyer=(buyer.name or buyer.company) if buyer else "",
        extras=[_extra(kind, order, clear) for kind in words.extras],
        total=order.total if words.prices else None,
        currency=order.currency if words.prices else "",
        notes=address.instructions,
        internal=_internal(order, clear, [line for line, units in goods if units]),
        gift=handling.is_gift,
        gift_message="\n".join(filter(None, (asked.gift_message for asked in handling.lines.values()))),
    )


def _id(release: Release) -> str:
    """Return what a desk knows an order by for ever; one handed over anew under another number is another one."""
    again = re.search(r"-R\d+\Z", release.number)
    return public_ids.write(public_ids.ORDER, release.order_id) + (again[0] if again else "")


def _opened(order: Order) -> Unsealed:
    recipient = getattr(order, "recipient", None)
    try:
        return recipient.unseal() if recipient is not None else Unsealed()
    except Unopenable:
        raise Unsayable("Its address can't be opened with the keys this portal has.") from None


def _address(clear: Unsealed) -> Address:
    if clear.address is None:
        raise Unsayable("The order has no address.")
    if lacks := address_needs.missing(clear.address, vital=True):
        raise Unsayable(f"The address is without {address_needs.tell(lacks)}. Edit it on the order's page.")
    return replace(clear.address, country=as_code(clear.address.country))


def _items(line: Line, units: int, order: Order, names: ItemNames, words: StoreWords) -> Iterator[StoreItem]:
    """Yield a line as the desk knows it, with the references other warehouses get: a kit as its components."""
    parts = names.parts(order.merchant_id, line.sku)
    is_kit = names.is_kit(order.merchant_id, line.sku)
    for number, part in enumerate(parts, start=1):
        code = getattr(line, order.cart.product_code) if part.sku == line.sku else part.sku
        reference = f"{line.reference}.{number}" if is_kit else line.reference
        price = line.unit_price if words.prices and not is_kit else None
        yield StoreItem(reference, code, part.sku if is_kit else line.title, units * part.quantity, price)


def _internal(order: Order, clear: Unsealed, lines: Sequence[Line]) -> str:
    """Return what the packer has to know, a sentence to a line."""
    told = []
    for line in lines:
        notes = packing_notes.of_line(line.facts, clear.handling.of_line(line.reference), opened=True)
        told += [f"{line.sku}: {note.label}: {note.text}".rstrip(": ") for note in notes if note.loud]
    whole = packing_notes.of_order(order, clear.handling, opened=True)
    return "\n".join(dict.fromkeys([*told, *(f"{note.label}: {note.text}" for note in whole if note.text)]))


def _extra(kind: str, order: Order, clear: Unsealed) -> str:
    match kind:
        case Extra.MERCHANT:
            return order.cart.merchant.name
        case Extra.CART:
            return order.cart.name
        case Extra.SHIP_BY:
            return write(order.ship_by) if order.ship_by else ""
        case Extra.DELIVER_BY:
            return write(order.deliver_by) if order.deliver_by else ""
        case Extra.PROGRAMS:
            return ", ".join(order.program_names)
        case Extra.PURCHASE_ORDER:
            return clear.buyer.purchase_order if clear.buyer else ""
        case Extra.MARKETPLACE_NUMBER:
            return order.number
    return ""
