"""The control page and its JSON twin: place orders, let buyers cancel, revoke grants, set faults.

Every address takes a JSON object (answered with JSON) or an HTML form (answered with a redirect to the page).
"""

import json
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from simulator.amazon.control import page
from simulator.amazon.control.handle import Handle
from simulator.amazon.http import html
from simulator.amazon.http.wire import Answer, Call, Refusal, html_answer, json_answer, moment, redirect
from simulator.amazon.world.state import Seller
from simulator.amazon.world.stores import PLACES

_WISHES = frozenset(
    {"seller_id", "marketplace_id", "lines", "service_level", "prime", "business", "currency", "status"}
    | {"fulfilled_by", "address", "order_id", "overrides", "programs"}
)
# What a form says of its one line: text, a word of a list, or a tick.
_OF_THE_LINE = ("gift_message", "gift_wrap", "customized_url", "ioss_number", "condition_note", "serial_numbers")


def answer(sim: Handle, call: Call) -> Answer:
    """Everything under /_control."""
    path = call.path.removeprefix("/_control").rstrip("/")
    if call.method == "GET":
        return _shown(sim, call, path)
    if call.method != "POST":
        raise Refusal(405, "MethodNotAllowed", "Use GET or POST.")
    is_json = "json" in call.headers.get("content-type", "")
    asked: dict[str, Any] = call.document() if is_json else dict(call.form())
    try:
        done = _done(sim, path, asked)
    except (ValueError, ArithmeticError, KeyError) as mistake:
        raise Refusal(400, "InvalidInput", f"That cannot be read: {mistake!r}") from mistake
    except Refusal as refusal:
        if is_json:
            raise
        message = f'<p class="message" role="alert">{escape(refusal.error["message"])}</p>'
        back = '<p><a href="/_control">Back to the control page</a></p>'
        return html_answer(html.page("This was not done", message + back), refusal.status)
    if is_json:
        return json_answer(done)
    return redirect("/_control", {"said": _said(path, done)}, 303)


def _said(path: str, done: Mapping[str, Any]) -> str:
    if path == "/orders":
        what = f"order {done['order_id']}" if "order_id" in done else f"{len(done['order_ids'])} orders"
        return f"Placed {what}. Press Download now on the cart, or wait."
    return ", ".join(f"{key}: {value}" for key, value in done.items())


def _shown(sim: Handle, call: Call, path: str) -> Answer:
    if path == "":
        return html_answer(page.shown(sim, call.one("said"), call.one("q").strip()))
    if path == "/sellers":
        return json_answer({"sellers": [page.seller_row(sim, seller) for seller in sim.sellers]})
    if path == "/orders":
        return json_answer({"orders": sim.orders(call.one("seller_id"), call.one("status"))})
    if path.startswith("/orders/"):
        return json_answer(sim.order(path.removeprefix("/orders/")))
    raise Refusal(404, "NotFound", "There is nothing here.")


def _done(sim: Handle, path: str, asked: dict[str, Any]) -> dict[str, Any]:
    if path.startswith("/orders/") and path.count("/") == 3:
        _, _, order_id, act = path.split("/")
        return _done_to_order(sim, order_id, act, asked)
    acts: dict[str, Callable[[], dict[str, Any]]] = {
        "/orders": lambda: _placed(sim, asked),
        "/orders/bulk": lambda: _bulk(sim, asked),
        "/faults": lambda: _fault(sim, asked),
        "/faults/clear": lambda: _cleared(sim),
        "/revoke": lambda: _revoked(sim, asked),
        "/grants": lambda: {"refresh_token": sim.grant(_seller(sim, asked).id)},
        "/health": lambda: _judged(sim, asked),
        "/suspend": lambda: _suspended(sim, asked),
        "/reset": lambda: _reset(sim),
    }
    if path not in acts:
        raise Refusal(404, "NotFound", "There is nothing here.")
    return acts[path]()


def _done_to_order(sim: Handle, order_id: str, act: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    match act:
        case "cancel-request":
            skus = [str(asked["sku"])] if asked.get("sku") else list(map(str, asked.get("skus") or ()))
            sim.request_cancel(order_id, str(asked.get("reason") or ""), skus)
        case "cancel-request-withdrawn":
            sim.withdraw_request(order_id)
        case "status":
            sim.set_status(order_id, str(asked.get("status") or "PENDING"))
        case "take-over":
            sim.take_over(order_id)
        case "cancel":
            by = str(asked.get("cancelled_by") or "BUYER")
            sim.cancel(order_id, by, str(asked.get("reason") or "BUYER_CANCELLED"))
        case "ship":
            told = {name: str(asked[name]) for name in ("reference", "carrier", "tracking") if asked.get(name)}
            sim.ship_units(order_id, _units(asked), by=str(asked.get("by") or "Seller Central"), **told)
        case "drop-package":
            sim.drop_package(order_id, str(asked.get("reference") or ""))
        case "cancel-units":
            sim.cancel_units(order_id, _units(asked), str(asked.get("cancelled_by") or "AMAZON"))
        case "ready":
            sim.make_ready(order_id)
        case _:
            raise Refusal(404, "NotFound", f"An order knows no {act}.")
    return {"order_id": order_id, "status": sim.order(order_id)["fulfillment"]["fulfillmentStatus"]}


def _units(asked: Mapping[str, Any]) -> dict[str, int]:
    """Units by SKU: as an object, or as a form's one SKU with its quantity. None of them is all that is left."""
    if isinstance(asked.get("units"), dict):
        return {str(sku): int(units) for sku, units in asked["units"].items()}
    return {str(asked["sku"]): int(asked.get("quantity") or 1)} if asked.get("sku") else {}


def _placed(sim: Handle, asked: Mapping[str, Any]) -> dict[str, Any]:
    """One order; or several alike, with ``how_many``. The service level MIXED takes the usual ones in turn."""
    number, wish = int(asked.get("how_many") or 1), _wish(sim, asked)
    if not 1 <= number <= page.AT_ONCE:
        raise Refusal(400, "InvalidInput", f"Place 1 to {page.AT_ONCE} orders at once.")
    if number > 1 and "order_id" in wish:
        raise Refusal(400, "InvalidInput", "Several orders can't have one number.")
    levels = page.USUAL if wish.get("service_level") == page.MIXED else [wish.get("service_level") or "STANDARD"]
    placed = [sim.place_order(**{**wish, "service_level": levels[n % len(levels)]}) for n in range(number)]
    return {"order_ids": placed} if number > 1 else {"order_id": placed[0]}


def _wish(sim: Handle, asked: Mapping[str, Any]) -> dict[str, Any]:
    wish = {name: asked[name] for name in _WISHES if name in asked and asked[name] not in (None, "")}
    if asked.get("sku"):
        wish["lines"] = [
            {"sku": asked["sku"], "quantity": asked.get("quantity") or 1, "price": asked.get("price") or ""}
            | {name: asked[name] for name in _OF_THE_LINE if asked.get(name)}
            | {name: [asked[f"line_{name}"]] for name in ("programs", "constraints") if asked.get(f"line_{name}")}
        ]
    if isinstance(wish.get("programs"), str):
        wish["programs"] = wish["programs"].replace(",", " ").split()
    if asked.get("pick_up_point"):
        wish["address"] = {**wish.get("address", {}), "addressType": "PICKUP_POINT"}
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


def _fault(sim: Handle, asked: Mapping[str, Any]) -> dict[str, Any]:
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


def _bulk(sim: Handle, asked: Mapping[str, Any]) -> dict[str, Any]:
    number, lines = int(asked.get("number") or 100), int(asked.get("lines") or 2)
    seller = _seller(sim, asked)
    return {"placed": len(sim.bulk_orders(number, lines, seller.id, str(asked.get("marketplace_id") or "")))}


def _cleared(sim: Handle) -> dict[str, Any]:
    sim.faults.waiting.clear()
    return {"faults": 0}


def _revoked(sim: Handle, asked: Mapping[str, Any]) -> dict[str, Any]:
    seller = _seller(sim, asked)
    sim.revoke(seller.id)
    return {"revoked": seller.id}


def _suspended(sim: Handle, asked: Mapping[str, Any]) -> dict[str, Any]:
    seller, place = _seller(sim, asked), str(asked.get("marketplace_id") or "")
    sim.suspend(seller.id, place, asked.get("suspended", True) not in {False, "false", "0"})
    return {"seller_id": seller.id, "suspended": ", ".join(seller.suspended)}


def _judged(sim: Handle, asked: Mapping[str, Any]) -> dict[str, Any]:
    seller = _seller(sim, asked)
    sim.set_health(seller.id, str(asked.get("health") or "good"))
    return {"seller_id": seller.id, "health": seller.health}


def _reset(sim: Handle) -> dict[str, Any]:
    sim.reset()
    return {"reset": True}


def _seller(sim: Handle, asked: Mapping[str, Any]) -> Seller:
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
