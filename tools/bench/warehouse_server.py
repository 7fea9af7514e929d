"""The simulated 3PL Warehouse Manager in a process of its own, answering in its own time; or one that never answers.

    python -m tools.bench.warehouse_server PORT SECONDS [CLOSED]

``SECONDS`` before each answer; so many ``CLOSED`` orders are there from the start.
"""

import sys
from datetime import UTC, datetime, timedelta

import waitress

from simulator.extensiv.new_orders import create
from simulator.extensiv.order_acts import close, pack
from simulator.extensiv.site import WarehouseSite
from simulator.extensiv.warehouse_world import WarehouseWorld, add_item, invented

SKU = "MUG-BLUE"


def filled(closed: int) -> WarehouseWorld:
    """Return a warehouse with so many orders closed during the last day, each packed into a box."""
    world = invented()
    add_item(world, 4, SKU, "A blue mug", counted=1_000_000)
    holder, begun = next(iter(world.credentials.values())), datetime.now(UTC) - timedelta(days=1)
    world.refuses_duplicates = False  # nobody looks through all of them for each of them
    for number in range(closed):
        now = begun + timedelta(seconds=number * 8)
        order = create(world, holder, document(number), now)
        pack(world, order, None, f"1Z999AA1{number:010}", now)
        close(world, order, {}, now)
    world.refuses_duplicates = True
    return world


def document(number: int) -> dict[str, object]:
    address = {
        "name": "Ann Lee",
        "address1": "1 Main St",
        "city": "Reno",
        "state": "NV",
        "zip": "89501",
        "country": "US",
    }
    address["country"] = "US"
    lines = [{"itemIdentifier": {"sku": SKU}, "qty": 1, "externalId": f"{number}-{place}"} for place in (1, 2)]
    return {
        "customerIdentifier": {"id": 4},
        "facilityIdentifier": {"id": 1},
        "referenceNum": f"113-{number:07}-0000001",
        "routingInfo": {"carrier": "UPS", "mode": "Ground", "scacCode": "UPSN"},
        "shipTo": address,
        "orderItems": lines,
        "savedElements": [{"name": "Cart", "value": "Amazon.com"}, {"name": "Service asked for", "value": "Standard"}],
    }


def serve(port: int, seconds: float, closed: int) -> None:
    site = WarehouseSite(filled(closed), delay=seconds)
    print("READY", flush=True)
    waitress.serve(site, host="127.0.0.1", port=port, threads=64, _quiet=True)


if __name__ == "__main__":
    serve(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0)
