"""How many calls a feed of stock costs, from handing the numbers over to the last line of its report read."""

from datetime import timedelta

import httpx

from carts import listings
from core.common import clock
from inventory.intake import Observed, observe
from inventory.models import Observation, StockUpdate
from inventory.publish import inventory_upload
from shipping.routing import routes_for
from simulator.amazon import Simulator
from tools.bench.measures import Watch
from tools.bench.our_import import connect
from tools.bench.played_amazon import fill

MOST_CALLS = 5.0  # for a thousand SKUs
RUNS = 10
FILES = ("upload", "download")


def measure(skus: int = 1_000) -> float:
    """Tell an account so many SKUs at once. Returns the calls for a thousand of them.

    Only what a quota counts: the two documents go to and from a file server beside them.
    """
    simulator = Simulator(base_url="http://simulator.test", orders=0, quota=False, sleep=lambda seconds: None)
    amazon = fill(simulator, 10)
    names = [f"SKU-{number:05}" for number in range(skus)]
    simulator.list_skus(amazon.seller_id, amazon.place_id, names, 50)
    watch, now = Watch(httpx.WSGITransport(app=simulator)), clock.now()
    simulator.clock = lambda: now
    connected = connect(amazon, watch)
    while listings.is_stale(connected.cart, now):
        listings.read_listings(connected.cart, connected.marketplace, now=now)
    warehouse = routes_for([connected.cart])[connected.cart.pk].warehouse
    rows = [Observed(name, 7, now) for name in names]
    observe(warehouse, connected.cart.merchant, rows, source=Observation.Source.API, now=now)
    before = _calls(simulator)
    for _ in range(RUNS):
        inventory_upload.publish(connected.cart, connected.marketplace, now=now)
        if not StockUpdate.objects.filter(grant=connected.grant).owed().exists():
            break
        now += timedelta(minutes=2)
    assert StockUpdate.objects.filter(grant=connected.grant).done().count() == skus, "the feed was not read to its end"
    return (_calls(simulator) - before) / skus * 1_000


def _calls(simulator: Simulator) -> int:
    return sum(entry["operation"] not in FILES for entry in simulator.journal("call"))
