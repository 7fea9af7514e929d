"""The control page and its JSON twin: place orders, let buyers cancel, revoke grants, set faults.

Every address takes a JSON object (answered with JSON) or an HTML form (answered with a redirect to the page).
"""

import json
from collections.abc import Callable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from . import pages
from .faults import KINDS
from .places import PLACES, of_region
from .placing import SERVICE_LEVELS
from .quotas import PUBLISHED
from .state import Seller
from .wire import Answer, Call, Refusal, html_answer, json_answer, moment, redirect

if TYPE_CHECKING:
    from .simulator import Simulator

ORDERS_SHOWN = 25
_OPEN = {"PENDING", "UNSHIPPED", "PARTIALLY_SHIPPED"}
_WISHES = frozenset(
    {"seller_id", "marketplace_id", "lines", "service_level", "prime", "business", "currency", "status"}
    | {"fulfilled_by", "address", "order_id", "overrides"}
)


def answer(sim: "Simulator", call: Call) -> Answer:
    """Everything under /_control."""
    path = call.path.removeprefix("/_control").rstrip("/")
    if call.method == "GET":
        return _shown(sim, call, path)
    if call.method != "POST":
        raise Refusal(405, "MethodNotAllowed", "Use GET or POST.")
    is_json = "json" in call.headers.get("content-type", "")
    asked: dict[str, Any] = call.document() if is_json else dict(call.form())
    done = _done(sim, path, asked)
    if is_json:
        return json_answer(done)
    return redirect("/_control", {"said": ", ".join(f"{key}: {value}" for key, value in done.items())}, 303)


def _shown(sim: "Simulator", call: Call, path: str) -> Answer:
    if path == "":
        return html_answer(_page(sim, call.one("said")))
    if path == "/sellers":
        return json_answer({"sellers": [_seller_row(sim, seller) for seller in sim.sellers]})
    if path == "/orders":
        return json_answer({"orders": sim.orders(call.one("seller_id"), call.one("status"))})
    if path.startswith("/orders/"):
        return json_answer(sim.order(path.removeprefix("/orders/")))
    raise Refusal(404, "NotFound", "There is nothing here.")


def _done(sim: "Simulator", path: str, asked: dict[str, Any]) -> dict[str, Any]:
    if path.startswith("/orders/") and path.count("/") == 3:
        _, _, order_id, act = path.split("/")
        return _done_to_order(sim, order_id, act, asked)
    acts: dict[str, Callable[[], dict[str, Any]]] = {
        "/orders": lambda: {"order_id": sim.place_order(**_wish(sim, asked))},
        "/orders/bulk": lambda: _bulk(sim, asked),
        "/faults": lambda: _fault(sim, asked),
        "/faults/clear": lambda: _cleared(sim),
        "/revoke": lambda: _revoked(sim, asked),
        "/grants": lambda: {"refresh_token": sim.grant(_seller(sim, asked).id)},
        "/suspend": lambda: _suspended(sim, asked),
        "/reset": lambda: _reset(sim),
    }
    if path not in acts:
        raise Refusal(404, "NotFound", "There is nothing here.")
    return acts[path]()


def _done_to_order(sim: "Simulator", order_id: str, act: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    match act:
        case "cancel-request":
            sim.request_cancel(order_id, str(asked.get("reason") or ""))
        case "cancel":
            by = str(asked.get("cancelled_by") or "BUYER")
            sim.cancel(order_id, by, str(asked.get("reason") or "BUYER_CANCELLED"))
        case "ship":
            sim.ship(order_id, str(asked.get("carrier") or "UPS"), str(asked.get("tracking") or ""))
        case "ready":
            sim.make_ready(order_id)
        case _:
            raise Refusal(404, "NotFound", f"An order knows no {act}.")
    return {"order_id": order_id, "status": sim.order(order_id)["fulfillment"]["fulfillmentStatus"]}


def _wish(sim: "Simulator", asked: Mapping[str, Any]) -> dict[str, Any]:
    wish = {name: asked[name] for name in _WISHES if name in asked and asked[name] not in (None, "")}
    if asked.get("sku"):
        wish["lines"] = [
            {"sku": asked["sku"], "quantity": asked.get("quantity") or 1, "price": asked.get("price") or ""}
        ]
    for name in ("prime", "business"):
        wish[name] = wish.get(name) in {True, "on", "true", "1"}
    if asked.get("created_at"):
        wish["created_at"] = _moment(str(asked["created_at"]))
    if isinstance(wish.get("overrides"), str):
        wish["overrides"] = _object(wish["overrides"])
    seller = _seller(sim, wish)
    place = wish.get("marketplace_id") or seller.homes[0]
    if place not in PLACES or PLACES[place].region != seller.region:
        raise Refusal(400, "InvalidInput", f"{seller.name} does not sell in {place}.")
    return {**wish, "seller_id": seller.id, "marketplace_id": place}


def _fault(sim: "Simulator", asked: Mapping[str, Any]) -> dict[str, Any]:
    seconds = asked.get("seconds")
    operation, kind = str(asked.get("operation") or "*"), str(asked.get("kind") or "500")
    try:
        sim.fail(
            operation,
            kind,
            times=int(asked.get("times") or 1),
            after=int(asked.get("after") or 0),
            seconds=None if seconds in {None, ""} else float(str(seconds)),
            seller_id=str(asked.get("seller_id") or ""),
        )
    except ValueError as mistake:
        raise Refusal(400, "InvalidInput", str(mistake)) from mistake
    return {"fault": kind, "operation": operation}


def _bulk(sim: "Simulator", asked: Mapping[str, Any]) -> dict[str, Any]:
    number, lines = int(asked.get("number") or 100), int(asked.get("lines") or 2)
    seller = _seller(sim, asked)
    return {"placed": len(sim.bulk_orders(number, lines, seller.id, str(asked.get("marketplace_id") or "")))}


def _cleared(sim: "Simulator") -> dict[str, Any]:
    sim.faults.waiting.clear()
    return {"faults": 0}


def _revoked(sim: "Simulator", asked: Mapping[str, Any]) -> dict[str, Any]:
    seller = _seller(sim, asked)
    sim.revoke(seller.id)
    return {"revoked": seller.id}


def _suspended(sim: "Simulator", asked: Mapping[str, Any]) -> dict[str, Any]:
    seller, place = _seller(sim, asked), str(asked.get("marketplace_id") or "")
    sim.suspend(seller.id, place, asked.get("suspended", True) not in {False, "false", "0"})
    return {"seller_id": seller.id, "suspended": ", ".join(seller.suspended)}


def _reset(sim: "Simulator") -> dict[str, Any]:
    sim.reset()
    return {"reset": True}


def _seller(sim: "Simulator", asked: Mapping[str, Any]) -> Seller:
    seller_id = str(asked.get("seller_id") or sim.sellers[0].id)
    if seller_id not in sim.world.sellers:
        raise Refusal(404, "NotFound", f"There is no seller {seller_id}.")
    return sim.world.sellers[seller_id]


def _moment(text: str) -> Any:
    try:
        return moment(text)
    except ValueError:
        raise Refusal(400, "InvalidInput", "created_at is not an ISO 8601 date and time.") from None


def _object(text: str) -> Any:
    try:
        return json.loads(text or "{}")
    except ValueError:
        raise Refusal(400, "InvalidInput", "overrides is not valid JSON.") from None


def _seller_row(sim: "Simulator", seller: Seller) -> dict[str, Any]:
    grants = [grant for grant in sim.world.grants.values() if grant.seller_id == seller.id and not grant.revoked]
    return {
        "seller_id": seller.id,
        "name": seller.name,
        "region": seller.region,
        "marketplace_ids": seller.homes,
        "suspended": seller.suspended,
        "grants": len(grants),
    }


def _page(sim: "Simulator", said: str) -> str:
    told = f'<p class="said" role="status">{escape(said)}</p>' if said else ""
    return pages.page(
        "Control",
        told
        + '<p>Play the sellers and buyers here. <a href="/_journal">What happened</a> (JSON).</p>'
        + _order_form(sim)
        + _fault_form(sim)
        + "".join(_seller_section(sim, seller) for seller in sim.sellers)
        + '<h2>Begin again</h2><form method="post" action="/_control/reset"><button>Forget everything</button></form>',
    )


def _order_form(sim: "Simulator") -> str:
    sellers = pages.options((seller.id, f"{seller.name} ({seller.region})") for seller in sim.sellers)
    places = pages.options((place.id, f"{place.name} ({place.region})") for place in PLACES.values())
    skus = sorted({sku for shelves in sim.world.listings.values() for shelf in shelves.values() for sku in shelf})
    return (
        '<h2>Place an order</h2><form class="row" method="post" action="/_control/orders">'
        f'<label>Seller <select name="seller_id">{sellers}</select></label>'
        f'<label>Marketplace <select name="marketplace_id"><option value="">usual</option>{places}</select></label>'
        '<label>SKU <input name="sku" list="skus"></label>'
        f'<datalist id="skus">{pages.options((sku, sku) for sku in skus)}</datalist>'
        '<label>Quantity <input name="quantity" type="number" min="1" value="1"></label>'
        f'<label>Service level <select name="service_level">{pages.options((one, one) for one in SERVICE_LEVELS)}'
        "</select></label>"
        '<label>Status <select name="status"><option>UNSHIPPED</option><option>PENDING</option></select></label>'
        '<label><input type="checkbox" name="prime" value="on"> Prime</label>'
        '<label><input type="checkbox" name="business" value="on"> Business</label>'
        "<button>Place order</button></form>"
    )


def _fault_form(sim: "Simulator") -> str:
    operations = pages.options((one, one) for one in ("*", "token", "upload", "download", *PUBLISHED) if ":" not in one)
    waiting = "".join(
        f"<li>{escape(one.operation)}: {escape(one.kind)}, {one.times} times after {one.after} calls</li>"
        for one in sim.faults.waiting
    )
    listed = f"<ul>{waiting}</ul>" if waiting else "<p>No fault is set.</p>"
    return (
        f'<h2>Faults</h2>{listed}<form class="row" method="post" action="/_control/faults">'
        f'<label>Operation <select name="operation">{operations}</select></label>'
        f'<label>Kind <select name="kind">{pages.options((kind, f"{kind}: {text}") for kind, text in KINDS.items())}'
        "</select></label>"
        '<label>Times <input name="times" type="number" min="1" value="1"></label>'
        '<label>After <input name="after" type="number" min="0" value="0"></label>'
        "<button>Set fault</button></form>"
        '<form method="post" action="/_control/faults/clear"><p><button>Clear all faults</button></p></form>'
    )


def _seller_section(sim: "Simulator", seller: Seller) -> str:
    row = _seller_row(sim, seller)
    open_orders = [order for order in reversed(sim.world.orders.values()) if order.seller_id == seller.id]
    open_orders = [order for order in open_orders if order.status in _OPEN]
    lines = "".join(_order_row(order.document) for order in open_orders[:ORDERS_SHOWN])
    more = len(open_orders) - ORDERS_SHOWN
    places = ", ".join(place.name for place in of_region(seller.region))
    return (
        f"<h2>{escape(seller.name)}</h2><p>{escape(seller.id)}, region {seller.region}: {escape(places)}. "
        f"Consents given: {row['grants']}.</p>"
        f'<form method="post" action="/_control/revoke">{pages.hidden({"seller_id": seller.id})}'
        f"<button>Revoke the consents of {escape(seller.name)}</button></form>"
        f"<table><caption>Open orders of {escape(seller.name)}</caption><thead><tr><th scope=col>Order</th>"
        "<th scope=col>Marketplace</th><th scope=col>Status</th><th scope=col>Service level</th>"
        f"<th scope=col>Lines</th><th scope=col>Actions</th></tr></thead><tbody>{lines}</tbody></table>"
        + (f"<p>… and {more} more.</p>" if more > 0 else "")
    )


def _order_row(document: Mapping[str, Any]) -> str:
    order_id = escape(str(document["orderId"]))
    fulfillment = document.get("fulfillment", {})
    lines = "<br>".join(
        f"{item['quantityOrdered']} × {escape(str(item['product'].get('sellerSku', '')))}"
        for item in document["orderItems"]
    )
    acts = {"ship": "Ship", "cancel-request": "Buyer asks to cancel", "cancel": "Cancel"}
    if fulfillment.get("fulfillmentStatus") == "PENDING":
        acts = {"ready": "Payment done", "cancel": "Cancel"}
    buttons = " ".join(
        f'<form method="post" action="/_control/orders/{order_id}/{act}">'
        f'<button aria-label="{label}: order {order_id}">{label}</button></form>'
        for act, label in acts.items()
    )
    return (
        f'<tr><td><a href="/_control/orders/{order_id}">{order_id}</a></td>'
        f"<td>{escape(str(document['salesChannel'].get('marketplaceName', '')))}</td>"
        f"<td>{escape(str(fulfillment.get('fulfillmentStatus', '')))}</td>"
        f"<td>{escape(str(fulfillment.get('fulfillmentServiceLevel', '')))}</td><td>{lines}</td><td>{buttons}</td></tr>"
    )
