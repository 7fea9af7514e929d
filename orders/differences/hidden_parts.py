"""What marketplaces hide after a while, or for hours: a field that vanishes is no change. Pure.

The rule for an address: where each part that is still shown says what is known here, the rest is hidden, and what is
known stays. Where a part of the *place* (street, city, postal code, state, country) is shown and says otherwise, it is
another place and is taken whole: a second line that is empty then really is empty. Name and phone stay known even so,
unless another name is shown: then phone and company are another person's, too.
"""

from collections.abc import Mapping
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

from carts.marketplaces.order_needs import GIFT, OrderHandling
from carts.marketplaces.values import Address, Buyer, MarketplaceOrder, OrderLine
from core.common.money import Money
from orders.models import Line, Order

PLACE = ("line1", "line2", "line3", "city", "district", "state", "postal_code", "country")
STREET = ("line1", "line2", "line3")
PERSON = ("name", "company", "phone")
ADDRESS = tuple(field.name for field in fields(Address))
BUYER = tuple(field.name for field in fields(Buyer))


def newer_address(was: Address | None, now: Address | None) -> Address | None:
    """Return what is known of an address after a document showed it like this."""
    if was is None or now is None or now == was:
        return now or was
    kept = set(ADDRESS)
    if any(_differs(was, now, name) for name in PLACE):
        kept -= {*PLACE, "instructions"}
    if _differs(was, now, "name"):
        kept -= set(PERSON)
    return replace(now, **{name: getattr(was, name) for name in kept if not getattr(now, name)})


def _differs(was: Address, now: Address, name: str) -> bool:
    said = getattr(now, name)
    return bool(said) and said != getattr(was, name)


def is_hidden(was: Address | None, now: Address | None) -> bool:
    """Whether a document shows less of an address than is known: it cannot say that nothing differs any more."""
    if was is None or now is None:
        return now is None
    return any(getattr(was, name) and not getattr(now, name) for name in ADDRESS)


def says_more(before: Address | None, now: Address | None) -> bool:
    """Whether a document says anything of an address that the one before it did not. Hiding is saying nothing."""
    if now is None or before is None:
        return now is not None
    return any(_differs(before, now, name) for name in ADDRESS)


def has_street(address: Address | None) -> bool:
    return address is not None and any(getattr(address, name) for name in STREET)


def newer_buyer(was: Buyer | None, now: Buyer | None) -> Buyer | None:
    if was is None or now is None:
        return now or was
    return Buyer(*(getattr(now, name) or getattr(was, name) for name in BUYER))


def fill(
    read: MarketplaceOrder,
    order: Order,
    *,
    address: Address | None,
    buyer: Buyer | None,
    handling: OrderHandling,
    lines: Mapping[str, Line],
) -> MarketplaceOrder:
    """Return a document with what it does not show any more, as it is known here."""
    known = handling.newer(read.handling)
    said: dict[str, Any] = {
        "recipient": newer_address(address, read.recipient),
        "buyer": newer_buyer(buyer, read.buyer),
        "handling": known,
        "service": read.service or order.service,
        "ship_by": read.ship_by or order.ship_by,
        "deliver_by": read.deliver_by or order.deliver_by,
        "lines": tuple(_fill_line(line, lines.get(line.reference)) for line in read.lines),
    }
    if read.total is None:
        said["total"] = _money(order.total, order.currency)
    if not [word for word in read.programs if word != GIFT]:
        said |= {"programs": order.program_words, "is_prime": order.is_prime, "is_business": order.is_business}
    programs = said.get("programs", read.programs)
    if known.is_gift and GIFT not in programs:
        said["programs"] = (*programs, GIFT)
    return replace(read, **said)


def _fill_line(now: OrderLine, was: Line | None) -> OrderLine:
    if was is None or (now.sku and now.asin and now.title and now.unit_price and now.total):
        return now
    return replace(
        now,
        sku=now.sku or was.sku,
        asin=now.asin or was.asin,
        title=now.title or was.title,
        unit_price=now.unit_price or _money(was.unit_price, was.currency),
        total=now.total or _money(was.total, was.currency),
    )


def _money(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount, currency)
