"""The addresses beside /orders: customers, their products and aliases, facilities, carriers, stock."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from simulator.extensiv.lists import HAL, RELS, listed, page_of, picked, said
from simulator.extensiv.requests import (
    ApiAnswer,
    ApiCall,
    ExtensivRefusal,
    bad_query,
    in_pascal_case,
    invalid,
    written,
)
from simulator.extensiv.warehouse_world import OPEN, Credentials, WarehouseWorld, add_item, shelf

_OF_CUSTOMER = re.compile(r"/customers/(?P<number>\d+)(?:/(?P<part>items|itemaliases))?$")


def answer(world: WarehouseWorld, holder: Credentials, call: ApiCall, now: datetime) -> ApiAnswer:
    """Answer a request that is not about orders. Raises a refusal."""
    if found := _OF_CUSTOMER.match(call.path):
        customer = int(found["number"])
        if customer not in holder.customers:
            raise ExtensivRefusal(404)
        return _of_customer(world, call, customer, found["part"] or "")
    if call.method != "GET":
        raise ExtensivRefusal(405)
    if call.path == "/customers":
        ours = [world.customers[number] for number in holder.customers]
        return listed(call, ours, rel=f"{RELS}customers/customer", default=20, most=100)
    if call.path == "/properties/facilities":
        return listed(call, world.facilities.values(), rel=f"{RELS}properties/facility", default=100, most=1000)
    if call.path == "/properties/carriers":
        return _carriers(world, call)
    if call.path == "/inventory/stocksummaries":
        return _summaries(world, holder, call)
    if call.path == "/inventory":
        return listed(call, _shelves(world, holder), rel="item", default=100, most=1000)
    if call.path == "/inventory/stockdetails":
        return _details(world, holder, call)
    raise ExtensivRefusal(404)


def _of_customer(world: WarehouseWorld, call: ApiCall, customer: int, part: str) -> ApiAnswer:
    if call.method == "POST" and part == "items":
        return _new_item(world, call, customer)
    if call.method != "GET":
        raise ExtensivRefusal(405)
    if part == "items":
        items = world.items.get(customer, {}).values()
        return listed(call, items, rel=f"{RELS}customers/item", default=10, most=100)
    if part == "itemaliases":
        return listed(call, _aliases(world, customer), rel=f"{RELS}customers/itemalias", default=10, most=100)
    return said(call, world.customers[customer])


def _aliases(world: WarehouseWorld, customer: int) -> Iterator[dict[str, Any]]:
    """Yield each alias with what it stands for: one unit of a product, or several products."""
    for item in world.items.get(customer, {}).values():
        for alias in item["aliases"]:
            identifier = {"id": item["itemId"], "sku": item["sku"]}
            yield {
                "aliasIdentifier": {"name": alias},
                "active": True,
                "details": [{"itemIdentifier": identifier, "qty": 1}],
            }
    yield from world.bundles.get(customer, [])


def _new_item(world: WarehouseWorld, call: ApiCall, customer: int) -> ApiAnswer:
    document = call.document()
    sku, title = str(document.get("sku") or ""), str(document.get("description") or "")
    unit = (document.get("options") or {}).get("inventoryUnit") or {}
    for name, value in (("Sku", sku), ("Description", title), ("Options.InventoryUnit", unit.get("unitIdentifier"))):
        if not value:
            raise invalid("Item", "Required", name)
    if sku in world.items.get(customer, {}):
        raise invalid("Item", "Duplicate", "Sku", sku)
    return said(call, add_item(world, customer, sku, title), status=201)


def _carriers(world: WarehouseWorld, call: ApiCall) -> ApiAnswer:
    more = {"defaultBillingCodes": ["Prepaid", "Collect", "ThirdParty"], "defaultShipmentServices": []}
    if call.speaks_hal:
        body = {
            "totalResults": len(world.carriers),
            **more,
            "_embedded": {f"{RELS}properties/carrier": world.carriers},
            "_links": {"self": {"href": call.path}},
        }
        return ApiAnswer(200, written(body), HAL)
    return said(call, {"totalResults": len(world.carriers), **more, "resourceList": world.carriers})


def _rows(world: WarehouseWorld, holder: Credentials) -> Iterator[tuple[int, int, dict[str, Any]]]:
    for customer in holder.customers:
        for item in world.items.get(customer, {}).values():
            for facility in world.facilities:
                yield customer, facility, item


def _summaries(world: WarehouseWorld, holder: Credentials, call: ApiCall) -> ApiAnswer:
    """Stock by product and facility. No row says whose it is: the credentials do."""
    short = _short(world)
    rows = []
    for customer, facility, item in _rows(world, holder):
        sku = item["sku"]
        there = world.on_hand.get(shelf(customer, facility, sku), 0)
        held = world.allocated(customer, facility, sku)
        rows.append(
            {
                "itemIdentifier": {"sku": sku, "id": item["itemId"]},
                "qualifier": "",
                "totalReceived": there,
                "allocated": held,
                "available": there - held,
                "onHold": 0,
                "onHand": there,
                "orderedNotAllocated": short.get(shelf(customer, facility, sku), 0),
                "facilityId": facility,
            }
        )
    found = picked(call, rows)
    page, _ = page_of(call, found, default=100, most=500)
    body = {"totalResults": len(found), "summaries": [dict(row) for row in page]}
    return ApiAnswer(200, written(body if call.speaks_hal else in_pascal_case(body)))


def _short(world: WarehouseWorld) -> dict[str, int]:
    """Return the units that open orders want and nothing holds for them, by shelf."""
    short: dict[str, int] = {}
    for order in world.orders.values():
        if order["readOnly"]["status"] != OPEN:
            continue
        for line in order["orderItems"]:
            customer, facility = order["customerIdentifier"]["id"], order["facilityIdentifier"]["id"]
            place = shelf(customer, facility, line["itemIdentifier"]["sku"])
            short[place] = short.get(place, 0) + line["qty"] - line["readOnly"]["allocated"]
    return short


def _shelves(world: WarehouseWorld, holder: Credentials) -> list[dict[str, Any]]:
    """Return what lies on the shelves, by customer, facility and product."""
    return [
        {
            "itemIdentifier": {"sku": item["sku"], "id": item["itemId"]},
            "customerIdentifier": {"id": customer},
            "facilityIdentifier": {"id": facility},
            "onHand": world.on_hand.get(shelf(customer, facility, item["sku"]), 0),
            "available": world.free(customer, facility, item["sku"]),
            "onHold": False,
        }
        for customer, facility, item in _rows(world, holder)
    ]


def _details(world: WarehouseWorld, holder: Credentials, call: ApiCall) -> ApiAnswer:
    for name in ("customerid", "facilityid"):
        if not call.query.get(name, "").isdigit():
            raise bad_query(name, "It is required.")
    customer, facility = int(call.query["customerid"]), int(call.query["facilityid"])
    if customer not in holder.customers:
        raise bad_query("customerid")
    rows = [
        {
            "itemIdentifier": {"sku": item["sku"], "id": item["itemId"]},
            "facilityId": facility,
            "customerId": customer,
            "onHand": world.on_hand.get(shelf(customer, facility, item["sku"]), 0),
            "available": world.free(customer, facility, item["sku"]),
        }
        for item in world.items.get(customer, {}).values()
    ]
    return listed(call, rows, rel="item", default=100, most=500)
