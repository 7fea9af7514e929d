"""Documents on their way into the database: read, judged, and turned into rows that are not stored yet."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from hashlib import blake2b
from typing import Any

from carts import marketplaces
from carts.marketplaces.order_needs import NO_FACTS, NO_HANDLING, OrderHandling, join_programs
from carts.marketplaces.values import Address, Buyer, MarketplaceOrder, OrderDocument, OrderState, Strange
from carts.models import Cart
from core.common import json_documents
from orders import packages_there
from orders.countries import as_code
from orders.download.verdict import Verdict, judge
from orders.filters.order_rules import NO_RULES, Rules
from orders.models import HeldFor, Line, Order, OrderStatus, Recipient, bound_to, keyring
from orders.recipient_marks import RecipientMarks

ADDRESS_PARTS = tuple(field.name for field in fields(Address))
BUYER_PARTS = tuple(field.name for field in fields(Buyer))
NAMED = 8  # fields in a sentence; the rest is counted


@dataclass
class ReadDocument:
    """One document of the page on its way into the database."""

    document: OrderDocument
    cart: Cart
    digest: str
    text: bytes
    read: MarketplaceOrder | None = None  # of a known order: with what is known and not shown any more
    told: MarketplaceOrder | None = None  # as it was written
    rules: Rules = NO_RULES
    verdict: Verdict | None = None
    filtered: bool = True  # whether the cart's filters had a say
    taken: bool = False  # a person took it, whatever filters and dates say
    # Of an order that is known here: what the cart said of it the last time, and the lines of which a person said that
    # they ship though the buyer asked to cancel, by their references.
    state_before: tuple[str, str] = ("", "")
    decided: Collection[str] = ()
    programs_before: Collection[str] = ()  # the same of its programs


def found(document: OrderDocument, cart: Cart) -> ReadDocument:
    text = json_documents.write(document.source)
    return ReadDocument(document, cart, blake2b(text, digest_size=16).hexdigest(), text)


def read(each: ReadDocument, rules: Mapping[int, Rules]) -> None:
    """Read the document and judge it. One that cannot be read is held for that."""
    try:
        each.read = each.told = marketplaces.APPLICATIONS[each.cart.kind].marketplace.read(each.document)
        each.rules = rules.get(each.cart.pk, NO_RULES) if each.filtered else NO_RULES
        each.verdict = judge(each.read, each.cart, each.rules, taken=each.taken, decided=each.decided)
    except Strange as strange:
        each.verdict = Verdict(OrderStatus.HELD, f"The order could not be read: {strange}", HeldFor.STRANGE)


def unread_of(each: ReadDocument) -> dict[str, Any]:
    """Return what could not be read, for the order's history: names of fields, never what they hold."""
    if each.told is None or not each.told.unread:
        return {}
    named = list(dict.fromkeys(each.told.unread))
    more = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
    return {"unread": ", ".join(named[:NAMED]) + more}


# -- Rows ------------------------------------------------------------------------------------------------------------
def order_fields(each: ReadDocument) -> dict[str, Any]:
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
        "programs": join_programs(read.programs) if read.programs else "",
        "total": read.total.amount if read.total else None,
        "currency": read.total.currency if read.total else "",
        "line_count": len(read.lines),
        "unit_count": sum(line.ordered for line in read.lines),
        "packages_there": packages_there.kept(read.packages),
    }


def lines_of(order: Order, each: ReadDocument) -> Iterable[Line]:
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
            details=None if line.facts is NO_FACTS else line.facts.kept(),
        )


def recipient_of(order: Order, each: ReadDocument) -> Recipient:
    address, buyer = (each.read.recipient, each.read.buyer) if each.read else (None, None)
    return Recipient(
        organization_id=order.organization_id,
        order_id=order.pk,
        country=country_of(address),
        sealed=seal(order, address, buyer, each.read.handling) if each.read else None,
        source=keyring().seal(each.text, bound_to=bound_to(order, "source")),
        **RecipientMarks.of(order.organization_id, address).fields,
    )


def country_of(address: Address | None) -> str:
    """Return the code that filters, rules and lists go by, also where the marketplace writes “UK” or “GBR”."""
    return as_code(address.country)[:2] if address and address.country else ""


def seal(
    order: Order,
    address: Address | None,
    buyer: Buyer | None,
    handling: OrderHandling = NO_HANDLING,
    *,
    there: Address | None = None,
) -> bytes:
    """Return what is kept of who gets an order, and how. ``there``: the address as the marketplace last told it."""
    clear: dict[str, Any] = {"address": _clear(address, ADDRESS_PARTS), "buyer": _clear(buyer, BUYER_PARTS)}
    if kept := handling.kept():
        clear["handling"] = kept
    if there is not None and there != address:
        clear["there"] = _clear(there, ADDRESS_PARTS)
    return keyring().seal_json(clear, bound_to=bound_to(order, "recipient"))


def _clear(part: Address | Buyer | None, names: Sequence[str]) -> dict[str, str] | None:
    """All its parts are text: several times quicker than dataclasses.asdict, which looks inside and copies."""
    return None if part is None else {name: getattr(part, name) for name in names}
