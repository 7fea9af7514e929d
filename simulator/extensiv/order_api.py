"""The addresses under /orders: what is read, created, changed, and what is done to an order."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from simulator.extensiv import new_orders, order_acts
from simulator.extensiv.lists import RELS, listed, said
from simulator.extensiv.query_language import Row
from simulator.extensiv.requests import ApiAnswer, ApiCall, ExtensivRefusal, bad_query
from simulator.extensiv.warehouse_world import Credentials, WarehouseWorld

DETAILS = frozenset(
    {
        "none", "orderitems", "billingdetails", "savedelements", "packages", "contacts", "proposedbilling",
        "outboundserialnumbers", "smallparcel", "parceloptions", "inserts", "all",
    }
)  # fmt: skip
ROUTING = (
    "carrier", "mode", "scacCode", "account", "shipPointZip", "isCod", "isInsurance", "requiresDeliveryConf",
    "trackingNumber", "loadNumber", "billOfLading", "trailerNumber", "sealNumber", "doorNumber", "pickupDate",
)  # fmt: skip
ITEM_REL, ORDER_REL = f"{RELS}orders/item", f"{RELS}orders/order"
_ONE = re.compile(r"/orders/(?P<number>\d+)(?:/(?P<act>[a-z]+))?$")
Order = dict[str, Any]


def answer(world: WarehouseWorld, holder: Credentials, call: ApiCall, now: datetime) -> ApiAnswer:
    """Answer a request under /orders. Raises a refusal."""
    if call.path == "/orders":
        return _all(world, holder, call, now)
    if call.path == "/orders/summaries" and call.method == "GET":
        ours = [order for order in world.orders.values() if order["customerIdentifier"]["id"] in holder.customers]
        return listed(call, ours, rel="item", default=100, most=1000, shape=lambda order: shaped(call, order, {"none"}))
    if not (found := _ONE.match(call.path)):
        raise ExtensivRefusal(404)
    order = world.orders.get(int(found["number"]))
    if order is None or order["customerIdentifier"]["id"] not in holder.customers:
        raise ExtensivRefusal(404)
    act = found["act"] or ""
    if call.method == "GET":
        return _read(world, call, order, act)
    _match(world, call, order)
    done = ACTS.get((call.method, act))
    if done is None:
        raise ExtensivRefusal(405)
    done(world, order, call.document(), now)
    version = [("ETag", world.etag(order))]
    return ApiAnswer(204, headers=version) if act else said(call, shaped(call, order, {"all"}), headers=version)


def _all(world: WarehouseWorld, holder: Credentials, call: ApiCall, now: datetime) -> ApiAnswer:
    if call.method == "POST":
        order = new_orders.create(world, holder, call.document(), now)
        headers = [("ETag", world.etag(order)), ("Location", f"/orders/{order['readOnly']['orderId']}")]
        return said(call, shaped(call, order, {"all"}), status=201, headers=headers)
    if call.method != "GET":
        raise ExtensivRefusal(405)
    details = _details(call, "none")
    ours = [order for order in world.orders.values() if order["customerIdentifier"]["id"] in holder.customers]
    return listed(call, ours, rel=ORDER_REL, default=100, most=1000, shape=lambda order: shaped(call, order, details))


def _read(world: WarehouseWorld, call: ApiCall, order: Order, act: str) -> ApiAnswer:
    if act == "packages":
        return listed(call, order["readOnly"]["packages"], rel=f"{RELS}orders/package", default=100, most=1000)
    if act:
        raise ExtensivRefusal(404)
    details = _details(call, "all")
    return said(call, shaped(call, order, details), headers=[("ETag", world.etag(order))])


def _details(call: ApiCall, default: str) -> set[str]:
    wanted = {part.strip().lower() for part in call.query.get("detail", default).split(",")}
    if wanted - DETAILS:
        raise bad_query("detail")
    return wanted


def shaped(call: ApiCall, order: Row, details: set[str]) -> dict[str, Any]:
    """Return an order with the parts that were asked for. HAL embeds its lines."""
    everything = "all" in details
    shown = {name: value for name, value in order.items() if name not in ("orderItems", "savedElements", "billing")}
    shown["routingInfo"] = dict.fromkeys(ROUTING) | order["routingInfo"]
    shown["readOnly"] = {name: value for name, value in order["readOnly"].items() if name != "packages"}
    if everything or "packages" in details:
        shown["readOnly"]["packages"] = order["readOnly"]["packages"]
    if everything or "savedelements" in details:
        shown["savedElements"] = order["savedElements"]
    if everything or "billingdetails" in details:
        shown["billing"] = order["billing"]
    if everything or "orderitems" in details:
        if call.speaks_hal:
            shown["_embedded"] = {ITEM_REL: order["orderItems"]}
        else:
            shown["orderItems"] = order["orderItems"]
    return shown


def _match(world: WarehouseWorld, call: ApiCall, order: Order) -> None:
    """Whoever writes says what they saw. The version is opaque, and compared weakly."""
    said_version = call.headers.get("if-match", "")
    if not said_version:
        raise ExtensivRefusal(428)
    if said_version.removeprefix("W/") != world.etag(order).removeprefix("W/"):
        raise ExtensivRefusal(412)


def _replace(world: WarehouseWorld, order: Order, document: Mapping[str, Any], now: datetime) -> None:
    if order["readOnly"]["isClosed"]:
        raise order_acts.not_now("Update", "OrderConfirmed")
    new_orders.replace(world, order, document, now)


def _complete(world: WarehouseWorld, order: Order, document: Mapping[str, Any], now: datetime) -> None:
    raise order_acts.not_now("Complete", "AlreadyCompleted", "Orders made by the API are complete.")


ACTS: Mapping[tuple[str, str], Callable[[WarehouseWorld, Order, Mapping[str, Any], datetime], Any]] = {
    ("PUT", ""): _replace,
    ("POST", "canceler"): lambda world, order, document, now: order_acts.cancel(
        world, order, str(document.get("reason") or ""), now
    ),
    ("POST", "confirmer"): order_acts.close,
    ("POST", "unconfirmer"): lambda world, order, document, now: order_acts.reopen(world, order, now),
    ("POST", "completer"): _complete,
    ("PUT", "allocator"): lambda world, order, document, now: order_acts.hold_units(world, order, now),
    ("PUT", "routing"): order_acts.route,
}
