"""Between the port's values and 3PL Warehouse Manager's documents. Pure.

``mode`` is the carrier's service there. Tracking stands in three places; which units are in a package only in its
contents. Times are told without a zone, as they are at the warehouse.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from carts.marketplaces.values import Address
from core.common.remote import Unavailable
from shipping.warehouses.base import (
    Delivery,
    DeliveryLine,
    MethodChoice,
    ReportedCharge,
    ReportedLine,
    ReportedPackage,
    ReportedShipment,
    WarehouseItem,
)

CLOSED, CANCELED = 1, 2  # readOnly.status; "closed" is told by isClosed alone
LONGEST_ELEMENT = 250
CLOSED_AT = ("processDate", "shipDate", "smallParcelShipDate")  # the first that is told
ITEM_REL = "http://api.3plCentral.com/rels/orders/item"
Document = Mapping[str, Any]


# -- what it is told
def order_document(delivery: Delivery, *, customer: int, facility: int, zone: ZoneInfo) -> dict[str, Any]:
    """Return an order as it is created there. ``referenceNum`` is ours, and what it is found by again."""
    method = delivery.ship_method
    ship_by = delivery.ship_by.astimezone(zone).replace(tzinfo=None).isoformat() if delivery.ship_by else None
    return {
        "customerIdentifier": {"id": customer},
        "facilityIdentifier": {"id": facility},
        "referenceNum": delivery.reference,
        "poNum": delivery.purchase_order,
        "shipCancelDate": ship_by,
        "notes": " ".join([*delivery.door, *(line.facts.condition_note for line in delivery.lines)]).strip(),
        "billingCode": "Prepaid",
        "routingInfo": {
            "carrier": method.carrier if method else "",
            "mode": method.service if method else delivery.service,
            "scacCode": method.scac if method else "",
        },
        "shipTo": ship_to(delivery.recipient),
        "parcelOption": {"residentialFlag": delivery.recipient.kind == "residential"},
        "fulfillInvInfo": {"fulfillInvGiftMessage": _gift_message(delivery.lines)},
        "orderItems": [
            {
                "itemIdentifier": {"sku": line.product_code},
                "qty": line.quantity,
                "externalId": line.reference,
                "savedElements": [],
            }
            for line in delivery.lines
        ],
        "savedElements": [
            {"name": name, "value": value[:LONGEST_ELEMENT]} for name, value in _saved(delivery, ship_by) if value
        ],
    }


def ship_to(address: Address) -> dict[str, str]:
    second = ", ".join(part for part in (address.line2, address.line3, address.district) if part)
    first = address.line1
    if not first:  # one of three lines is enough for a carrier, and the first is what is asked for there
        first, _, second = second.partition(", ")
    return {
        "companyName": address.company,
        "name": address.name or address.company,
        "address1": first,
        "address2": second,
        "city": address.city,
        "state": address.state,
        "zip": address.postal_code,
        "country": address.country,
        "phoneNumber": address.phone,
    }


def _saved(delivery: Delivery, ship_by: str | None) -> Iterator[tuple[str, str]]:
    """Yield what else the warehouse should know, by names its staff can read."""
    yield "Cart", delivery.source
    yield "Ship by", ship_by or ""
    yield "Service asked for", delivery.service
    yield "Programs", ", ".join(delivery.programs)
    yield "Carrier must", ", ".join(delivery.door)
    yield "Buyer pays the carrier", "yes" if delivery.is_collected else ""
    yield "Gift wrap", ", ".join(dict.fromkeys(line.gift_wrap for line in delivery.lines if line.gift_wrap))
    coded = [line.product_code for line in delivery.lines if line.facts.is_transparency]
    yield "Transparency codes needed", ", ".join(coded)


def _gift_message(lines: Sequence[DeliveryLine]) -> str:
    return "\n".join(dict.fromkeys(line.gift_message for line in lines if line.gift_message))


# -- what it tells
def is_canceled(order: Document) -> bool:
    return _read_only(order).get("status") == CANCELED


def is_shipped(order: Document) -> bool:
    return bool(_read_only(order).get("isClosed")) and not is_canceled(order)


def order_id(order: Document) -> str:
    """Return the warehouse's number of an order. Raises Unavailable where it has none."""
    number = _read_only(order).get("orderId")
    if not isinstance(number, int):
        raise Unavailable("3PL Warehouse Manager’s order has no number.")
    return str(number)


def modified_at(order: Document) -> str:
    return str(_read_only(order).get("lastModifiedDate") or "")


def customer_of(order: Document) -> str:
    return str((order.get("customerIdentifier") or {}).get("id") or "")


def shipment(order: Document, *, zone: ZoneInfo) -> ReportedShipment:
    """Return what was shipped of a closed order. Closed again after it was opened, it is another report."""
    closed = _closed(order)
    return ReportedShipment(
        order_number=str(order.get("referenceNum") or ""),
        reference=f"{order_id(order)}-{closed or 'closed'}"[:80],
        shipped_at=_shipped_at(order, closed, zone),
        packages=_packages(order),
        charges=_charges(order),
        is_last=True,
    )


def _closed(order: Document) -> str:
    """Return when it was closed, in the words of the warehouse; "" where it doesn't say. What changes later is no part
    of it: the report would be another one each time."""
    read_only = _read_only(order)
    return next((str(read_only[name]) for name in CLOSED_AT if read_only.get(name)), "")


def _shipped_at(order: Document, closed: str, zone: ZoneInfo) -> datetime | None:
    if not closed:
        return None
    shipped, created = moment(closed, zone), str(_read_only(order).get("creationDate") or "")
    if shipped.time() == time() and created:  # a day alone: not before the order was there
        return max(shipped, moment(created, zone)) if moment(created, zone).date() == shipped.date() else shipped
    return shipped


def _packages(order: Document) -> list[ReportedPackage]:
    routing = order.get("routingInfo") or {}
    names = {
        "carrier": str(routing.get("carrier") or ""),
        "service": str(routing.get("mode") or ""),
        "scac": str(routing.get("scacCode") or ""),
    }
    lines = {
        item["readOnly"]["orderItemId"]: item
        for item in order_items(order)
        if isinstance(item.get("readOnly"), Mapping) and "orderItemId" in item["readOnly"]
    }
    loose = _loose_numbers(order)
    found = []
    for package in _read_only(order).get("packages") or []:
        contents = [each for each in package.get("packageContents") or [] if each.get("qty")]
        number = str(package.get("trackingNumber") or "").strip() or (loose[0] if loose else "")
        packed = [_packed(each, lines) for each in contents]
        found.append(ReportedPackage(tracking_number=number, lines=packed or None, **names))
    if len(found) > 1 and any(each.lines is None for each in found):
        # Nobody says what is in which box: the first holds everything, as far as anybody can tell.
        found = [ReportedPackage(tracking_number=found[0].tracking_number, lines=None, **names)]
    return found or [ReportedPackage(tracking_number=loose[0] if loose else "", lines=None, **names)]


def _packed(content: Document, lines: Mapping[Any, Document]) -> ReportedLine:
    item = lines.get(content.get("orderItemId")) or {}
    return ReportedLine(
        units=int(content["qty"]),
        reference=str(item.get("externalId") or ""),
        product_code=str((item.get("itemIdentifier") or {}).get("sku") or ""),
    )


def _loose_numbers(order: Document) -> list[str]:
    """Return the tracking numbers that stand beside the packages, each once: of the order, and of its labels."""
    parcel = order.get("parcelResponse") or _read_only(order).get("parcelResponse") or {}
    said = [(order.get("routingInfo") or {}).get("trackingNumber"), *(parcel.get("trackingNumbers") or [])]
    numbers = [str(each).strip() for each in said if each and str(each).strip()]
    packed = {str(each.get("trackingNumber") or "") for each in _read_only(order).get("packages") or []}
    return [number for number in dict.fromkeys(numbers) if number not in packed]


def _charges(order: Document) -> list[ReportedCharge]:
    found = []
    for charge in (order.get("billing") or {}).get("billingCharges") or []:
        try:
            amount = Decimal(str(charge.get("subtotal")))
        except InvalidOperation:
            continue
        if amount > 0:
            label = str(charge.get("description") or charge.get("chargeLabel") or "Warehouse charge")
            found.append(ReportedCharge(label[:60], amount, ""))
    return found


def order_items(order: Document) -> list[Document]:
    embedded = order.get("_embedded")
    items = order.get("orderItems")
    if isinstance(embedded, Mapping):
        items = next((rows for rel, rows in embedded.items() if rel.lower() == ITEM_REL.lower()), items)
    return [each for each in items or [] if isinstance(each, Mapping)]


def ship_methods(carriers: Sequence[Document]) -> list[MethodChoice]:
    """Return a choice for each service of each carrier that is in use."""
    return [
        MethodChoice(
            label=f"{carrier.get('displayName') or carrier.get('name')} {service}"[:80],
            carrier=str(carrier.get("name") or "")[:60],
            scac=str(carrier.get("scacCode") or "")[:10],
            service=service[:60],
        )
        for carrier in carriers
        if carrier.get("name") and not carrier.get("deactivated")
        for each in carrier.get("shipmentServices") or []
        if not each.get("deactivated") and (service := str(each.get("description") or each.get("code") or ""))
    ]


def item(document: Document) -> WarehouseItem:
    code = str(document.get("upc") or "").strip()
    return WarehouseItem(
        product_code=str(document.get("sku") or ""),
        name=str(document.get("description") or ""),
        aliases=[code] if code else [],
        parts=_parts((document.get("kit") or {}).get("components")),
    )


def alias(document: Document) -> tuple[str, Sequence[tuple[str, int]]] | None:
    """Return a name and what it stands for; None where it is out of use, or says nothing."""
    name = str((document.get("aliasIdentifier") or {}).get("name") or "").strip()
    parts = _parts(document.get("details"))
    return (name, parts) if name and parts and document.get("active") else None


def _parts(rows: Any) -> tuple[tuple[str, int], ...]:
    """Return product codes and units; nothing where a row can't be read: half a kit is worse than none."""
    found = []
    for row in rows or []:
        sku, units = str((row.get("itemIdentifier") or {}).get("sku") or ""), row.get("qty", 1)
        if not sku or not isinstance(units, int | float) or units < 1 or units != int(units):
            return ()
        found.append((sku, int(units)))
    return tuple(found)


def _read_only(order: Document) -> Document:
    found = order.get("readOnly")
    return found if isinstance(found, Mapping) else {}


def moment(text: str, zone: ZoneInfo) -> datetime:
    """Return a moment told by the warehouse's clock. Raises Unavailable where it is none."""
    try:
        said = datetime.fromisoformat(text)
    except ValueError:
        raise Unavailable("3PL Warehouse Manager’s date could not be read.") from None
    return said if said.tzinfo else said.replace(tzinfo=zone)
