"""Creating an order, and changing one: what is asked of the document, and what the warehouse adds to it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from simulator.extensiv.requests import invalid
from simulator.extensiv.warehouse_world import CANCELED, OPEN, Credentials, WarehouseWorld

TEXTS = ("referenceNum", "poNum", "externalId", "notes", "shippingNotes", "billingCode", "invoiceNumber")
DATES = ("earliestShipDate", "shipCancelDate")
PARTS = ("routingInfo", "shipTo", "soldTo", "billTo", "fulfillInvInfo", "parcelOption")
ADDRESS_NEEDS = ("address1", "city", "country")
API_CREATED = 7  # warehouseTransactionSourceType


def create(world: WarehouseWorld, holder: Credentials, document: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Put a new order into the warehouse's books and hold units for it. Raises a refusal."""
    customer, facility = _customer(world, holder, document), _facility(world, document)
    reference = str(document.get("referenceNum") or "").strip()
    if not reference:
        raise invalid("Order", "Required", "ReferenceNum")
    if world.refuses_duplicates and same_reference(world, customer, reference):
        raise invalid("Order", "Duplicate", "ReferenceNum", reference)
    order = _written(world, document, customer, facility)
    number = world.next_id()
    order["readOnly"] = {
        "orderId": number,
        "isClosed": False,
        "status": OPEN,
        "fullyAllocated": False,
        "warehouseTransactionSourceType": API_CREATED,
        "creationDate": world.local(now),
        "processDate": None,
        "pickDoneDate": None,
        "packDoneDate": None,
        "pickTicketPrintDate": None,
        "smallParcelShipDate": None,
        "shipDate": None,
        "onHoldDate": None,
        "onHoldReason": None,
        "packages": [],
    }
    world.orders[number] = order
    allocate(world, order)
    world.touched(order, now)
    world.note("order", now, order_id=number, customer=customer, reference=reference)
    return order


def same_reference(world: WarehouseWorld, customer: int, reference: str) -> list[dict[str, Any]]:
    """Return a customer's orders with this reference that are not canceled."""
    return [
        order
        for order in world.orders.values()
        if order["customerIdentifier"]["id"] == customer
        and order["referenceNum"].lower() == reference.lower()
        and order["readOnly"]["status"] != CANCELED
    ]


def replace(world: WarehouseWorld, order: dict[str, Any], document: Mapping[str, Any], now: datetime) -> None:
    """Write an open order anew. What the warehouse added stays; its lines are other lines then."""
    customer, facility = order["customerIdentifier"]["id"], order["facilityIdentifier"]["id"]
    changed = _written(world, {**order, **document}, customer, facility)
    for line in order["orderItems"]:
        world.hold(order, line, 0)
    order.update(changed)
    allocate(world, order)
    world.touched(order, now)
    world.note("order changed", now, order_id=order["readOnly"]["orderId"])


def allocate(world: WarehouseWorld, order: dict[str, Any]) -> None:
    """Hold what is free for its lines."""
    customer, facility = order["customerIdentifier"]["id"], order["facilityIdentifier"]["id"]
    for line in order["orderItems"]:
        world.hold(order, line, 0)
        free = world.free(customer, facility, line["itemIdentifier"]["sku"])
        world.hold(order, line, max(0, min(line["qty"], free)))
        line["readOnly"]["fullyAllocated"] = line["readOnly"]["allocated"] == line["qty"]
    order["readOnly"]["fullyAllocated"] = all(line["readOnly"]["fullyAllocated"] for line in order["orderItems"])


def _written(world: WarehouseWorld, document: Mapping[str, Any], customer: int, facility: int) -> dict[str, Any]:
    address = document.get("shipTo")
    if not isinstance(address, dict):
        raise invalid("Order", "Required", "ShipTo")
    if not (address.get("name") or address.get("companyName")):
        raise invalid("Contact", "Required", "Name")
    for name in ADDRESS_NEEDS:
        if not address.get(name):
            raise invalid("Contact", "Required", name[:1].upper() + name[1:])
    order: dict[str, Any] = {
        "customerIdentifier": {"id": customer, "name": world.customers[customer]["companyInfo"]["companyName"]},
        "facilityIdentifier": {"id": facility, "name": world.facilities[facility]["name"]},
        **{name: str(document.get(name) or "") for name in TEXTS},
        **{name: document.get(name) for name in DATES},
        **{name: dict(document.get(name) or {}) for name in PARTS},
        "savedElements": [
            {"name": str(each.get("name", "")), "value": str(each.get("value", ""))}
            for each in document.get("savedElements") or []
        ],
        "billing": {"billingCharges": list((document.get("billing") or {}).get("billingCharges") or [])},
    }
    order["orderItems"] = _lines(world, document.get("orderItems"), customer)
    return order


def _lines(world: WarehouseWorld, lines: Any, customer: int) -> list[dict[str, Any]]:
    if not isinstance(lines, list) or not lines:
        raise invalid("Order", "Required", "OrderItems")
    return [_line(world, line, customer) for line in lines]


def _line(world: WarehouseWorld, line: Any, customer: int) -> dict[str, Any]:
    identifier = (line.get("itemIdentifier") if isinstance(line, dict) else None) or {}
    known = world.items.get(customer, {})
    number, sku = identifier.get("id"), str(identifier.get("sku") or "")
    if number is not None:  # the id wins over the name
        sku = next((item["sku"] for item in known.values() if item["itemId"] == number), "")
    item = known.get(sku)
    if item is None or item["readOnly"]["deactivated"]:
        raise invalid("OrderItem", "DoesNotExist", "ItemIdentifier.Sku", sku or number)
    quantity = line.get("qty")
    if not isinstance(quantity, int | float) or isinstance(quantity, bool) or quantity <= 0:
        raise invalid("OrderItem", "ValueNotSupported", "Qty", quantity)
    return {
        "itemIdentifier": {"id": item["itemId"], "sku": item["sku"]},
        "qualifier": str(line.get("qualifier") or ""),
        "externalId": str(line.get("externalId") or ""),
        "qty": int(quantity),
        "lotNumber": line.get("lotNumber"),
        "savedElements": list(line.get("savedElements") or []),
        "readOnly": {"orderItemId": world.next_id(), "allocated": 0, "fullyAllocated": False},
    }


def _customer(world: WarehouseWorld, holder: Credentials, document: Mapping[str, Any]) -> int:
    names = {number: each["companyInfo"]["companyName"] for number, each in world.customers.items()}
    customer = _identified(document.get("customerIdentifier"), names, "CustomerIdentifier")
    if customer not in holder.customers:
        raise invalid("Order", "DoesNotExist", "CustomerIdentifier", customer)
    return customer


def _facility(world: WarehouseWorld, document: Mapping[str, Any]) -> int:
    names = {number: each["name"] for number, each in world.facilities.items()}
    return _identified(document.get("facilityIdentifier"), names, "FacilityIdentifier")


def _identified(identifier: Any, names: Mapping[int, str], field: str) -> int:
    """Return the number of what is named by id or by name; the id wins."""
    if not isinstance(identifier, dict) or not identifier:
        raise invalid("Order", "Required", field)
    number = identifier.get("id")
    if number is None:
        wanted = str(identifier.get("name") or "").lower()
        number = next((each for each, name in names.items() if name.lower() == wanted), None)
    if not isinstance(number, int) or number not in names:
        raise invalid("Order", "DoesNotExist", field, identifier.get("id") or identifier.get("name"))
    return number
