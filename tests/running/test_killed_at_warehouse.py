"""A worker that is really killed, by SIGKILL, between the warehouse's commit and ours: the warehouse has one order."""

import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import waitress

from simulator.extensiv.site import WarehouseSite
from simulator.extensiv.warehouse_world import add_item
from tests.running import processes
from tools import children

pytestmark = [pytest.mark.embedded, pytest.mark.timeout(240)]

FILLED = """
from django.utils import timezone
from shipping.connection import secrets
from shipping.models import WarehouseAccount
from tests import factories
said = {{"client_id": "demo-client", "user_login": "1", "facility": "1", "base_url": "{url}"}}
cart = factories.CartFactory()
warehouse = factories.WarehouseFactory(organization=cart.organization, kind="extensiv", settings=said)
factories.RouteFactory(cart=cart, warehouse=warehouse)
secrets.keep(warehouse, {{"client_secret": "demo-secret"}})
WarehouseAccount.objects.create(organization=cart.organization, merchant=cart.merchant, warehouse=warehouse,
                                account="4", due_at=timezone.now())
print(factories.OrderFactory(cart=cart, lines={{"MUG-BLUE": 2}}).number)
"""
THERE = "SELECT o.status, r.state, r.reference FROM orders_order o JOIN shipping_release r ON r.order_id = o.id"
DEAD = "UPDATE shipping_release SET claimed_until = datetime('now', '-1 minute') WHERE state = 'running'"


class Hanging:
    """Sleeps for ever once something is done over there, and says so."""

    def __init__(self) -> None:
        self.began, self.is_over = threading.Event(), threading.Event()

    def __call__(self, seconds: float) -> None:
        self.began.set()
        self.is_over.wait()


@pytest.fixture
def hanging() -> Hanging:
    return Hanging()


@pytest.fixture
def there(hanging: Hanging) -> Iterator[tuple[WarehouseSite, str]]:
    """The warehouse on a port of its own, in a process that lives on."""
    site, port = WarehouseSite(sleep=hanging), children.free_port()
    add_item(site.world, 4, "MUG-BLUE", "A blue mug", counted=10)
    server = waitress.create_server(site, host="127.0.0.1", port=port, threads=4)
    threading.Thread(target=server.run, daemon=True).start()
    yield site, f"http://127.0.0.1:{port}"
    hanging.is_over.set()
    server.task_dispatcher.shutdown()
    server.close()


def deliver(env: dict[str, str]) -> subprocess.Popen[bytes]:
    """Order Delivery in a worker's process of its own, as `make service` runs it."""
    command = [sys.executable, str(processes.ROOT / "manage.py"), "service", "order-delivery"]
    return subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_the_order_of_a_killed_worker_is_there_once(
    folder: Path, there: tuple[WarehouseSite, str], hanging: Hanging
) -> None:
    site, url = there
    env = processes.environment(folder, EMBEDDED="true", OUTBOUND_NETWORKS="127.0.0.0/8")
    shell = [sys.executable, str(processes.ROOT / "manage.py"), "shell"]
    filled = subprocess.run(shell, env=env, input=FILLED.format(url=url), text=True, capture_output=True, check=True)
    number = filled.stdout.split()[-1]
    site.fail("POST /orders", "lost_answer")

    worker = deliver(env)
    assert hanging.began.wait(processes.PATIENCE), "it never sent the order"
    worker.send_signal(signal.SIGKILL)
    assert worker.wait(10) == -signal.SIGKILL
    assert [entry["reference"] for entry in site.journal("order")] == [number]
    with closing(sqlite3.connect(folder / "portal.sqlite3")) as database, database:
        assert database.execute(THERE).fetchall() == [("new", "running", "")]
        database.execute(DEAD)  # as the clock would do in a minute

    assert deliver(env).wait(processes.PATIENCE) == 0

    assert [entry["reference"] for entry in site.journal("order")] == [number]
    with closing(sqlite3.connect(folder / "portal.sqlite3")) as database:
        assert database.execute(THERE).fetchall() == [("at_wms", "done", str(site.journal("order")[0]["order_id"]))]
