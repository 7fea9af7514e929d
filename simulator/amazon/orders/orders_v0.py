"""Orders API v0, the older words for the same orders: getOrders, getOrder, getOrderItems, getOrderAddress."""

import base64
import json
from bisect import bisect_left, bisect_right
from typing import Any

from simulator.amazon.http.wire import Answer, Call, Refusal, json_answer
from simulator.amazon.orders.orders_2026 import Search, own_order, read_marketplaces, read_window, take, upper_bound
from simulator.amazon.world.state import Order, World

STATUSES = {
    "PENDING_AVAILABILITY": "PendingAvailability",
    "PENDING": "Pending",
    "UNSHIPPED": "Unshipped",
    "PARTIALLY_SHIPPED": "PartiallyShipped",
    "SHIPPED": "Shipped",
    "CANCELLED": "Canceled",
    "UNFULFILLABLE": "Unfulfillable",
}
_NEW_STATUSES = {old: new for new, old in STATUSES.items()}
_CHANNELS = {"MFN": "MERCHANT", "AFN": "AMAZON"}
_PARTS = {"ITEM": "ItemPrice", "SHIPPING": "ShippingPrice", "TAX": "ItemTax", "DISCOUNT": "PromotionDiscount"}


def get_orders(world: World, call: Call) -> Answer:
    """GET /orders/v0/orders. A NextToken carries the filters itself."""
    marketplaces = read_marketplaces(world, call, "MarketplaceIds")
    if not marketplaces:
        raise Refusal(400, "InvalidInput", "MarketplaceIds is required.")
    if call.many("AmazonOrderIds"):
        found = [world.orders[one] for one in call.many("AmazonOrderIds")[:50] if one in world.orders]
        return _listed([order for order in found if order.seller_id == call.seller_id], {})
    token = call.one("NextToken")
    search, bound, position = _read_token(token) if token else (_read_search(call, marketplaces), "", None)
    index = (world.by_updated if search.by_updates else world.by_created)[call.seller_id]
    bound = bound or search.before or upper_bound(index, call.now, world.visibility_delay)
    start = bisect_right(index, position) if position else bisect_left(index, (search.after, ""))
    chosen, more = take(world, index, start, bound, search)
    tail = {"LastUpdatedBefore" if search.by_updates else "CreatedBefore": bound}
    if more:
        last = chosen[-1]
        tail["NextToken"] = _token(search, bound, (last.updated if search.by_updates else last.created, last.id))
    return _listed(chosen, tail)


def get_order(world: World, call: Call, order_id: str) -> Answer:
    """GET /orders/v0/orders/{orderId}"""
    return json_answer({"payload": old_order(own_order(world, call, order_id))})


def get_order_items(world: World, call: Call, order_id: str) -> Answer:
    """GET /orders/v0/orders/{orderId}/orderItems"""
    order = own_order(world, call, order_id)
    items = [_item(item) for item in order.document["orderItems"]]
    return json_answer({"payload": {"AmazonOrderId": order.id, "OrderItems": items}})


def get_order_address(world: World, call: Call, order_id: str) -> Answer:
    """GET /orders/v0/orders/{orderId}/address"""
    order = own_order(world, call, order_id)
    payload: dict[str, Any] = {"AmazonOrderId": order.id}
    address = order.document.get("recipient", {}).get("deliveryAddress")
    if address and order.status not in {"PENDING", "PENDING_AVAILABILITY", "CANCELLED"}:
        payload["ShippingAddress"] = _address(address)
    return json_answer({"payload": payload})


def get_order_buyer_info(world: World, call: Call, order_id: str) -> Answer:
    """GET /orders/v0/orders/{orderId}/buyerInfo"""
    order = own_order(world, call, order_id)
    payload = {"AmazonOrderId": order.id}
    if order.status not in {"PENDING", "PENDING_AVAILABILITY"}:
        buyer = order.document.get("buyer", {})
        payload |= {"BuyerName": buyer.get("buyerName", ""), "BuyerEmail": buyer.get("buyerEmail", "")}
    return json_answer({"payload": payload})


def old_order(order: Order) -> dict[str, Any]:
    """The order in the words of v0."""
    document = order.document
    fulfillment = document.get("fulfillment", {})
    shipping, delivery = fulfillment.get("shipByWindow", {}), fulfillment.get("deliverByWindow", {})
    counts = [item.get("fulfillment", {}) for item in document["orderItems"]]
    old: dict[str, Any] = {
        "AmazonOrderId": order.id,
        "PurchaseDate": order.created,
        "LastUpdateDate": order.updated,
        "OrderStatus": STATUSES.get(order.status, order.status),
        "FulfillmentChannel": "AFN" if order.fulfilled_by == "AMAZON" else "MFN",
        "SalesChannel": document["salesChannel"].get("marketplaceName", ""),
        "MarketplaceId": order.marketplace_id,
        "ShipmentServiceLevelCategory": fulfillment.get("fulfillmentServiceLevel", "STANDARD").title().replace("_", ""),
        "OrderType": "StandardOrder",
        "NumberOfItemsShipped": sum(count.get("quantityFulfilled", 0) for count in counts),
        "NumberOfItemsUnshipped": sum(count.get("quantityUnfulfilled", 0) for count in counts),
        "EarliestShipDate": shipping.get("earliestDateTime"),
        "LatestShipDate": shipping.get("latestDateTime"),
        "EarliestDeliveryDate": delivery.get("earliestDateTime"),
        "LatestDeliveryDate": delivery.get("latestDateTime"),
        "IsPrime": "PRIME" in document.get("programs", []),
        "IsBusinessOrder": "AMAZON_BUSINESS" in document.get("programs", []),
    }
    total = document.get("proceeds", {}).get("grandTotal")
    if total and order.status != "PENDING":
        old["OrderTotal"] = _money(total)
    return {key: value for key, value in old.items() if value is not None}


def _read_search(call: Call, marketplaces: frozenset[str]) -> Search:
    by_updates, by_creation = call.one("LastUpdatedAfter"), call.one("CreatedAfter")
    if bool(by_updates) == bool(by_creation):
        raise Refusal(400, "InvalidInput", "Exactly one of CreatedAfter and LastUpdatedAfter must be provided.")
    kind = "LastUpdated" if by_updates else "Created"
    after, before = read_window(call, f"{kind}After", f"{kind}Before")
    size = call.one("MaxResultsPerPage", "100")
    if not size.isdigit() or not 1 <= int(size) <= 100:
        raise Refusal(400, "InvalidInput", "MaxResultsPerPage must be between 1 and 100.")
    statuses = frozenset(_NEW_STATUSES.get(one, one) for one in call.many("OrderStatuses"))
    channels = frozenset(_CHANNELS.get(one, one) for one in call.many("FulfillmentChannels"))
    return Search(bool(by_updates), after, before, marketplaces, statuses, channels, frozenset(), int(size))


def _token(search: Search, bound: str, position: tuple[str, str]) -> str:
    sets = [sorted(one) for one in (search.marketplace_ids, search.statuses, search.fulfilled_by)]
    text = json.dumps([search.by_updates, search.page_size, sets, bound, position])
    return base64.urlsafe_b64encode(text.encode()).decode()


def _read_token(token: str) -> tuple[Search, str, tuple[str, str]]:
    try:
        by_updates, size, sets, bound, (time, order_id) = json.loads(base64.urlsafe_b64decode(token.encode()))
    except (ValueError, TypeError):
        raise Refusal(400, "InvalidInput", "The NextToken is invalid.") from None
    marketplaces, statuses, channels = (frozenset(one) for one in sets)
    return (
        Search(by_updates, "", "", marketplaces, statuses, channels, frozenset(), size),
        bound,
        (time, order_id),
    )


def _listed(orders: list[Order], tail: dict[str, str]) -> Answer:
    return json_answer({"payload": {"Orders": [old_order(order) for order in orders], **tail}})


def _item(item: dict[str, Any]) -> dict[str, Any]:
    product, counts = item["product"], item.get("fulfillment", {})
    old: dict[str, Any] = {
        "ASIN": product.get("asin", ""),
        "SellerSKU": product.get("sellerSku", ""),
        "OrderItemId": item["orderItemId"],
        "Title": product.get("title", ""),
        "QuantityOrdered": item["quantityOrdered"],
        "QuantityShipped": counts.get("quantityFulfilled", 0),
        "ProductInfo": {"NumberOfItems": "1"},
        "IsGift": "true" if counts.get("packing", {}).get("giftOption") else "false",
    }
    for part in item.get("proceeds", {}).get("breakdowns", []):
        if part["type"] in _PARTS:
            old[_PARTS[part["type"]]] = _money(part["subtotal"])
    request = item.get("cancellation", {}).get("cancellationRequest")
    if request:
        reason = request.get("cancelReason", "")
        old["BuyerRequestedCancel"] = {"IsBuyerRequestedCancel": "true", "BuyerCancelReason": reason}
    return old


def _money(money: dict[str, str]) -> dict[str, str]:
    return {"CurrencyCode": money["currencyCode"], "Amount": money["amount"]}


def _address(address: dict[str, str]) -> dict[str, str]:
    lines = ["name", "companyName", "addressLine1", "addressLine2", "addressLine3"]
    names = [*lines, "city", "municipality", "stateOrRegion", "postalCode", "countryCode", "phone"]
    old = {name[0].upper() + name[1:]: address[name] for name in names if address.get(name)}
    kind = "Commercial" if address.get("addressType") == "COMMERCIAL" else "Residential"
    return {**old, "AddressType": kind}
