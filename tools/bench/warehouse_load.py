"""3PL Warehouse Manager: a thousand orders to one that takes 200 ms for each, beside one that hangs; and its changes.

    python -m tools.bench.measure_warehouses

On whatever database the settings name. It fills that database, so it refuses one that contains an organization. Workers
are threads here, WORKERS of them, which do what a worker is rung for; each order is claimed, sent and settled as ever.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

from django.db import connections

from carts.models import Cart
from core.accounts.models import Organization
from core.common import clock
from core.common.bounded_http import BoundedHttp
from orders.models import Order
from shipping import tasks
from shipping.connection import secrets
from shipping.delivery import releases
from shipping.models import Release, Warehouse, WarehouseAccount, WarehouseTraffic
from shipping.warehouses.extensiv.system import Extensiv
from tests import factories
from tools.bench.warehouse_server import SKU
from tools.children import free_port, is_listening

ORDERS, HANGING, CHANGED = 1_000, 50, 10_000
TAKES = 0.2  # seconds
WANTED, DELAY, POLLED, BYTES = 60.0, 1.0, 30.0, 6_000
WORKERS = 4  # what the one process has; the containers have two unless told otherwise
EVERY, SWEEP = 0.5, 0.5  # seconds between two orders of the quick warehouse, and between two sweeps
LONGEST = 150.0


@contextmanager
def server(seconds: float, closed: int = 0) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "tools.bench.warehouse_server", str(port), str(seconds), str(closed)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        while not is_listening(port):
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def measure() -> int:
    """Print what came of it. Returns 0 when all targets are met."""
    if Organization.objects.exists():
        print("This database contains an organization. Name an empty one in DATABASE_URL or DATA_DIR.")
        return 2
    met = [_handing_over(), _polling()]
    return 0 if all(met) else 1


# -- Orders ------------------------------------------------------------------------------------------------------------
def _handing_over() -> bool:
    with server(TAKES) as slow, server(600) as hanging, server(0) as quick:
        names = {"slow": slow, "hanging": hanging, "quick": quick}
        carts = {name: _connected(name, url) for name, url in names.items()}
        warehouses = {name: Warehouse.objects.get(name=name) for name in names}
        for name, count in (("slow", ORDERS), ("hanging", HANGING)):
            _orders(carts[name], count)
        releases.owe_new(now=clock.now())
        begun, owed = time.monotonic(), dict[int, datetime]()
        over, done = threading.Event(), threading.Event()

        def trickle() -> None:
            while not over.is_set():
                (order,) = _orders(carts["quick"], 1)
                owed[order.pk] = datetime.now(UTC)
                releases.owe_new(now=clock.now())
                time.sleep(EVERY)
            connections.close_all()

        with ThreadPoolExecutor(WORKERS) as workers:
            busy: set[int] = set()
            threading.Thread(target=trickle, daemon=True).start()
            while not done.is_set() and time.monotonic() - begun < LONGEST:
                for warehouse in releases.waiting_warehouses(clock.now()):
                    if warehouse.pk not in busy:
                        busy.add(warehouse.pk)
                        workers.submit(_work, warehouse.pk, busy)
                left = Release.objects.filter(warehouse=warehouses["slow"]).owed().exists()
                if not left:
                    done.set()
                time.sleep(SWEEP)
            seconds = time.monotonic() - begun
            over.set()
    mine = Release.objects.filter(warehouse=warehouses["slow"])
    quick_ones = Release.objects.filter(warehouse=warehouses["quick"], order__in=owed).done()
    moments = [(each.order_id, each.released_at) for each in quick_ones if each.released_at is not None]
    delays = sorted((at - owed[order_id]).total_seconds() for order_id, at in moments)
    there = mine.done().count()
    traffic = WarehouseTraffic.objects.get(warehouse=warehouses["slow"])
    print(f"{there} orders of {TAKES * 1000:.0f} ms each in {seconds:.1f} s (wanted: under {WANTED:.0f} s)")
    sent, received = traffic.sent / there, traffic.received / there
    middle, most = delays[len(delays) // 2], delays[-1]
    print(f"  {traffic.calls} calls, {sent:.0f} bytes sent an order, {received:.0f} received")
    print(
        f"another warehouse meanwhile: {len(delays)} of {len(owed)} orders, there after {middle:.2f} s in the middle "
        f"and {most:.2f} s at most (a sweep every {SWEEP} s)"
    )
    return there == ORDERS and seconds < WANTED and most < DELAY


def _work(warehouse_id: int, busy: set[int]) -> None:
    try:
        tasks.hand_over(warehouse_id=warehouse_id)
    finally:
        busy.discard(warehouse_id)
        connections.close_all()


def _connected(name: str, url: str) -> Cart:
    said = {"client_id": "demo-client", "user_login": "1", "facility": "1", "base_url": url}
    cart = factories.CartFactory()
    warehouse = factories.WarehouseFactory(organization=cart.organization, kind="extensiv", name=name, settings=said)
    factories.RouteFactory(cart=cart, warehouse=warehouse)
    secrets.keep(warehouse, {"client_secret": "demo-secret"})
    WarehouseAccount.objects.create(
        organization=cart.organization, merchant=cart.merchant, warehouse=warehouse, account="4", due_at=clock.now()
    )
    return cart


def _orders(cart: Cart, count: int) -> list[Order]:
    return [factories.OrderFactory(cart=cart, lines={SKU: 1}) for _ in range(count)]


# -- What changed ------------------------------------------------------------------------------------------------------
def _polling() -> bool:
    came: list[int] = []

    def count(*, calls: int = 0, sent: int = 0, received: int = 0, failed: int = 0) -> None:
        came.append(received)

    with server(0, CHANGED) as url:
        said = {"client_id": "demo-client", "client_secret": "demo-secret", "user_login": "1", "facility": "1"}
        wms = Extensiv({**said, "base_url": url, "account": "4"}, count, http=BoundedHttp())
        begun, seen, cursor, more = time.monotonic(), set[str](), "", True
        while more:
            page = wms.shipped_since(cursor)
            seen |= {each.order_number for each in page.shipments}
            cursor, more = page.cursor, page.has_more
        seconds = time.monotonic() - begun
    received = sum(came)
    print(f"{len(seen)} changed orders read in {seconds:.1f} s (wanted: under {POLLED:.0f} s)")
    print(f"  {len(came)} calls, {received / len(seen):.0f} bytes gzip an order (wanted: under {BYTES:,})")
    return len(seen) == CHANGED and seconds <= POLLED and received / len(seen) <= BYTES
