"""What Amazon's documents say about handling an order: gifts, programs, the door, customs, appointments. Pure.

Nothing in here keeps an order from being shipped, so nothing of it is refused: what cannot be read is empty.
Every field of Amazon's model, and what becomes of it, stands in docs/amazon.md.
"""

from collections.abc import Sequence
from typing import Any

from carts.marketplaces.amazon.wire_values import Json, part, parts, text, time, words
from carts.marketplaces.order_needs import (
    AGE,
    CASH,
    IDENTITY,
    NO_FACTS,
    NOTHING_ASKED,
    PALLET,
    SIGNATURE,
    LineFacts,
    LineHandling,
    OrderHandling,
    RelatedOrder,
    TaxNumber,
)

_CONSTRAINTS = {
    "palletDelivery": PALLET,
    "cashOnDelivery": CASH,
    "signatureConfirmation": SIGNATURE,
    "recipientIdentityVerification": IDENTITY,
    "recipientAgeVerification": AGE,
}
_COLLECTED = ("cash on delivery", "cashondelivery", "cod")  # payment methods, in small letters


def programs(source: Json) -> Sequence[str]:
    """Return the programs of an order and of its items, as Amazon wrote them, each once."""
    found = words(source, "programs")
    items = source.get("orderItems")
    for item in items if type(items) is list else ():
        if type(item) is dict and item.get("programs"):
            found += words(item, "programs")
    return tuple(dict.fromkeys(found)) if found else ()


# -- Of a line -------------------------------------------------------------------------------------------------------
def line_facts(item: Json, *, collected: bool) -> LineFacts:
    """Return what a line's goods and rules ask for. ``collected``: the buyer pays the carrier."""
    fulfillment, product = part(item, "fulfillment"), part(item, "product")
    said: dict[str, Any] = {}
    if item.get("programs"):
        said["programs"] = words(item, "programs")
    if condition := product.get("condition"):
        said |= _condition(condition)
    if packing := fulfillment.get("packing"):
        said |= _serial_numbers(packing)
    if shipping := fulfillment.get("shipping"):
        said |= _shipping(shipping)
    if collected:
        said["constraints"] = tuple(dict.fromkeys((*said.get("constraints", ()), CASH)))
    if item.get("tax"):
        said |= _tax(part(item, "tax"))
    if item.get("measurement"):
        said["measure"] = _measure(part(item, "measurement"))
    if item.get("associatedOrderItems"):
        said["services"] = tuple(_service(each) for each in parts(item, "associatedOrderItems"))
    if fulfillment.get("picking"):
        preference = part(part(fulfillment, "picking"), "substitutionPreference")
        others = (text(each, "sellerSku") or text(each, "asin") for each in parts(preference, "substitutionOptions"))
        named = ", ".join(filter(None, others))
        said["substitution"] = ": ".join(filter(None, (text(preference, "substitutionType"), named)))
    return LineFacts(**said) if said else NO_FACTS


def _condition(condition: object) -> dict[str, str]:
    """New is what everything is: only what is not is worth a word."""
    if type(condition) is not dict:
        return {}
    kind, more = text(condition, "conditionType"), text(condition, "conditionSubtype")
    said = {}
    if (kind or "NEW") != "NEW" or more not in ("", "NEW"):
        said["condition"] = "/".join(filter(None, (kind, more)))
    if note := text(condition, "conditionNote"):
        said["condition_note"] = note
    return said


def _serial_numbers(packing: object) -> dict[str, bool]:
    if type(packing) is not dict or not packing.get("serialNumberRequirement"):
        return {}
    return {"serial_numbers": text(part(packing, "serialNumberRequirement"), "requirementType") == "REQUIRED"}


def _shipping(shipping: object) -> dict[str, Any]:
    if type(shipping) is not dict:
        return {}
    window, constraints = part(shipping, "scheduledDeliveryWindow"), part(shipping, "shippingConstraints")
    # Amazon's examples write a constraint as a word and, elsewhere, as an object: that it is there is what counts.
    asked = tuple(_CONSTRAINTS.get(name, name) for name, value in constraints.items() if value)
    return {
        "constraints": asked,
        "ioss_number": text(part(shipping, "internationalShipping"), "iossNumber"),
        "deliver_from": time(window, "earliestDateTime"),
        "deliver_until": time(window, "latestDateTime"),
    }


def _tax(tax: Json) -> dict[str, str]:
    schemes = (text(each, "reportingScheme") for each in parts(tax, "taxCalculationBreakdowns"))
    collectors = (
        text(each, "responsibleParty") or text(each, "model").replace("_", " ").capitalize()
        for each in parts(tax, "taxCollections")
    )
    return {"tax_scheme": next(filter(None, schemes), ""), "tax_collected_by": next(filter(None, collectors), "")}


def _measure(measurement: Json) -> str:
    value, unit = measurement.get("value"), text(measurement, "unit")
    if isinstance(value, bool) or not isinstance(value, (int, float)) or unit == "COUNT":
        return ""
    return f"{value:g} {unit.replace('_', ' ').lower()}".strip()


def _service(item: Json) -> str:
    kind = text(item, "associationType").replace("_", " ").lower()
    return " ".join(filter(None, (kind, text(item, "orderId"), text(item, "orderItemId"))))


def line_handling(item: Json) -> LineHandling | None:
    """Return what the buyer wants of a line, None for nothing."""
    gift = part(part(part(item, "fulfillment"), "packing"), "giftOption")
    custom = part(part(item, "product"), "customization")
    request = part(part(item, "cancellation"), "cancellationRequest")
    if not gift and not custom and not request:
        return None
    asked = LineHandling(
        text(gift, "giftMessage"),
        text(gift, "giftWrapLevel"),
        text(custom, "customizedUrl"),
        text(request, "cancelReason"),
    )
    return asked if asked != NOTHING_ASKED else None


# -- Of an order -----------------------------------------------------------------------------------------------------
def is_collected(source: Json) -> bool:
    """Whether the buyer pays the carrier."""
    return bool(source.get("payment")) and any(method.lower() in _COLLECTED for method in _payment(source))


def order_handling(source: Json) -> OrderHandling:
    fulfillment, recipient = part(source, "fulfillment"), part(source, "recipient")
    said: dict[str, Any] = {
        "ship_from": time(part(fulfillment, "shipByWindow"), "earliestDateTime"),
        "deliver_from": time(part(fulfillment, "deliverByWindow"), "earliestDateTime"),
        "lines": _lines(source),
    }
    if fulfillment.get("labelPrintingWindow"):
        said["label_from"] = time(part(fulfillment, "labelPrintingWindow"), "earliestDateTime")
    if preference := part(recipient, "deliveryPreference"):
        said["hours"] = _hours(part(preference, "deliveryTime"))
        said["capabilities"] = words(preference, "deliveryCapabilities")
    if tax := part(source, "tax"):
        said["tax_numbers"] = tuple(_tax_number(each) for each in parts(tax, "taxRegistrations"))
        said["invoice"] = text(part(tax, "taxInvoicing"), "buyerInvoicePreference")
    if source.get("payment"):
        said["payment"] = _payment(source)
    if source.get("associatedOrders"):
        said["related"] = tuple(
            RelatedOrder(text(each, "associationType"), text(each, "orderId"))
            for each in parts(source, "associatedOrders")
            if text(each, "orderId")
        )
    if source.get("orderAliases"):
        said["seller_number"] = next(
            filter(None, (text(each, "aliasId") for each in parts(source, "orderAliases"))), ""
        )
    return OrderHandling(**said)


def _lines(source: Json) -> dict[str, LineHandling]:
    lines = ((text(item, "orderItemId"), line_handling(item)) for item in parts(source, "orderItems"))
    return {reference: asked for reference, asked in lines if asked is not None}


def _payment(source: Json) -> tuple[str, ...]:
    executions = parts(part(source, "payment"), "paymentExecutions")
    return tuple(dict.fromkeys(filter(None, (text(each, "paymentMethod") for each in executions))))


def _tax_number(registration: Json) -> TaxNumber:
    names = ("entityType", "taxRegistrationType", "taxRegistrationNumber", "legalName")
    return TaxNumber(*(text(registration, name) for name in names))


def _hours(delivery_time: Json) -> tuple[str, ...]:
    """Return “MON 09:00–17:00” a day, and the days that are otherwise."""
    days = [(text(day, "dayOfWeek"), day) for day in parts(delivery_time, "businessHours")]
    for day in parts(delivery_time, "exceptionDates"):
        days.append((f"{text(day, 'exceptionDate')[:10]} {text(day, 'exceptionDateType').lower()}".strip(), day))
    return tuple(" ".join(filter(None, (named, _windows(day)))) for named, day in days if named)


def _windows(day: Json) -> str:
    return ", ".join(
        f"{_clock(part(window, 'startTime'))}–{_clock(part(window, 'endTime'))}" for window in parts(day, "timeWindows")
    )


def _clock(time_of_day: Json) -> str:
    hour, minute = time_of_day.get("hour"), time_of_day.get("minute") or 0
    return f"{hour:02}:{minute:02}" if type(hour) is int and type(minute) is int else "?"
