"""Orders API 2026-01-01: searchOrders and getOrder."""

import base64
import hashlib
import json
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from simulator.amazon.http.wire import Answer, Call, Refusal, moment, stamp
from simulator.amazon.world.state import Order, World
from simulator.amazon.world.stores import PLACES

INCLUDABLE = frozenset(
    [
        "BUYER",
        "RECIPIENT",
        "PROCEEDS",
        "EXPENSE",
        "PROMOTION",
        "CANCELLATION",
        "FULFILLMENT",
        "PACKAGES",
        "TAX",
        "PAYMENT",
        "FULFILLMENT_ORDERS",
    ]
)
STATUSES = frozenset(
    ["PENDING_AVAILABILITY", "PENDING", "UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED", "CANCELLED", "UNFULFILLABLE"]
)
TOKEN_LIFE = timedelta(hours=24)
BEFORE_AT_LEAST = timedelta(minutes=2)

# field of the document: the dataset that brings it
_ORDER_FIELDS = {
    "buyer": "BUYER",
    "recipient": "RECIPIENT",
    "proceeds": "PROCEEDS",
    "payment": "PAYMENT",
    "tax": "TAX",
    "fulfillment": "FULFILLMENT",
    "packages": "PACKAGES",
    "fulfillmentOrders": "FULFILLMENT_ORDERS",
}
_ITEM_FIELDS = {
    "proceeds": "PROCEEDS",
    "expense": "EXPENSE",
    "promotion": "PROMOTION",
    "cancellation": "CANCELLATION",
    "fulfillment": "FULFILLMENT",
    "tax": "TAX",
}
_PERSONAL = ("name", "companyName", "addressLine1", "addressLine2", "addressLine3", "phone", "extendedFields")


@dataclass(frozen=True, slots=True)
class Search:
    """What a searchOrders request asks for."""

    by_updates: bool
    after: str
    before: str
    marketplace_ids: frozenset[str]
    statuses: frozenset[str]
    fulfilled_by: frozenset[str]
    included: frozenset[str]
    page_size: int

    @property
    def digest(self) -> str:
        """Stands for the filters: a token is good only with the filters it was made for."""
        parts = [sorted(part) if isinstance(part, frozenset) else part for part in self._parts()]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]

    def _parts(self) -> list[Any]:
        sets = [self.marketplace_ids, self.statuses, self.fulfilled_by, self.included]
        return [self.by_updates, self.after, self.before, self.page_size, *sets]

    def matches(self, order: Order) -> bool:
        """Do the filters let the order through?"""
        return (
            (not self.marketplace_ids or order.marketplace_id in self.marketplace_ids)
            and (not self.statuses or order.status in self.statuses)
            and (not self.fulfilled_by or order.fulfilled_by in self.fulfilled_by)
        )


def search_orders(world: World, call: Call) -> Answer:
    """GET /orders/2026-01-01/orders"""
    search = read_search(world, call)
    index = (world.by_updated if search.by_updates else world.by_created)[call.seller_id]
    token = call.one("paginationToken")
    if token:
        position, bound = _read_token(token, search, call.now)
        start = bisect_right(index, position)
    else:
        bound = search.before or upper_bound(index, call.now, world.visibility_delay)
        start = bisect_left(index, (search.after, ""))
    chosen, more = take(world, index, start, bound, search)
    tail: dict[str, Any] = {"lastUpdatedBefore" if search.by_updates else "createdBefore": bound}
    if more:
        tail["pagination"] = {"nextToken": _token(chosen[-1], search, bound, call.now)}
    body = b",".join(render(order, search.included) for order in chosen)
    return Answer(200, b'{"orders":[' + body + b"]," + json.dumps(tail).encode()[1:])


def get_order(world: World, call: Call, order_id: str) -> Answer:
    """GET /orders/2026-01-01/orders/{orderId}"""
    included = _choices(call, "includedData", INCLUDABLE)
    return Answer(200, b'{"order":' + render(own_order(world, call, order_id), included) + b"}")


def own_order(world: World, call: Call, order_id: str) -> Order:
    """The caller's order. Those of others do not exist."""
    order = world.orders.get(order_id)
    if order is None or order.seller_id != call.seller_id:
        raise Refusal(404, "NotFound", f"Order {order_id} was not found.")
    return order


def upper_bound(index: list[tuple[str, str]], now: datetime, delay: timedelta) -> str:
    """The end of an open window: now. Several changes within one tick of a test's clock lie a little after it."""
    if delay or not index:
        return stamp(now - delay)
    return max(stamp(now), min(index[-1][0], stamp(now + timedelta(seconds=1))))


def take(
    world: World, index: list[tuple[str, str]], start: int, bound: str, search: Search
) -> tuple[list[Order], bool]:
    """One page from an index, and whether there is more."""
    chosen: list[Order] = []
    for n in range(start, len(index)):
        time, order_id = index[n]
        if time > bound:
            break
        order = world.orders[order_id]
        if search.matches(order):
            if len(chosen) == search.page_size:
                return chosen, True
            chosen.append(order)
    return chosen, False


def read_search(world: World, call: Call) -> Search:
    """Check and read the parameters."""
    by_updates, by_creation = call.one("lastUpdatedAfter"), call.one("createdAfter")
    if bool(by_updates) == bool(by_creation):
        raise _invalid("Exactly one of createdAfter and lastUpdatedAfter must be provided.")
    kind, other = ("lastUpdated", "created") if by_updates else ("created", "lastUpdated")
    if call.one(f"{other}Before"):
        raise _invalid(f"{other}Before cannot be used together with {kind}After.")
    after, before = read_window(call, f"{kind}After", f"{kind}Before")
    size = call.one("maxResultsPerPage", "100")
    if not size.isdigit() or not 1 <= int(size) <= 100:
        raise _invalid("maxResultsPerPage must be between 1 and 100.")
    return Search(
        by_updates=bool(by_updates),
        after=after,
        before=before,
        marketplace_ids=read_marketplaces(world, call, "marketplaceIds"),
        statuses=_choices(call, "fulfillmentStatuses", STATUSES),
        fulfilled_by=_choices(call, "fulfilledBy", frozenset({"MERCHANT", "AMAZON"})),
        included=_choices(call, "includedData", INCLUDABLE),
        page_size=int(size),
    )


def read_window(call: Call, after_name: str, before_name: str) -> tuple[str, str]:
    """Both ends of a window; the upper end must lie two minutes back."""
    after, before = _moment(call, after_name), _moment(call, before_name)
    if after and before and before < after:
        raise _invalid(f"{before_name} must be equal to or after {after_name}.")
    if before and before > call.now - BEFORE_AT_LEAST:
        raise _invalid(f"{before_name} must be at least two minutes before the time of the request.")
    return (stamp(after) if after else "", stamp(before) if before else "")


def read_marketplaces(world: World, call: Call, name: str) -> frozenset[str]:
    """Marketplaces of the seller's region, at most fifty."""
    asked = frozenset(call.many(name))
    region = world.sellers[call.seller_id].region
    if len(asked) > 50 or any(one not in PLACES or PLACES[one].region != region for one in asked):
        raise _invalid(f"{name} holds an unknown marketplace, or one of another region.")
    return asked


def render(order: Order, included: frozenset[str]) -> bytes:
    """The part of an order that was asked for, as JSON; kept until the order changes."""
    if included not in order.rendered:
        document = visible(order.document, included)
        order.rendered[included] = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
    return order.rendered[included]


def visible(document: dict[str, Any], included: frozenset[str]) -> dict[str, Any]:
    """The document with the datasets asked for; a pending order tells nothing of its buyer."""
    shown = {key: value for key, value in document.items() if _ORDER_FIELDS.get(key, "") in {"", *included}}
    shown["orderItems"] = [
        {key: value for key, value in item.items() if _ITEM_FIELDS.get(key, "") in {"", *included}}
        for item in document.get("orderItems", [])
    ]
    fulfillment = document.get("fulfillment", {})
    if fulfillment.get("fulfillmentStatus") in {"PENDING", "PENDING_AVAILABILITY"}:
        shown.pop("recipient", None)
        shown.pop("buyer", None)
    elif fulfillment.get("fulfilledBy") == "AMAZON" and "recipient" in shown:
        address = shown["recipient"].get("deliveryAddress", {})
        shown["recipient"] = {"deliveryAddress": {key: address[key] for key in address if key not in _PERSONAL}}
    return shown


def _choices(call: Call, name: str, allowed: frozenset[str]) -> frozenset[str]:
    asked = frozenset(call.many(name))
    if asked - allowed:
        raise _invalid(f"Invalid value for {name}: {', '.join(sorted(asked - allowed))}.")
    return asked


def _moment(call: Call, name: str) -> datetime | None:
    text = call.one(name)
    if not text:
        return None
    try:
        return moment(text)
    except ValueError:
        raise _invalid(f"{name} is not a valid ISO 8601 date and time.") from None


def _token(last: Order, search: Search, bound: str, now: datetime) -> str:
    position = (last.updated if search.by_updates else last.created, last.id)
    text = json.dumps([search.digest, *position, bound, now.timestamp()])
    return base64.urlsafe_b64encode(text.encode()).decode()


def _read_token(token: str, search: Search, now: datetime) -> tuple[tuple[str, str], str]:
    try:
        digest, time, order_id, bound, issued = json.loads(base64.urlsafe_b64decode(token.encode()))
    except (ValueError, TypeError):
        raise _invalid("The paginationToken is invalid.") from None
    if digest != search.digest:
        raise _invalid("The paginationToken must be used with the same filters as the original request.")
    if now.timestamp() - float(issued) > TOKEN_LIFE.total_seconds():
        raise _invalid("The paginationToken has expired.")
    return (time, order_id), bound


def _invalid(message: str) -> Refusal:
    return Refusal(400, "InvalidInput", message)
