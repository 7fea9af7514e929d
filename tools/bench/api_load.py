"""The API under load, behind the production web server: orders claimed and acknowledged, shipments at a steady rate,
and a hundred thousand stock levels.

The server runs in processes of its own, whose processor time and memory are read from the kernel. Whoever asks is on
the same machine, and takes its share of it.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from signal import SIGTERM
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import psutil

from carts.models import Cart
from core.api import keys
from core.api.scopes import Scope
from core.common import clock
from inventory.models import StockLevel
from shipping.carriers.tracking_numbers import ups_number
from shipping.delivery import releases
from shipping.models import Package, Release, Route, Warehouse
from shipping.routing import start_methods
from tools import children
from tools.bench import our_import
from tools.bench.measures import Watch, peak_mb
from tools.bench.played_amazon import played

ROOT = Path(__file__).resolve().parents[2]
WORKERS = 2  # processes of the web server
PATIENCE = 180.0  # seconds it may take to start, beside other work
CLAIM = 500  # orders in one claim: the most
RATE, SHIPMENTS = 50, 1_500  # requests a second, and in all
LEVELS, REPORT = 100_000, 5_000
WANTED_ORDERS, WANTED_P95_MS, WANTED_LEVELS_S = 500.0, 150.0, 60.0


@dataclass(frozen=True, slots=True)
class ApiTimes:
    """What was measured. Processor seconds are the web server's alone, without PostgreSQL's and the caller's."""

    orders: int
    claim_s: float
    claim_cpu_s: float
    shipments: int
    shipment_median_ms: float
    shipment_p95_ms: float
    shipment_longest_ms: float
    shipment_cpu_ms: float  # for each
    levels: int
    levels_new_s: float
    levels_again_s: float  # every level another number
    levels_cpu_s: float  # of both
    memory_before_mb: float  # of the biggest process, before the levels
    memory_most_mb: float  # after them
    import_cpu_us: float  # of one order's import just before: what this machine is worth meanwhile

    @property
    def orders_per_s(self) -> float:
        return self.orders / self.claim_s

    @property
    def met(self) -> bool:
        levels = max(self.levels_new_s, self.levels_again_s)
        quick = self.shipment_p95_ms < WANTED_P95_MS and self.orders_per_s >= WANTED_ORDERS
        return quick and levels < WANTED_LEVELS_S

    def told(self) -> list[str]:
        return [
            f"claim + acknowledge: {self.orders:,} orders in {self.claim_s:.1f} s, {self.orders_per_s:.0f} a second "
            f"(wanted: {WANTED_ORDERS:.0f}); {self.claim_cpu_s / self.orders * 1e6:.0f} µs CPU an order",
            f"shipments: {self.shipments:,} at {RATE} a second, median {self.shipment_median_ms:.0f} ms, p95 "
            f"{self.shipment_p95_ms:.0f} ms (wanted: under {WANTED_P95_MS:.0f}), longest "
            f"{self.shipment_longest_ms:.0f} ms; {self.shipment_cpu_ms:.1f} ms CPU each",
            f"levels: {self.levels:,} new in {self.levels_new_s:.1f} s, all changed in {self.levels_again_s:.1f} s "
            f"(wanted: under {WANTED_LEVELS_S:.0f}); {self.levels_cpu_s / self.levels / 2 * 1e6:.0f} µs CPU a level",
            f"memory of a server process: {self.memory_before_mb:.0f} MB before the levels, at most "
            f"{self.memory_most_mb:.0f} MB after",
            f"to compare with other days: importing these orders took {self.import_cpu_us:.0f} µs CPU an order",
        ]


@dataclass(frozen=True, slots=True)
class Server:
    port: int

    def workers(self) -> list[psutil.Process]:
        """Return the processes that answer: the children of gunicorn's own."""
        ours = [each for each in psutil.Process().children() if "gunicorn" in " ".join(each.cmdline())]
        return [worker for each in ours for worker in each.children()]

    def cpu_seconds(self) -> float:
        return sum(times.user + times.system for times in (each.cpu_times() for each in self.workers()))

    def peak_mb(self) -> float:
        return max(peak_mb(each.pid) for each in self.workers())


def measure(orders: int) -> ApiTimes:
    """Import orders, owe them to a warehouse that calls the API, and be that warehouse."""
    with played(orders) as amazon:
        connected = our_import.connect(amazon, Watch())
        warehouse = reporting_warehouse(connected.cart)
        first = our_import.one_pass("first", connected)
    releases.owe_new(now=clock.now())
    _, key = keys.issue(warehouse.organization, name="Bench", scopes=Scope, by=None, now=clock.now())
    with served() as server:
        ask = _asking(server.port, key)
        ask("claims", {"most": 1, "minutes": 1})  # loads what is loaded once
        claim_s, claim_cpu, taken = _claims(ask, server)
        sent, shipments_cpu = _shipments(ask, server, taken[:SHIPMENTS])
        before = server.peak_mb()
        levels_cpu = server.cpu_seconds()
        new_s, again_s = _levels(ask, 10), _levels(ask, 11)
        levels_cpu = server.cpu_seconds() - levels_cpu
        most = server.peak_mb()
    assert Release.objects.done().count() >= len(taken)
    assert Package.objects.count() == len(sent)
    return ApiTimes(
        orders=len(taken),
        claim_s=claim_s,
        claim_cpu_s=claim_cpu,
        shipments=len(sent),
        shipment_median_ms=median(sent) * 1000,
        shipment_p95_ms=quantiles(sent, n=20)[-1] * 1000,
        shipment_longest_ms=max(sent) * 1000,
        shipment_cpu_ms=shipments_cpu / len(sent) * 1000,
        levels=StockLevel.objects.count(),
        levels_new_s=new_s,
        levels_again_s=again_s,
        levels_cpu_s=levels_cpu,
        memory_before_mb=before,
        memory_most_mb=most,
        import_cpu_us=first.cpu_seconds / first.orders * 1e6,
    )


def reporting_warehouse(cart: Cart, name: str = "Bench WMS") -> Warehouse:
    """Make a warehouse that calls the API, and let the cart's orders go there."""
    made: Warehouse = Warehouse.objects.create(organization=cart.organization, name=name, kind="api")
    start_methods(made)
    Route.objects.create(organization=cart.organization, merchant=cart.merchant, cart=cart, warehouse=made)
    return made


@contextmanager
def served() -> Iterator[Server]:
    """Start the web server as the container does, with two processes."""
    with TemporaryDirectory(prefix="im-bench-web-") as folder:
        port = children.free_port()
        command = [sys.executable, "-m", "gunicorn", "integration_manager.wsgi:application", "--chdir", str(ROOT)]
        command += ["--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS), "--threads", "8"]
        command += ["--worker-class", "integration_manager.web_worker.WebWorker", "--timeout", "60"]
        env = os.environ | {"PUBLIC_URL": f"http://127.0.0.1:{port}", "PYTHONPATH": str(ROOT)}
        started = partial(answers, f"http://127.0.0.1:{port}/api/v1/problems")
        with children.child(command, folder=Path(folder), answers=started, stop=SIGTERM, env=env, patience=PATIENCE):
            yield Server(port)


def answers(address: str) -> bool:
    """Return whether a page is served there by now."""
    try:
        return httpx.get(address, timeout=60).status_code == 200
    except httpx.HTTPError:
        return False


Ask = Callable[[str, dict[str, Any]], Any]


def _asking(port: int, key: str) -> Ask:
    """Return what asks, from any thread. The plainest client there is: it takes its share of this machine."""
    mine = threading.local()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def ask(path: str, body: dict[str, Any]) -> Any:
        sent = json.dumps(body).encode()
        try:
            status, answer = _answer(mine, port, path, sent, headers)
        except (ConnectionError, HTTPException):  # the server closed what had been open for a while
            mine.line = None
            status, answer = _answer(mine, port, path, sent, headers)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}: {answer[:500]!r}")
        return json.loads(answer)

    return ask


def _answer(mine: Any, port: int, path: str, sent: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    line: HTTPConnection | None = getattr(mine, "line", None)
    if line is None:
        line = mine.line = HTTPConnection("127.0.0.1", port, timeout=60)
    line.request("POST", f"/api/v1/{path}", sent, headers)
    answer = line.getresponse()
    return answer.status, answer.read()


# -- What the warehouse does -------------------------------------------------------------------------------------------
def _claims(ask: Ask, server: Server) -> tuple[float, float, list[dict[str, Any]]]:
    """Claim and acknowledge until nothing is offered. Returns seconds, the server's CPU seconds, and the orders."""
    taken: list[dict[str, Any]] = []
    worked, began = server.cpu_seconds(), time.perf_counter()
    while claimed := ask("claims", {"most": CLAIM})["orders"]:
        said = [{"order": order["id"], "accepted": True, "reference": f"W-{order['number']}"} for order in claimed]
        ask("acknowledgments", {"orders": said})
        taken += claimed
    return time.perf_counter() - began, server.cpu_seconds() - worked, taken


def _shipments(ask: Ask, server: Server, orders: Sequence[dict[str, Any]]) -> tuple[list[float], float]:
    """Report one shipment a request at a steady rate, whether or not those before were answered. Returns how long each
    took from when it was to be sent, and the server's processor seconds."""
    took: list[float] = []
    lock = threading.Lock()

    def one(place: int, order: dict[str, Any], at: float) -> None:
        time.sleep(max(0.0, at - time.perf_counter()))
        lines = [{"line": line["line"], "sku": line["sku"], "units": line["units"]} for line in order["lines"]]
        parcel = {"carrier": "UPS", "scac": "UPSN", "service": "Next Day Air", "lines": lines}
        parcel["tracking_number"] = ups_number("999AA1", place)
        ask("shipments", {"shipments": [{"order": order["id"], "reference": f"S-{place}", "packages": [parcel]}]})
        with lock:
            took.append(time.perf_counter() - at)

    worked, began = server.cpu_seconds(), time.perf_counter() + 0.5
    with ThreadPoolExecutor(64) as callers:
        jobs = [callers.submit(one, place, order, began + place / RATE) for place, order in enumerate(orders)]
        for job in jobs:
            job.result()
    return took, server.cpu_seconds() - worked


def _levels(ask: Ask, units: int) -> float:
    began = time.perf_counter()
    for start in range(0, LEVELS, REPORT):
        levels = [{"sku": f"SKU-{number:06}", "on_hand": units} for number in range(start, start + REPORT)]
        ask("levels", {"observed_at": clock.now().isoformat(), "levels": levels})
    return time.perf_counter() - began
