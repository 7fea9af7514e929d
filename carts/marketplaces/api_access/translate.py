"""A pushed order in our words. Pure.

What is read was checked when it came in: scalars are texts or absent, dates are ISO 8601, the country is a code of two
letters. Whatever stands there otherwise is ``Strange``.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from carts.marketplaces.order_needs import GIFT, NO_HANDLING, LineHandling, OrderHandling
from carts.marketplaces.values import (
    Address,
    Buyer,
    MarketplaceOrder,
    OrderDocument,
    OrderLine,
    OrderState,
    Strange,
)
from core.common.money import Money

STATUS, CANCELED = "order_status", "canceled"
WITH_DAY_END = time(23, 59, 59, tzinfo=UTC)
WITH_DAY = time(0, tzinfo=UTC)


def read(document: OrderDocument) -> MarketplaceOrder:
    source = document.source
    is_canceled = text(source, STATUS) == CANCELED
    lines = [_line(place, item, text(source, "currency_code")) for place, item in enumerate(_items(source), 1)]
    if is_canceled:
        lines = [_gone(line) for line in lines]
    return MarketplaceOrder(
        number=document.number,
        place_id=document.place_id,
        state=OrderState.CANCELED if is_canceled else OrderState.OPEN,
        native_state=CANCELED if is_canceled else "new",
        placed_at=moment(source, "order_date") or moment(source, "created_date_time") or document.changed_at,
        changed_at=document.changed_at,
        merchant_fulfilled=True,
        service=text(source, "ship_code")[:60],
        ship_by=moment(source, "latest_ship_date", end_of_day=True),
        deliver_by=moment(source, "expected_delivery_date", end_of_day=True),
        is_prime=False,
        is_business=False,
        total=_money(source, "grand_total", text(source, "currency_code")),
        lines=lines,
        recipient=_address(source),
        buyer=_buyer(source),
        programs=(GIFT,) if text(source, "gift_message") or text(source, "gift_wrap") == "Y" else (),
        handling=_handling(source, lines),
    )


def _items(source: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    items = source.get("items")
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        raise Strange("it has no list of items")
    return items


def _line(place: int, item: Mapping[str, Any], currency: str) -> OrderLine:
    ordered = _units(item)
    price = _amount(item, "price")
    total = _amount(item, "extended_amount")
    if total is None and price is not None:
        total = (price - (_amount(item, "discount") or 0)) * ordered
    return OrderLine(
        reference=str(place),  # its place: an order is pushed once and whole
        sku=text(item, "item")[:255],
        asin="",
        title=text(item, "description"),
        ordered=ordered,
        fulfilled=0,
        unfulfilled=ordered,
        unit_price=None if price is None else Money(price, currency or "USD"),
        total=None if total is None else Money(total, currency or "USD"),
    )


def _units(item: Mapping[str, Any]) -> int:
    written = text(item, "quantity")
    if not (written.isascii() and written.isdecimal() and len(written) < 8):
        raise Strange("a line has no whole number of units")
    return int(written)


def _gone(line: OrderLine) -> OrderLine:
    return OrderLine(
        line.reference,
        line.sku,
        line.asin,
        line.title,
        ordered=line.ordered,
        fulfilled=0,
        unfulfilled=0,
        unit_price=line.unit_price,
        total=line.total,
    )


def _address(source: Mapping[str, Any]) -> Address:
    kind = {"R": "residential", "C": "commercial"}.get(text(source, "ship_address_type").upper(), "")
    return Address(
        name=_name(source, "ship"),
        company=text(source, "ship_company"),
        line1=text(source, "ship_address_1"),
        line2=text(source, "ship_address_2"),
        line3=text(source, "ship_address_3"),
        city=text(source, "ship_city"),
        state=text(source, "ship_state"),
        postal_code=text(source, "ship_zip"),
        country=text(source, "ship_country"),
        phone=text(source, "ship_phone"),
        kind=kind,
        instructions=text(source, "shipping_instructions"),
    )


def _buyer(source: Mapping[str, Any]) -> Buyer:
    whose = "ship" if text(source, "ship_is_billing") == "Y" else "cust"
    return Buyer(
        name=_name(source, whose),
        email=text(source, f"{whose}_e_mail"),
        company=text(source, f"{whose}_company"),
        purchase_order=text(source, "cust_po_no"),
    )


def _name(source: Mapping[str, Any], whose: str) -> str:
    return " ".join(filter(None, (text(source, f"{whose}_first_name"), text(source, f"{whose}_last_name"))))


def _handling(source: Mapping[str, Any], lines: Sequence[OrderLine]) -> OrderHandling:
    message, wrapped = text(source, "gift_message"), text(source, "gift_wrap") == "Y"
    begins = moment(source, "requested_ship_date")
    if not (message or wrapped or begins):
        return NO_HANDLING
    gift = LineHandling(gift_message=message, gift_wrap="Gift wrap" if wrapped else "")
    return OrderHandling(
        ship_from=begins.isoformat() if begins else "",
        lines={lines[0].reference: gift} if gift.is_gift else {},
    )


# -- Single values -----------------------------------------------------------------------------------------------------
def text(source: Mapping[str, Any], name: str) -> str:
    found = source.get(name)
    return found if isinstance(found, str) else ""


def moment(source: Mapping[str, Any], name: str, *, end_of_day: bool = False) -> datetime | None:
    """Return a moment, or the beginning or the end of a day, in UTC. None where none is written."""
    written = text(source, name)
    if not written:
        return None
    try:
        if len(written) <= 10:
            return datetime.combine(date.fromisoformat(written), WITH_DAY_END if end_of_day else WITH_DAY)
        read = datetime.fromisoformat(written)
    except ValueError:
        raise Strange(f"{name} is no date") from None
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)


def _amount(source: Mapping[str, Any], name: str) -> Decimal | None:
    written = text(source, name)
    if not written:
        return None
    try:
        read = Decimal(written)
    except InvalidOperation:
        raise Strange(f"{name} is no amount") from None
    if not read.is_finite():
        raise Strange(f"{name} is no amount")
    return read


def _money(source: Mapping[str, Any], name: str, currency: str) -> Money | None:
    amount = _amount(source, name)
    return None if amount is None else Money(amount, currency or "USD")
