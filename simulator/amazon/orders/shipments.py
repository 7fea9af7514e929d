"""confirmShipment, and every other way an order comes to be shipped or cancelled."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from simulator.amazon.http.wire import Answer, Call, Refusal, moment, stamp
from simulator.amazon.orders.orders_2026 import own_order
from simulator.amazon.world.state import Order, World

JAPAN = "A1VC38T7YXB528"
FUTURE_ALLOWED = timedelta(days=1)
NO_SUCH_PACKAGE = (
    "Failed to create package due to not finding a matching package or order already fulfilled. PackageToUpdateNotFound"
)


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One package, checked."""

    reference: str
    carrier: str
    carrier_code: str
    method: str
    tracking: str
    shipped_at: datetime
    items: Mapping[str, int]
    codes: Mapping[str, Sequence[str]]
    supply_source: str = ""
    collected: str = ""  # codCollectionMethod


def confirm_shipment(world: World, call: Call, order_id: str) -> Answer:
    """POST /orders/v0/orders/{orderId}/shipmentConfirmation"""
    request = call.document()
    order = own_order(world, call, order_id)
    if request.get("marketplaceId") != order.marketplace_id:
        raise _invalid("marketplaceId is missing or is not the marketplace of the order.")
    package = request.get("packageDetail")
    if not isinstance(package, dict):
        raise _invalid("Invalid request: missing [packageDetail]")
    dispatch = replace(read_package(package), collected=_collected(request, order))
    check(order, dispatch, call.now)
    if not call.silent:
        apply(world, order, dispatch, call.now, "confirmShipment")
    return Answer(204)


def _collected(request: Mapping[str, Any], order: Order) -> str:
    """How the buyer pays the carrier: one word, and in Japan only, says the model of the Orders API v0."""
    said = request.get("codCollectionMethod", "")
    if said and (said != "DirectPayment" or order.marketplace_id != JAPAN):
        raise _invalid("Invalid request: [codCollectionMethod] is not supported here.")
    return str(said)


def read_package(package: Mapping[str, Any]) -> Dispatch:
    """Check the shape of packageDetail."""
    reference = package.get("packageReferenceId")
    if not isinstance(reference, str):
        raise _invalid("Invalid request: invalid type [packageDetail.packageReferenceId]")
    if not (reference.isascii() and reference.isdigit()) or int(reference) < 1:
        raise _invalid("PackageReferenceId must be a positive numeric value.")
    for name in ("carrierCode", "trackingNumber", "shipDate"):
        if not isinstance(package.get(name), str) or not package[name].strip():
            raise _invalid(f"Invalid request: missing or invalid [packageDetail.{name}]")
    code, name = package["carrierCode"], package.get("carrierName") or ""
    if code == "Other" and not name:
        raise _invalid("carrierName is required when carrierCode is Other.")
    try:
        shipped_at = moment(package["shipDate"])
    except ValueError:
        raise _invalid("Invalid request: [packageDetail.shipDate] is not an ISO 8601 date and time.") from None
    items, codes = _read_items(package.get("orderItems"))
    method, tracking = package.get("shippingMethod") or "", package["trackingNumber"]
    carrier, source = name if code == "Other" else code, package.get("shipFromSupplySourceId") or ""
    return Dispatch(reference, carrier, code, method, tracking, shipped_at, items, codes, source)


def check(order: Order, dispatch: Dispatch, now: datetime) -> None:
    """Check a package against its order. The same reference again is an edit of that package."""
    document = order.document
    if order.fulfilled_by == "AMAZON":
        raise _invalid("The order is fulfilled by Amazon.")
    if order.status in {"PENDING", "PENDING_AVAILABILITY", "UNFULFILLABLE", "CANCELLED"}:
        raise _invalid(f"The order cannot be confirmed: its status is {order.status}.")
    if dispatch.shipped_at < moment(order.created).replace(microsecond=0):
        raise _invalid("shipDate must not be before the order was placed.")
    if dispatch.shipped_at > now + FUTURE_ALLOWED:
        raise _invalid("shipDate must not be in the future.")
    ordered = {item["orderItemId"]: item["quantityOrdered"] - canceled_units(item) for item in document["orderItems"]}
    unknown = [item_id for item_id in dispatch.items if item_id not in ordered]
    if unknown:
        raise _invalid(f"Order item {unknown[0]} is not part of the order.")
    known = any(package["packageReferenceId"] == dispatch.reference for package in document.get("packages", []))
    if order.status == "SHIPPED" and not known:
        raise _invalid(NO_SUCH_PACKAGE)
    elsewhere = shipped_quantities(order, apart_from=dispatch.reference)
    for item_id, quantity in dispatch.items.items():
        if quantity > ordered[item_id] - elsewhere.get(item_id, 0):
            raise _invalid(f"The quantity of order item {item_id} is more than what is left to ship.")
    _check_transparency(order, dispatch)


def apply(world: World, order: Order, dispatch: Dispatch, now: datetime, by: str) -> None:
    """The package becomes part of the order, whose status and time move."""
    packages: list[dict[str, Any]] = order.document.setdefault("packages", [])
    before = next((one for one in packages if one["packageReferenceId"] == dispatch.reference), None)
    contents: list[dict[str, Any]] = [
        {"orderItemId": item_id, "quantity": quantity}
        | ({"transparencyCodes": list(dispatch.codes[item_id])} if dispatch.codes.get(item_id) else {})
        for item_id, quantity in dispatch.items.items()
    ]
    package = {
        "packageReferenceId": dispatch.reference,
        "createdTime": before["createdTime"] if before else stamp(now),
        "packageStatus": {"status": "SHIPPED"},
        "carrier": dispatch.carrier,
        "shipTime": stamp(dispatch.shipped_at),
        "packageItems": contents,
    }
    # The model requires neither: a letter that a feed told of has no number.
    package |= {"trackingNumber": dispatch.tracking} if dispatch.tracking else {}
    package |= {"shippingService": dispatch.method} if dispatch.method else {}
    if before:
        packages[packages.index(before)] = package
    else:
        packages.append(package)
    recount(order)
    world.touch(order, now)
    world.journal.effect(
        "confirmation",
        stamp(now),
        seller_id=order.seller_id,
        order_id=order.id,
        packageReferenceId=dispatch.reference,
        carrier=dispatch.carrier,
        carrier_code=dispatch.carrier_code,
        tracking=dispatch.tracking,
        items=dict(dispatch.items),
        supply_source=dispatch.supply_source,
        collected=dispatch.collected,
        edit=before is not None,
        by=by,
    )


def shipped_quantities(order: Order, apart_from: str = "") -> dict[str, int]:
    """Item by item what the packages hold."""
    sums: dict[str, int] = {}
    for package in order.document.get("packages", []):
        if package["packageReferenceId"] != apart_from:
            for item in package["packageItems"]:
                sums[item["orderItemId"]] = sums.get(item["orderItemId"], 0) + item["quantity"]
    return sums


def open_quantities(order: Order, apart_from: str = "") -> dict[str, int]:
    """Item by item what is left to ship, as if the package of that reference were not there."""
    shipped = shipped_quantities(order, apart_from)
    left = {
        item["orderItemId"]: item["quantityOrdered"] - canceled_units(item) - shipped.get(item["orderItemId"], 0)
        for item in order.document["orderItems"]
    }
    return {item_id: quantity for item_id, quantity in left.items() if quantity > 0}


def next_reference(order: Order) -> str:
    """A package number the order does not have yet."""
    taken = [package["packageReferenceId"] for package in order.document.get("packages", [])]
    return str(max((int(each) for each in taken if each.isdigit()), default=0) + 1)


def ship_the_rest(world: World, order: Order, now: datetime, by: str, carrier: str = "UPS", tracking: str = "") -> None:
    """Somebody ships by hand whatever is left."""
    tracking = tracking or f"1Z{world.number('tracking'):016d}"
    dispatch = Dispatch(next_reference(order), carrier, carrier, "", tracking, now, open_quantities(order), {})
    check(order, dispatch, now)
    apply(world, order, dispatch, now, by)


def ship_units(
    world: World,
    order: Order,
    now: datetime,
    by: str,
    units: Mapping[str, int],
    *,
    reference: str = "",
    carrier: str = "UPS",
    tracking: str = "",
) -> None:
    """Another tool, or the seller in Seller Central, ships these units, by SKU: of no SKU all that is left of it all.

    It goes through what confirmShipment goes through: a reference the order has edits that package, whoever told it,
    with contents and tracking number replaced; more units than are open are refused. Without a reference it is a
    package of its own, as Seller Central makes one. An edit that names no units keeps those of the package.
    """
    tracking = tracking or f"1Z{world.number('tracking'):016d}"
    reference = reference or next_reference(order)
    before = [one for one in order.document.get("packages", []) if one["packageReferenceId"] == reference]
    if units:
        items = _by_sku(order, units, open_quantities(order, apart_from=reference))
    elif before:
        items = {item["orderItemId"]: item["quantity"] for item in before[0]["packageItems"]}
    else:
        items = open_quantities(order)
    if not items:
        raise _invalid(NO_SUCH_PACKAGE)
    dispatch = Dispatch(reference, carrier, carrier, "", tracking, now, items, {})
    check(order, dispatch, now)
    apply(world, order, dispatch, now, by)


def _by_sku(order: Order, units: Mapping[str, int], left: Mapping[str, int]) -> dict[str, int]:
    """Item by item what units of SKUs are: a SKU on several lines is taken from one after the other."""
    items: dict[str, int] = {}
    for sku, wanted in units.items():
        ids = [item["orderItemId"] for item in order.document["orderItems"] if item["product"]["sellerSku"] == sku]
        if not ids:
            raise _invalid(f"{sku} is not part of the order.")
        for item_id in ids[:-1]:
            items[item_id] = min(wanted, left.get(item_id, 0))
            wanted -= items[item_id]
        items[ids[-1]] = wanted
    return {item_id: quantity for item_id, quantity in items.items() if quantity}


def request_cancel(world: World, order: Order, now: datetime, reason: str = "", skus: Collection[str] = ()) -> None:
    """The buyer asks to cancel all of it, or the lines of these SKUs, as the model has the wish stand at each item.

    The order stays what it is until the seller cancels or ships.
    """
    if order.status != "UNSHIPPED":
        raise _invalid(f"A buyer cannot ask to cancel an order that is {order.status}.")
    items = order.document["orderItems"]
    wanted = [item for item in items if not skus or item["product"]["sellerSku"] in skus]
    if not wanted:
        raise _invalid("None of these SKUs is part of the order.")
    for item in wanted:
        asked = {"requester": "BUYER", "cancelReason": reason or "BUYER_CHANGED_MIND"}
        item.setdefault("cancellation", {})["cancellationRequest"] = asked
    world.touch(order, now)
    world.journal.effect("cancel_request", stamp(now), seller_id=order.seller_id, order_id=order.id)


def withdraw_request(world: World, order: Order, now: datetime) -> None:
    """The buyer wants it after all: the wish stands at no item any more."""
    for item in order.document["orderItems"]:
        item.get("cancellation", {}).pop("cancellationRequest", None)
    world.touch(order, now)


def set_status(world: World, order: Order, now: datetime, status: str) -> None:
    """Amazon says otherwise of an order nothing was shipped of: pending again, unfulfillable, a word nobody knows."""
    if order.status in {"SHIPPED", "PARTIALLY_SHIPPED", "CANCELLED"} or not status:
        raise _invalid(f"The order stays what it is: {order.status}.")
    order.document["fulfillment"]["fulfillmentStatus"] = status
    world.touch(order, now)


def take_over(world: World, order: Order, now: datetime) -> None:
    """Amazon ships it from its own stock: no search for merchants' orders brings it any more."""
    if order.status in {"SHIPPED", "CANCELLED"}:
        raise _invalid(f"The order stays what it is: {order.status}.")
    order.document["fulfillment"]["fulfilledBy"] = "AMAZON"
    world.touch(order, now)


def cancel(world: World, order: Order, now: datetime, cancelled_by: str = "MERCHANT", reason: str = "") -> None:
    """The order is cancelled for good."""
    if order.status in {"SHIPPED", "PARTIALLY_SHIPPED", "CANCELLED"}:
        raise _invalid(f"The order cannot be cancelled: its status is {order.status}.")
    for item in order.document["orderItems"]:
        done = {"cancelledBy": cancelled_by, "cancelReason": reason or "NO_INVENTORY"}
        item.setdefault("cancellation", {})["cancellationExecution"] = done
        item.setdefault("fulfillment", {})["quantityUnfulfilled"] = 0
    order.document.setdefault("fulfillment", {})["fulfillmentStatus"] = "CANCELLED"
    world.touch(order, now)
    world.journal.effect(
        "cancellation",
        stamp(now),
        seller_id=order.seller_id,
        order_id=order.id,
        cancelled_by=cancelled_by,
        reason=reason,
    )


def canceled_units(item: Mapping[str, Any]) -> int:
    """How many units of an item are neither shipped nor to be shipped."""
    counted = item.get("fulfillment", {})
    ordered: int = item["quantityOrdered"]
    return max(0, ordered - counted.get("quantityFulfilled", 0) - counted.get("quantityUnfulfilled", ordered))


def cancel_units(world: World, order: Order, now: datetime, units: Mapping[str, int], cancelled_by: str) -> None:
    """Some units, by SKU, are cancelled; the rest of the order lives on."""
    if order.status not in {"UNSHIPPED", "PARTIALLY_SHIPPED"}:
        raise _invalid(f"No units can be cancelled: the order's status is {order.status}.")
    left = open_quantities(order)
    for item in order.document["orderItems"]:
        number = units.get(item["product"]["sellerSku"], 0)
        if number > left.get(item["orderItemId"], 0):
            raise _invalid("More units than are left to ship cannot be cancelled.")
        if number:
            counted = item.setdefault("fulfillment", {})
            counted["quantityUnfulfilled"] = counted.get("quantityUnfulfilled", item["quantityOrdered"]) - number
            done = {"cancelledBy": cancelled_by, "cancelReason": "NO_INVENTORY"}
            item.setdefault("cancellation", {})["cancellationExecution"] = done
    if not open_quantities(order):
        order.document["fulfillment"]["fulfillmentStatus"] = "SHIPPED" if shipped_quantities(order) else "CANCELLED"
    world.touch(order, now)
    world.journal.effect("cancellation", stamp(now), seller_id=order.seller_id, order_id=order.id, units=dict(units))


def make_ready(world: World, order: Order, now: datetime) -> None:
    """The payment of a pending order is through."""
    if order.status not in {"PENDING", "PENDING_AVAILABILITY"}:
        raise _invalid(f"The order is {order.status}, not pending.")
    order.document["fulfillment"]["fulfillmentStatus"] = "UNSHIPPED"
    world.touch(order, now)


def _read_items(items: object) -> tuple[dict[str, int], dict[str, list[str]]]:
    if not isinstance(items, list) or not items:
        raise _invalid("Invalid request: missing [packageDetail.orderItems]")
    quantities: dict[str, int] = {}
    codes: dict[str, list[str]] = {}
    for item in items:
        quantity = item.get("quantity") if isinstance(item, dict) else None
        if not isinstance(quantity, int) or isinstance(quantity, bool) or quantity < 1:
            raise _invalid("Invalid request: invalid [packageDetail.orderItems.quantity]")
        if not isinstance(item.get("orderItemId"), str):
            raise _invalid("Invalid request: invalid type [packageDetail.orderItems.orderItemId]")
        quantities[item["orderItemId"]] = quantities.get(item["orderItemId"], 0) + quantity
        codes.setdefault(item["orderItemId"], []).extend(item.get("transparencyCodes") or [])
    return quantities, codes


def _check_transparency(order: Order, dispatch: Dispatch) -> None:
    for item in order.document["orderItems"]:
        quantity = dispatch.items.get(item["orderItemId"], 0)
        given = len(dispatch.codes.get(item["orderItemId"], []))
        if quantity and "TRANSPARENCY" in item.get("programs", []) and given != quantity:
            raise _invalid(f"Order item {item['orderItemId']} needs one transparency code for each unit.")


def drop_package(world: World, order: Order, now: datetime, reference: str) -> None:
    """A package is gone, as if nobody had told of it: its units are open again."""
    packages = order.document.get("packages", [])
    left = [one for one in packages if one["packageReferenceId"] != reference]
    if len(left) == len(packages):
        raise _invalid(f"The order has no package {reference}.")
    order.document["packages"] = left
    recount(order)
    world.touch(order, now)


def recount(order: Order) -> None:
    """Quantities and status follow from the packages."""
    shipped = shipped_quantities(order)
    for item in order.document["orderItems"]:
        done = shipped.get(item["orderItemId"], 0)
        left = item["quantityOrdered"] - canceled_units(item) - done
        item.setdefault("fulfillment", {}).update({"quantityFulfilled": done, "quantityUnfulfilled": left})
    status = "SHIPPED" if not open_quantities(order) else "PARTIALLY_SHIPPED" if shipped else "UNSHIPPED"
    order.document.setdefault("fulfillment", {})["fulfillmentStatus"] = status


def _invalid(message: str) -> Refusal:
    return Refusal(400, "InvalidInput", message)
