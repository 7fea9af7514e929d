"""What becomes of an order in the warehouse: packed, closed ("Ship and Close"), opened again, canceled."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from simulator.extensiv.new_orders import allocate
from simulator.extensiv.requests import invalid, not_now
from simulator.extensiv.warehouse_world import CANCELED, CLOSED, OPEN, WarehouseWorld, shelf

Order = dict[str, Any]
CLOSING = ("trackingNumber", "billOfLading", "loadNumber", "trailerNumber", "sealNumber", "doorNumber", "pickupDate")


def cancel(world: WarehouseWorld, order: Order, reason: str, now: datetime) -> None:
    """Cancel it while nothing is packed. Canceled again, it stays canceled."""
    if not reason.strip():
        raise invalid("CancelOrder", "Required", "Reason")
    status = order["readOnly"]["status"]
    if status == CANCELED:
        raise not_now("Cancel", "OrderCanceled")
    if status == CLOSED:
        raise not_now("Cancel", "OrderConfirmed")
    if order["readOnly"]["packDoneDate"]:
        raise not_now("Cancel", "InUse", "The order is packed.")
    order["readOnly"]["status"] = CANCELED
    for line in order["orderItems"]:
        world.hold(order, line, 0)
    world.touched(order, now)
    world.note("canceled", now, order_id=order["readOnly"]["orderId"], reason=reason)


def pack(
    world: WarehouseWorld, order: Order, contents: Mapping[int, int] | None, tracking: str, now: datetime
) -> Order:
    """Put units into a package: by line, or everything that no package has yet. Returns the package."""
    if order["readOnly"]["status"] != OPEN:
        raise not_now("Pack", "OrderConfirmed" if order["readOnly"]["isClosed"] else "OrderCanceled")
    units = dict(contents) if contents is not None else unpacked(order)
    package: Order = {
        "packageId": world.next_id(),
        "trackingNumber": tracking,
        "length": 10,
        "width": 8,
        "height": 6,
        "weight": 1.5,
        "ucc128": None,
        "packageContents": [
            {"orderItemId": line, "qty": quantity, "lotNumber": None, "serialNumbers": []}
            for line, quantity in units.items()
            if quantity > 0
        ],
    }
    order["readOnly"]["packages"].append(package)
    order["readOnly"]["packDoneDate"] = world.local(now)
    world.touched(order, now)
    world.note("packed", now, order_id=order["readOnly"]["orderId"], package_id=package["packageId"])
    return package


def unpacked(order: Order) -> dict[int, int]:
    """Return the units of each line that are in no package."""
    left = {line["readOnly"]["orderItemId"]: line["qty"] for line in order["orderItems"]}
    for package in order["readOnly"]["packages"]:
        for content in package["packageContents"]:
            left[content["orderItemId"]] = left.get(content["orderItemId"], 0) - content["qty"]
    return {line: units for line, units in left.items() if units > 0}


def close(world: WarehouseWorld, order: Order, told: Mapping[str, Any], now: datetime) -> None:
    """Ship and close. Everything must be allocated; what was held leaves the shelves."""
    if order["readOnly"]["status"] == CANCELED:
        raise not_now("Confirm", "OrderCanceled")
    if order["readOnly"]["isClosed"]:
        raise not_now("Confirm", "OrderConfirmed")
    if not order["readOnly"]["fullyAllocated"]:
        raise not_now("Confirm", "NotFullyAllocated")
    for name in CLOSING:
        if told.get(name):
            order["routingInfo"][name] = told[name]
    charges: Sequence[Any] = (told.get("billing") or {}).get("billingCharges") or []
    order["billing"]["billingCharges"].extend(charges)
    _take(world, order, -1)
    order["readOnly"] |= {
        "isClosed": True,
        "status": CLOSED,
        "processDate": told.get("confirmDate") or world.local(now),
        "shipDate": told.get("confirmDate") or world.local(now),
    }
    world.touched(order, now)
    world.note("closed", now, order_id=order["readOnly"]["orderId"], reference=order["referenceNum"])


def reopen(world: WarehouseWorld, order: Order, now: datetime) -> None:
    if not order["readOnly"]["isClosed"]:
        raise not_now("Unconfirm", "OrderNotConfirmed")
    _take(world, order, 1)
    order["readOnly"] |= {"isClosed": False, "status": OPEN, "processDate": None, "shipDate": None}
    world.touched(order, now)
    world.note("opened again", now, order_id=order["readOnly"]["orderId"])


def route(world: WarehouseWorld, order: Order, routing: Mapping[str, Any], now: datetime) -> None:
    """Change carrier, service, SCAC or tracking number. Also of a closed order."""
    order["routingInfo"].update(routing)
    world.touched(order, now)


def hold_units(world: WarehouseWorld, order: Order, now: datetime) -> None:
    if order["readOnly"]["status"] != OPEN:
        raise not_now("Allocate", "OrderConfirmed")
    if order["readOnly"]["fullyAllocated"]:
        raise not_now("Allocate", "FullyAllocated")
    allocate(world, order)
    world.touched(order, now)


def _take(world: WarehouseWorld, order: Order, sign: int) -> None:
    customer, facility = order["customerIdentifier"]["id"], order["facilityIdentifier"]["id"]
    for line in order["orderItems"]:
        place = shelf(customer, facility, line["itemIdentifier"]["sku"])
        world.on_hand[place] = world.on_hand.get(place, 0) + sign * line["qty"]
        world.hold(order, line, line["qty"] if sign > 0 else 0)
