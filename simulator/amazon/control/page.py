"""The control page: what it shows. What it does is in ``control``."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from simulator.amazon.control.handle import Handle
from simulator.amazon.feeds.performance_report import HEALTHS
from simulator.amazon.http import html
from simulator.amazon.http.faults import KINDS
from simulator.amazon.http.quotas import PUBLISHED
from simulator.amazon.orders.new_orders import DOOR, ITEM_PROGRAMS, PROGRAMS, SERVICE_LEVELS
from simulator.amazon.world.state import Order, Seller
from simulator.amazon.world.stores import PLACES, of_region

ORDERS_SHOWN = 25
AT_ONCE = 50  # orders that are placed at once
MIXED = "MIXED"  # in place of a service level: those that are usual, one after the other
USUAL = list(SERVICE_LEVELS)[:4]
_RESET = '<form method="post" action="/_control/reset"><button>Forget everything</button></form>'
_OPEN = {"PENDING", "UNSHIPPED", "PARTIALLY_SHIPPED"}


def shown(sim: Handle, said: str, q: str = "") -> str:
    """The page. ``q`` narrows it to orders whose number or SKU holds it, whatever their status."""
    told = f'<p class="said" role="status">{escape(said)}</p>' if said else ""
    sellers = _granted_first(sim)
    found = {seller.id: _orders_of(sim, seller, q) for seller in sellers}
    listed = [seller for seller in sellers if found[seller.id] or not q]
    return html.page(
        "Control",
        told
        + '<p>Act as the sellers and buyers here. <a href="/_journal">What happened</a> (JSON).</p>'
        + _search_form(q)
        + _contents(listed, q)
        + ("" if q else _section("place", "Place an order", _order_form(sim), is_open=True))
        + ("" if q else _section("faults", "Faults", _fault_form(sim), is_open=bool(sim.faults.waiting)))
        + "".join(_seller_section(sim, seller, found[seller.id], q) for seller in listed)
        + ("" if listed else "<p>No order matches.</p>")
        + _section("reset", "Start over", _RESET),
    )


def _search_form(q: str) -> str:
    clear = ' <a href="/_control">Show all</a>' if q else ""
    return (
        '<form class="row" method="get" action="/_control" role="search"><label>Find an order by its number or SKU '
        f'<input type="search" name="q" value="{escape(q)}" maxlength="100"></label>'
        f"<button>Search</button>{clear}</form>"
    )


def _contents(sellers: Sequence[Seller], q: str) -> str:
    links = [] if q else [("place", "Place an order"), ("faults", "Faults")]
    links += [(seller.id, seller.name) for seller in sellers]
    listed = "".join(f'<li><a href="#{escape(place)}">{escape(name)}</a></li>' for place, name in links)
    return f'<nav aria-label="On this page"><ul class="toc">{listed}</ul></nav>'


def _section(place: str, name: str, body: str, *, is_open: bool = False) -> str:
    return (
        f'<details class="part" id="{escape(place)}"{" open" if is_open else ""}>'
        f"<summary><h2>{escape(name)}</h2></summary>{body}</details>"
    )


def _orders_of(sim: Handle, seller: Seller, q: str) -> list[Order]:
    """Return a seller's open orders, the newest first; where somebody looks for one, those that match."""
    orders = [order for order in reversed(sim.world.orders.values()) if order.seller_id == seller.id]
    if not q:
        return [order for order in orders if order.status in _OPEN]
    return [order for order in orders if any(q.casefold() in text.casefold() for text in _known_by(order.document))]


def _known_by(document: Mapping[str, Any]) -> list[str]:
    skus = [str(item["product"].get("sellerSku", "")) for item in document["orderItems"]]
    return [str(document["orderId"]), *skus]


def _order_form(sim: Handle) -> str:
    sellers = html.options((seller.id, f"{seller.name} ({seller.region})") for seller in _granted_first(sim))
    places = html.options((place.id, f"{place.name} ({place.region})") for place in PLACES.values())
    skus = sorted({sku for shelves in sim.world.listings.values() for shelf in shelves.values() for sku in shelf})
    programs, of_items, door = (html.options((one, one) for one in each) for each in (PROGRAMS, ITEM_PROGRAMS, DOOR))
    return (
        '<form class="row" method="post" action="/_control/orders">'
        f'<label>Seller <select name="seller_id">{sellers}</select></label>'
        f'<label>Marketplace <select name="marketplace_id"><option value="">usual</option>{places}</select></label>'
        '<label>SKU <input name="sku" list="skus"></label>'
        f'<datalist id="skus">{html.options((sku, sku) for sku in skus)}</datalist>'
        '<label>Quantity of that SKU <input name="quantity" type="number" min="1" value="1"></label>'
        f'<label>Service level <select name="service_level">{html.options((one, one) for one in SERVICE_LEVELS)}'
        f'<option value="{MIXED}">Several, in turn</option></select></label>'
        '<label>Status <select name="status"><option>UNSHIPPED</option><option>PENDING</option></select></label>'
        '<label><input type="checkbox" name="prime" value="on"> Prime</label>'
        '<label><input type="checkbox" name="business" value="on"> Business</label>'
        f'<label>Program <select name="programs"><option value="">none</option>{programs}</select></label>'
        f'<label>Item program <select name="line_programs"><option value="">none</option>{of_items}</select></label>'
        f'<label>At the door <select name="line_constraints"><option value="">nothing</option>{door}</select></label>'
        '<label>Gift message <input name="gift_message"></label>'
        '<label>Customized at <input name="customized_url" type="url"></label>'
        '<label>IOSS number <input name="ioss_number"></label>'
        '<label><input type="checkbox" name="serial_numbers" value="on"> Serial numbers</label>'
        '<label><input type="checkbox" name="pick_up_point" value="on"> Pick-up point</label>'
        f'<label>How many <input name="how_many" type="number" min="1" max="{AT_ONCE}" value="1"></label>'
        "<button>Place order</button></form>"
    )


def _fault_form(sim: Handle) -> str:
    operations = html.options((one, one) for one in ("*", "token", "upload", "download", *PUBLISHED) if ":" not in one)
    waiting = "".join(
        f"<li>{escape(one.operation)}: {escape(one.kind)} (let through first: {one.after}, then fail: {one.times})</li>"
        for one in sim.faults.waiting
    )
    listed = f"<ul>{waiting}</ul>" if waiting else "<p>No fault is set.</p>"
    return (
        f'{listed}<form class="row" method="post" action="/_control/faults">'
        f'<label>Operation <select name="operation">{operations}</select></label>'
        f'<label>Kind <select name="kind">{html.options((kind, f"{kind}: {text}") for kind, text in KINDS.items())}'
        "</select></label>"
        '<label>Calls to fail <input name="times" type="number" min="1" value="1"></label>'
        '<label>Let through first <input name="after" type="number" min="0" value="0"></label>'
        "<button>Set fault</button></form>"
        '<form method="post" action="/_control/faults/clear"><p><button>Clear all faults</button></p></form>'
    )


def _seller_section(sim: Handle, seller: Seller, orders: Sequence[Order], q: str) -> str:
    row = seller_row(sim, seller)
    lines = "".join(_order_row(order.document) for order in orders[:ORDERS_SHOWN])
    more = len(orders) - ORDERS_SHOWN
    kind = "Matching" if q else "Open"
    places = ", ".join(place.name for place in of_region(seller.region))
    body = (
        f"<p>{escape(seller.id)}, region {seller.region}: {escape(places)}. "
        f"Authorizations given: {row['grants']}.</p>"
        f'<form method="post" action="/_control/revoke">{html.hidden({"seller_id": seller.id})}'
        f"<button>Revoke {escape(seller.name)}'s authorizations</button></form>"
        f'<form class="row" method="post" action="/_control/health">{html.hidden({"seller_id": seller.id})}'
        f'<label>Performance report (now {escape(seller.health)}) <select name="health">'
        f"{html.options((key, f'{key}: {words}') for key, words in HEALTHS.items())}</select></label> "
        f"<button>Set {escape(seller.name)}'s performance</button></form>"
        f'<p><a href="/apps/authorize/start?selling_partner_id={escape(seller.id)}">'
        f"Re-authorize as {escape(seller.name)}</a>, the way sellers do in Manage Your Apps.</p>"
        f"<table><caption>{kind} orders of {escape(seller.name)}</caption><thead><tr><th scope=col>Order</th>"
        "<th scope=col>Marketplace</th><th scope=col>Status</th><th scope=col>Service level</th>"
        f"<th scope=col>Lines</th><th scope=col>Actions</th></tr></thead><tbody>{lines}</tbody></table>"
        + (f"<p>… and {more} more.</p>" if more > 0 else "")
    )
    count = f"{len(orders)} {kind.lower()}"
    return _section(seller.id, f"{seller.name} ({count})", body, is_open=bool(orders) or bool(row["grants"]))


def _order_row(document: Mapping[str, Any]) -> str:
    order_id = escape(str(document["orderId"]))
    fulfillment = document.get("fulfillment", {})
    lines = "<br>".join(
        f"{item['quantityOrdered']} × {escape(str(item['product'].get('sellerSku', '')))}"
        for item in document["orderItems"]
    )
    acts = {"ship": "Ship", "cancel-request": "Buyer asks to cancel", "cancel": "Cancel"}
    if any("cancellationRequest" in item.get("cancellation", {}) for item in document["orderItems"]):
        acts = {"ship": "Ship", "cancel-request-withdrawn": "Buyer wants it after all", "cancel": "Cancel"}
    if fulfillment.get("fulfillmentStatus") == "UNSHIPPED":
        acts["status"] = "Back to pending"
    if fulfillment.get("fulfillmentStatus") == "PENDING":
        acts = {"ready": "Payment cleared", "cancel": "Cancel"}
    buttons = " ".join(
        f'<form method="post" action="/_control/orders/{order_id}/{act}">'
        f'<button aria-label="{label}: order {order_id}">{label}</button></form>'
        for act, label in acts.items()
    )
    if fulfillment.get("fulfillmentStatus") != "PENDING":
        buttons += _other_tool_form(order_id, document)
    return (
        f'<tr><td><a href="/_control/orders/{order_id}">{order_id}</a></td>'
        f"<td>{escape(str(document['salesChannel'].get('marketplaceName', '')))}</td>"
        f"<td>{escape(str(fulfillment.get('fulfillmentStatus', '')))}</td>"
        f"<td>{escape(str(fulfillment.get('fulfillmentServiceLevel', '')))}</td><td>{lines}</td><td>{buttons}</td></tr>"
    )


def _other_tool_form(order_id: str, document: Mapping[str, Any]) -> str:
    """What another tool tells of a package, or takes away. The packages it has are named: one of those is edited."""
    skus = [str(item["product"].get("sellerSku", "")) for item in document["orderItems"]]
    packages = ", ".join(
        f"{package['packageReferenceId']}: {package['trackingNumber']}" for package in document.get("packages", [])
    )
    by = html.hidden({"by": "another tool"})
    return (
        f"<details><summary>Ship or cancel some of it: order {order_id}</summary>"
        f"<p>Packages so far: {escape(packages) or 'none'}</p>"
        f'<form class="row" method="post" action="/_control/orders/{order_id}/ship">{by}'
        f'<label>SKU <select name="sku">{html.options((sku, sku) for sku in skus)}</select></label>'
        '<label>Quantity of that SKU <input name="quantity" type="number" min="1" value="1"></label>'
        '<label>Package number <input name="reference" placeholder="a new one"></label>'
        '<label>Tracking <input name="tracking" placeholder="an invented one"></label>'
        "<button>Ship as another tool</button> "
        f'<button formaction="/_control/orders/{order_id}/cancel-units">Cancel these units</button> '
        f'<button formaction="/_control/orders/{order_id}/drop-package">Forget this package</button>'
        "</form></details>"
    )


def _granted_first(sim: Handle) -> list[Seller]:
    """Anybody trying the product looks for the sellers it is connected to."""
    return sorted(sim.sellers, key=lambda seller: not seller_row(sim, seller)["grants"])


def seller_row(sim: Handle, seller: Seller) -> dict[str, Any]:
    """A seller as the JSON twin shows it."""
    grants = [grant for grant in sim.world.grants.values() if grant.seller_id == seller.id and not grant.revoked]
    return {
        "seller_id": seller.id,
        "name": seller.name,
        "region": seller.region,
        "marketplace_ids": seller.homes,
        "suspended": seller.suspended,
        "grants": len(grants),
    }
