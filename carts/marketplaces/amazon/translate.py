"""Amazon's documents in our words. Pure, and quick: it runs for every order of every page.

Unknown words are kept and new fields passed over; what is missing stays empty. What would make us ship the wrong thing
is refused with Strange, in a sentence that names the field and never its value. What is not needed to ship, and cannot
be read or kept, is empty, and named in ``unread``.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NoReturn

from carts.marketplaces.amazon import listing_facts, stated_needs
from carts.marketplaces.amazon.wire_values import moment, storable
from carts.marketplaces.order_needs import GIFT
from carts.marketplaces.values import (
    Address,
    Buyer,
    DispatchLine,
    MarketplaceOrder,
    Offer,
    OrderLine,
    OrderState,
    Participation,
    SentPackage,
    Strange,
)
from core.common.money import Money, parse_money
from core.common.one_line import fold

Json = Mapping[str, Any]

# Reference: https://developer-docs.amazon.com/sp-api/docs/orders-api-migration-guide
_STATES = {
    "PENDING_AVAILABILITY": OrderState.PENDING,
    "PENDING": OrderState.PENDING,
    "UNSHIPPED": OrderState.OPEN,
    "PARTIALLY_SHIPPED": OrderState.PARTLY_SHIPPED,
    "SHIPPED": OrderState.SHIPPED,
    "CANCELLED": OrderState.CANCELED,
    "CANCELED": OrderState.CANCELED,  # the older version's spelling
    "UNFULFILLABLE": OrderState.UNFULFILLABLE,
}
SERVICES = {
    "STANDARD": "Standard",
    "EXPEDITED": "Expedited",
    "SECOND_DAY": "SecondDay",
    "NEXT_DAY": "NextDay",
    "SAME_DAY": "SameDay",
    "PRIORITY": "Priority",
    "SCHEDULED": "Scheduled",
    "FREE_ECONOMY": "FreeEconomy",
}
_MOST = 2_147_483_647  # what a database's integer holds
_AMOUNT = re.compile(r"-?[0-9]{1,14}(?:\.[0-9]{1,4}0{0,6})?")  # what is kept to the last digit
_NUMBER = re.compile(r"[!-~]{1,60}")
_LONGEST_SKU, _LONGEST_ASIN, _LONGEST_WORD = 255, 20, 60
_NOTHING: Json = {}
ANY_PRODUCT = "PRODUCT"  # the type to name where nothing but offers changes


def order(source: Json) -> MarketplaceOrder:
    """Translate an order of the version 2026-01-01. Raises Strange."""
    fulfillment = _part(source, "fulfillment")
    native_state = _short(fulfillment, "fulfillmentStatus", _LONGEST_WORD)
    state = _STATES.get(native_state, OrderState.UNKNOWN)
    service = _short(fulfillment, "fulfillmentServiceLevel", _LONGEST_WORD)
    by = _text(fulfillment, "fulfilledBy")
    ours = by in ("MERCHANT", "")  # only merchants' orders are asked for: where it is hidden, that is no news
    taken_over = not ours and state in (OrderState.OPEN, OrderState.PARTLY_SHIPPED)  # it takes no tracking of ours
    handling = stated_needs.order_handling(source)
    programs = (*stated_needs.programs(source), *([GIFT] if handling.is_gift else ()))
    unread: list[str] = []
    return MarketplaceOrder(
        number=_order_number(source),
        place_id=_text(_part(source, "salesChannel"), "marketplaceId"),
        state=OrderState.UNFULFILLABLE if taken_over else state,
        native_state=f"FULFILLED_BY_{by}"[:_LONGEST_WORD] if taken_over else native_state,
        placed_at=_moment(source, "createdTime") or _missing("createdTime"),
        changed_at=_moment(source, "lastUpdatedTime") or _missing("lastUpdatedTime"),
        merchant_fulfilled=ours,
        service=fold(SERVICES.get(service, service)),
        ship_by=_deadline(fulfillment, "shipByWindow", unread, "ship by"),
        deliver_by=_deadline(fulfillment, "deliverByWindow", unread, "deliver by"),
        is_prime="PRIME" in programs,
        is_business="AMAZON_BUSINESS" in programs,
        total=_money(_any(source, "proceeds", unread, "total"), "grandTotal", unread, "total"),
        lines=_lines(source, state, unread),
        recipient=_recipient(source, unread),
        buyer=_buyer(source, unread),
        packages=packages(source),
        unread=unread,
        programs=programs,
        handling=handling,
    )


def packages(source: Json) -> Sequence[SentPackage]:
    """The packages Amazon knows of an order."""
    listed = _list(source, "packages")
    if not listed:
        return ()
    return tuple(
        SentPackage(
            _text(package, "packageReferenceId"),
            _text(package, "carrier"),
            _text(package, "trackingNumber"),
            tuple(
                DispatchLine(_text(item, "orderItemId"), _quantity(item, "quantity") or 0)
                for item in _objects(_list(package, "packageItems"), "packageItems")
            ),
        )
        for package in _objects(listed, "packages")
    )


def offer(item: Json, place_id: str) -> Offer:
    """Translate a listing. Raises Strange."""
    summary = _of_place(item, "summaries", place_id)
    channels = {
        _text(channel, "fulfillmentChannelCode"): channel.get("quantity")
        for channel in _objects(_list(item, "fulfillmentAvailability"), "fulfillmentAvailability")
    }
    quantity = channels.get("DEFAULT")
    return Offer(
        sku=_needed(item, "sku"),
        asin=_text(summary, "asin"),
        title=_text(summary, "itemName"),
        product_type=_text(summary, "productType") or _text(_of_place(item, "productTypes", place_id), "productType"),
        quantity=quantity if type(quantity) is int else None,
        # AMAZON_NA, AMAZON_EU, AMAZON_JP. One that has both channels counts as Amazon's: we must not touch it.
        fulfilled_by_marketplace=any(code.startswith("AMAZON") for code in channels),
        **listing_facts.facts(item, summary, channels, place_id),
    )


def stock_patch(quantity: int) -> Json:
    """What sets a quantity. "merge" keeps the handling time in the same attribute; "replace" would wipe it."""
    value = [{"fulfillment_channel_code": "DEFAULT", "quantity": quantity}]
    return {"op": "merge", "path": "/attributes/fulfillment_availability", "value": value}


def participation(item: Json) -> Participation:
    """Translate one of a seller's marketplaces. Raises Strange."""
    place, taking_part = _part(item, "marketplace"), _part(item, "participation")
    return Participation(
        place_id=_needed(place, "id"),
        store_name=_text(item, "storeName"),
        participating=taking_part.get("isParticipating") is True,
        suspended=taking_part.get("hasSuspendedListings") is True,
        currency=_text(place, "defaultCurrencyCode"),
        language=_text(place, "defaultLanguageCode"),
    )


def is_order_number(text: str) -> bool:
    """Whether it can be kept and asked for. Amazon's own are digits and dashes, nineteen characters."""
    return _NUMBER.fullmatch(text) is not None


def _lines(source: Json, state: OrderState, unread: list[str]) -> Sequence[OrderLine]:
    items = _objects(_list(source, "orderItems"), "orderItems")
    if not items and state is not OrderState.CANCELED:  # of one that is, nothing has to be read
        raise Strange("The order has no lines.")
    lines, collected = [], stated_needs.is_collected(source)
    for number, item in enumerate(items, start=1):
        empty: list[str] = []
        try:
            lines.append(_line(item, state, empty, collected=collected))
        except Strange as problem:
            raise Strange(f"Line {number}: {problem}") from None
        if empty:
            unread += [f"line {number}: {called}" for called in empty]
    if len({line.reference for line in lines}) != len(lines):
        raise Strange("Two lines have the same orderItemId.")
    if sum(line.ordered for line in lines) > _MOST:
        raise Strange("The quantityOrdered of all lines together is too large.")
    return tuple(lines)


def _line(item: Json, state: OrderState, unread: list[str], *, collected: bool) -> OrderLine:
    product = _part(item, "product")
    fulfillment = _part(item, "fulfillment")
    ordered = _quantity(item, "quantityOrdered")
    if ordered is None:
        _missing("quantityOrdered")
    fulfilled, unfulfilled = _progress(fulfillment, ordered, state)
    request = _part(_part(item, "cancellation"), "cancellationRequest")
    return OrderLine(
        reference=_short(item, "orderItemId", _LONGEST_WORD) or _missing("orderItemId"),
        sku=_any_text(product, "sellerSku", unread, "SKU", _LONGEST_SKU),
        asin=_any_text(product, "asin", unread, "ASIN", _LONGEST_ASIN),
        title=_any_text(product, "title", unread, "title"),
        ordered=ordered,
        fulfilled=fulfilled,
        unfulfilled=unfulfilled,
        unit_price=_money(_any(product, "price", unread, "price"), "unitPrice", unread, "price"),
        total=_money(_any(item, "proceeds", unread, "total"), "proceedsTotal", unread, "total"),
        cancel_requested=bool(request),
        cancel_reason=_any_text(request, "cancelReason", unread, "cancel reason"),
        facts=stated_needs.line_facts(item, collected=collected),
    )


def _progress(fulfillment: Json, ordered: int, state: OrderState) -> tuple[int, int]:
    """Return how many are sent and how many are not. One tells the other, where Amazon tells only one."""
    fulfilled, unfulfilled = _quantity(fulfillment, "quantityFulfilled"), _quantity(fulfillment, "quantityUnfulfilled")
    if fulfilled is None and unfulfilled is None and state is OrderState.PARTLY_SHIPPED:
        raise Strange("fulfillment doesn't say how many units are still to be shipped.")
    if unfulfilled is None:
        unfulfilled = max(ordered - (fulfilled or 0), 0)
    if fulfilled is None:
        fulfilled = max(ordered - unfulfilled, 0)
    if fulfilled + unfulfilled > ordered:
        raise Strange("quantityFulfilled and quantityUnfulfilled add up to more than quantityOrdered.")
    return fulfilled, unfulfilled


def _recipient(source: Json, unread: list[str]) -> Address | None:
    recipient = source.get("recipient")
    if not recipient:
        return None
    address = _part(_part(source, "recipient"), "deliveryAddress")
    if not address:
        return None
    brazil = _any(address, "extendedFields", unread, "extended address")
    preference = _any(recipient, "deliveryPreference", unread, "delivery preference")
    line1, line2 = _text(address, "addressLine1"), _text(address, "addressLine2")
    if brazil and not line1:
        line1 = ", ".join(filter(None, (_text(brazil, "streetName"), _text(brazil, "streetNumber"))))
        line2 = line2 or _text(brazil, "complement")
    return Address(
        name=_text(address, "name"),
        company=_text(address, "companyName"),
        line1=line1,
        line2=line2,
        line3=_text(address, "addressLine3"),
        city=_text(address, "city") or _text(address, "municipality"),
        district=_text(address, "districtOrCounty") or _text(brazil, "neighborhood"),
        state=_text(address, "stateOrRegion"),
        postal_code=_text(address, "postalCode"),
        country=_text(address, "countryCode"),
        phone=_any_text(address, "phone", unread, "phone"),
        kind=_any_text(address, "addressType", unread, "kind of address").lower(),
        instructions=_instructions(preference, unread) if preference else "",
    )


def _instructions(preference: Json, unread: list[str]) -> str:
    names = ("dropOffLocation", "addressInstruction")
    return "; ".join(filter(None, (_any_text(preference, name, unread, "delivery note") for name in names)))


def _buyer(source: Json, unread: list[str]) -> Buyer | None:
    buyer = _any(source, "buyer", unread, "buyer")
    if not buyer:
        return None
    return Buyer(
        name=_any_text(buyer, "buyerName", unread, "buyer's name"),
        email=_any_text(buyer, "buyerEmail", unread, "buyer's email"),
        company=_any_text(buyer, "buyerCompanyName", unread, "buyer's company"),
        purchase_order=_any_text(buyer, "buyerPurchaseOrderNumber", unread, "purchase order"),
    )


def _deadline(fulfillment: Json, name: str, unread: list[str], called: str) -> datetime | None:
    written = _any(fulfillment, name, unread, called).get("latestDateTime")
    read = moment(written)
    if read is None and written is not None:
        unread.append(called)
    return read


def _of_place(item: Json, name: str, place_id: str) -> Json:
    for part in _objects(_list(item, name), name):
        if part.get("marketplaceId") == place_id:
            return part
    return _NOTHING


# -- reading one field


def _part(source: Json, name: str) -> Json:
    part = source.get(name)
    if type(part) is dict:
        return part
    if part is None:
        return _NOTHING
    raise Strange(f"{name} is not an object.")


def _any(source: Json, name: str, unread: list[str], called: str) -> Json:
    """Return a part that is not needed to ship."""
    part = source.get(name)
    if type(part) is dict:
        return part
    if part is not None:
        unread.append(called)
    return _NOTHING


def _any_text(source: Json, name: str, unread: list[str], called: str, longest: int = 0) -> str:
    """Return a text that is not needed to ship, or whose absence is seen to further on."""
    text = source.get(name)
    if type(text) is str and not (longest and len(text) > longest):
        return storable(text)
    if text is not None:
        unread.append(called)
    return ""


def _list(source: Json, name: str) -> list[Any]:
    part = source.get(name)
    if part is None:
        return []
    if not isinstance(part, list):
        raise Strange(f"{name} is not a list.")
    return part


def _objects(part: list[Any], name: str) -> list[Json]:
    for item in part:
        if not isinstance(item, dict):
            raise Strange(f"{name} contains something that is not an object.")
    return part


def _text(source: Json, name: str) -> str:
    text = source.get(name)
    if type(text) is str:
        return storable(text)
    if text is None:
        return ""
    raise Strange(f"{name} is not text.")


def _short(source: Json, name: str, longest: int) -> str:
    text = _text(source, name)
    if len(text) > longest:
        raise Strange(f"{name} is longer than {longest} characters.")
    return text


def _order_number(source: Json) -> str:
    number = _needed(source, "orderId")
    # As Amazon wrote it: a number that had to be cleaned is not the one Amazon knows the order by.
    if not is_order_number(source["orderId"]):
        raise Strange(
            "orderId is longer than 60 characters, or contains something other than plain letters, digits and signs."
        )
    return number


def _needed(source: Json, name: str) -> str:
    return _text(source, name) or _missing(name)


def _missing(name: str) -> NoReturn:
    raise Strange(f"{name} is missing.")


def _moment(source: Json, name: str) -> datetime | None:
    written = source.get(name)
    if written is None:
        return None
    return moment(written) or _no_moment(name)


def _no_moment(name: str) -> NoReturn:
    raise Strange(f"{name} is not a date and time.")


def _quantity(source: Json, name: str) -> int | None:
    quantity = source.get(name)
    if quantity is None:
        return None
    if type(quantity) is not int:  # True is an int, too
        raise Strange(f"{name} is not a whole number.")
    if not 0 <= quantity <= _MOST:
        raise Strange(f"{name} is {'negative' if quantity < 0 else 'too large'}.")
    return quantity


def _money(source: Json, name: str, unread: list[str], called: str) -> Money | None:
    part = _any(source, name, unread, called)
    if not part:
        return None
    amount, currency = part.get("amount"), part.get("currencyCode")
    # Decimal itself reads more than an amount should be: "1_000", "1E+999999", other scripts' digits.
    # An "ß" of a currency would be two letters in capitals.
    if isinstance(amount, str) and isinstance(currency, str) and currency.isascii() and _AMOUNT.fullmatch(amount):
        try:
            return parse_money(amount, currency)
        except ValueError:
            pass
    unread.append(called)
    return None
