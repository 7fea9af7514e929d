"""The page where one packs, ships and closes orders as the warehouse's staff would, and the doors for tests."""

import json
import re
from datetime import datetime
from html import escape
from typing import Any, Protocol
from urllib.parse import quote

from simulator.extensiv import order_acts
from simulator.extensiv.requests import ApiAnswer, ApiCall, ExtensivRefusal, written
from simulator.extensiv.warehouse_world import CANCELED, OPEN, WarehouseWorld, shelf

SHOWN = 100
ONE_ACT = re.compile(r"/_bench/orders/(\d+)/([a-z]+)$")
STATES = {0: "Open", 1: "Closed", 2: "Canceled"}
STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:0;color:#1c1c1c;background:#fff}
header{background:#1f3a5f;color:#fff;padding:.75rem 1.5rem}
main{padding:1rem 1.5rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;border-bottom:1px solid #b8bec6;padding:.35rem .5rem;vertical-align:top}
label{display:inline-block;margin-right:.5rem}
input,button{font:inherit;padding:.25rem .5rem}
.said{border-left:4px solid #1f3a5f;background:#eef3fa;padding:.5rem}
"""
TOP = "<header><strong>Simulated 3PL Warehouse Manager</strong> — not Extensiv, and nothing here is real</header>"
HEADS = "".join(
    f'<th scope="col">{head}</th>'
    for head in ("Order", "Customer", "Items", "Ship to", "Status", "Pack, ship and close")
)
NO_ORDERS = "<p>No orders yet. They come from the portal once a merchant’s cart sends to this warehouse.</p>"


class Site(Protocol):
    """What this page needs of the application."""

    world: WarehouseWorld

    def fail(self, call: str, kind: str, times: int = 1, seconds: float = 35.0) -> None: ...

    def journal(self, what: str = "") -> list[dict[str, Any]]: ...


def answer(site: Site, call: ApiCall, now: datetime) -> ApiAnswer:
    """Answer a request of the staff's page or of a test. Raises a refusal."""
    if call.path == "/_health":
        return ApiAnswer(200, b'{"status":"ok"}')
    if call.path == "/_journal":
        return ApiAnswer(200, written({"entries": site.journal(call.query.get("what", ""))}))
    if call.path == "/_control/faults" and call.method == "POST":
        asked = _json(call)
        try:
            site.fail(asked["call"], asked["kind"], int(asked.get("times", 1)), float(asked.get("seconds", 35)))
        except (KeyError, ValueError) as error:
            raise ExtensivRefusal(400, {"Message": str(error)}) from None
        return ApiAnswer(204)
    if call.path == "/_control/stock" and call.method == "POST":
        asked = _json(call)
        place = shelf(int(asked["customer"]), int(asked["facility"]), str(asked["sku"]))
        site.world.on_hand[place] = int(asked["units"])
        return ApiAnswer(204)
    if call.path.startswith("/_bench/") and call.method == "POST":
        return _act(site.world, call, now)
    if call.path in ("/", "/_bench") and call.method == "GET":
        return ApiAnswer(200, _page(site.world, call).encode(), "text/html; charset=utf-8")
    raise ExtensivRefusal(404)


def _json(call: ApiCall) -> dict[str, Any]:
    try:
        document = json.loads(call.body or b"{}")
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise ExtensivRefusal(400, {"Message": "The body is not a JSON object."})
    return document


def _act(world: WarehouseWorld, call: ApiCall, now: datetime) -> ApiAnswer:
    """Pack, ship and close, or cancel what a form names; of a form the answer leads back to the page."""
    found = ONE_ACT.match(call.path)
    number, act = found.groups() if found else ("", "")
    order = world.orders.get(int(number)) if number else None
    if order is None:
        raise ExtensivRefusal(404)
    told = _json(call) if "json" in call.headers.get("content-type", "") else call.form()
    try:
        words = _done(world, order, act, told, now)
    except ExtensivRefusal as refusal:
        if "json" in call.headers.get("content-type", ""):
            raise
        words = f"Refused: {(refusal.body or {}).get('ErrorCode', refusal.answered_with)}"
    if "json" in call.headers.get("content-type", ""):
        return ApiAnswer(204)
    said = quote(f"{order['referenceNum']}: {words}")
    return ApiAnswer(303, headers=[("Location", f"{call.prefix}/_bench?said={said}")])


def _done(world: WarehouseWorld, order: dict[str, Any], act: str, told: dict[str, Any], now: datetime) -> str:
    if act == "pack":
        contents = told.get("contents")
        by_line = {int(line): int(units) for line, units in contents.items()} if contents else None
        order_acts.pack(world, order, by_line, str(told.get("tracking") or ""), now)
        return "packed"
    if act == "close":
        routing = {"carrier": "carrier", "scac": "scacCode", "service": "mode"}
        named = {field: str(told[name]).strip() for name, field in routing.items() if told.get(name)}
        if named:
            order_acts.route(world, order, named, now)
        charge = str(told.get("charge") or "").strip()
        billing = {"billingCharges": [{"chargeType": 1, "subtotal": float(charge), "details": []}]} if charge else {}
        closing = {"trackingNumber": str(told.get("tracking") or "").strip(), "billing": billing}
        order_acts.close(world, order, closing, now)
        return "shipped and closed"
    if act == "cancel":
        order_acts.cancel(world, order, str(told.get("reason") or "Canceled at the warehouse"), now)
        return "canceled"
    raise ExtensivRefusal(404)


def _page(world: WarehouseWorld, call: ApiCall) -> str:
    said = call.query.get("said", "")
    orders = sorted(world.orders.values(), key=_open_and_newest_first)
    rows = "".join(_row(order, call.prefix) for order in orders[:SHOWN])
    note = f'<p class="said" role="status">{escape(said)}</p>' if said else ""
    table = f"<table><thead><tr>{HEADS}</tr></thead><tbody>{rows}</tbody></table>"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Simulated 3PL Warehouse Manager</title><style>{STYLE}</style></head><body>{TOP}"
        f"<main><h1>Find Orders</h1>{note}{table if orders else NO_ORDERS}</main></body></html>"
    )


def _open_and_newest_first(order: dict[str, Any]) -> tuple[int, int]:
    return order["readOnly"]["status"], -order["readOnly"]["orderId"]


def _row(order: dict[str, Any], prefix: str) -> str:
    number, read_only = order["readOnly"]["orderId"], order["readOnly"]
    items = "<br>".join(f"{line['qty']} × {escape(line['itemIdentifier']['sku'])}" for line in order["orderItems"])
    address = order["shipTo"]
    where = escape(", ".join(str(address.get(part) or "") for part in ("city", "state", "zip", "country")))
    routing = order["routingInfo"]
    state = STATES[read_only["status"]]
    if read_only["packages"] and read_only["status"] == OPEN:
        state = "Packed"
    form = ""
    if read_only["status"] == OPEN:
        fields = (
            ("carrier", "Carrier", routing.get("carrier")),
            ("scac", "SCAC", routing.get("scacCode")),
            ("service", "Service", routing.get("mode")),
            ("tracking", "Tracking Number", routing.get("trackingNumber")),
            ("charge", "Additional charge", ""),
        )
        inputs = "".join(
            f'<label>{label} <input name="{name}" size="12" value="{escape(str(value or ""))}"></label>'
            for name, label, value in fields
        )
        posted = f'<form method="post" action="{prefix}/_bench/orders/{number}'
        form = (
            f'{posted}/close">{inputs}<button>Ship and Close</button></form>'
            f'{posted}/pack"><label>Tracking of the package <input name="tracking" size="14"></label>'
            "<button>Pack everything</button></form>"
            f'{posted}/cancel"><button>Cancel</button></form>'
        )
    elif read_only["status"] != CANCELED:
        form = escape(f"{routing.get('carrier') or ''} {routing.get('trackingNumber') or ''}")
    customer = escape(order["customerIdentifier"]["name"])
    return (
        f"<tr><td>{escape(order['referenceNum'])}<br>#{number}</td><td>{customer}</td><td>{items}</td><td>{where}</td>"
        f"<td>{state}</td><td>{form}</td></tr>"
    )
