"""The whole product in one process: threads for the simulator, worker and scheduler, next to the web server."""

import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from wsgiref.types import WSGIApplication

import waitress
from celery.beat import Service
from celery.worker import WorkController
from django.conf import settings
from django.core.management.base import CommandError

from core.common import claims
from integration_manager.bell_schedule import BellSchedule
from integration_manager.celery import app
from simulator import one_port
from simulator.amazon import Application, Simulator
from simulator.amazon.world.invented import ACCOUNTS
from simulator.amazon.world.saved_file import Keeper
from simulator.extensiv import warehouse_world
from simulator.extensiv.site import WarehouseSite

HOST = "127.0.0.1"
THREADS = 4
PATIENCE = 30  # seconds a browser may be silent in the middle of a request, or of an answer
VISITORS = 500  # connections at once; one that says nothing costs no thread


def web_server(application: WSGIApplication, port: int) -> Any:
    """Return the web server, which reads whole requests before a thread is spent on one.

    What a proxy says is left to ForwardedHeadersMiddleware, which knows whose word counts.
    """
    return waitress.create_server(
        application,
        host=HOST,
        port=port,
        threads=8,
        ident=None,
        clear_untrusted_proxy_headers=False,
        connection_limit=VISITORS,
        channel_timeout=PATIENCE,
        cleanup_interval=10,
        asyncore_use_poll=True,
        # It reads a request whole before we see it. What is a little larger than we take reaches us: it is refused in
        # the form its sender reads.
        max_request_body_size=2 * settings.MOST_SENT,
    )


class Running(ExitStack):
    """Everything that was started, stopped in reverse order on leaving."""

    def start(self, name: str, work: Callable[[], object], stop: Callable[[], object]) -> None:
        thread = threading.Thread(target=work, name=name, daemon=True)
        thread.start()
        self.callback(thread.join, 10)
        self.callback(stop)

    def start_simulator(
        self, port: int, *, state: Path | None = None, orders: int = 8, quota: bool = True, login_uri: str = ""
    ) -> Simulator:
        """Simulate Amazon on this port; with ``state``, continue where the last run stopped.

        Sellers who authorize again from Amazon's side are sent to ``login_uri``.
        """
        url = f"http://{HOST}:{port}"
        ours = Application(login_uri=login_uri)
        if state and state.exists():
            simulator = Simulator.load(state, base_url=url, orders=orders, quota=quota, application=ours)
        else:
            simulator = Simulator(base_url=url, orders=orders, quota=quota, application=ours)
        if state:
            self._keep(lambda: simulator.save(state), lambda: simulator.world.changes)
        site = self._warehouse(state.with_name(f"warehouse-{state.name}") if state else None)
        served = one_port.beside(simulator, {one_port.WAREHOUSE: site})
        server = waitress.create_server(served, host=HOST, port=port, threads=8, ident="simulated-amazon")
        self.start("simulator", server.run, server.close)
        return simulator

    def _warehouse(self, state: Path | None) -> WarehouseSite:
        """Simulate 3PL Warehouse Manager beside Amazon, on the same port."""
        clients = {each.name: {product.sku: product.title for product in each.products} for each in ACCOUNTS}
        world = warehouse_world.load(state) if state and state.exists() else warehouse_world.invented(clients)
        if state:
            self._keep(lambda: warehouse_world.save(world, state), lambda: world.changes)
        return WarehouseSite(world)

    def _keep(self, save: Callable[[], None], changes: Callable[[], int]) -> None:
        keeper = Keeper(save, changes)
        keeper.start()
        self.callback(keeper.stop)

    def start_worker(self) -> None:
        worker = WorkController(app=app, pool_cls="threads", concurrency=THREADS, hostname="portal@localhost")
        claims.go_on()
        self.start("worker", worker.start, worker.stop)
        self.callback(claims.stop)

    def start_beat(self) -> None:
        beat = Service(app=app, scheduler_cls=BellSchedule)  # in memory: the schedule is in the settings
        self.start("beat", lambda: beat.start(embedded_process=False), lambda: beat.stop(wait=False))


def claim_port(port: int, *, what: str, variable: str) -> None:
    """Raises CommandError, naming the way out, if something already listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CommandError(
                f"Port {port}, needed for {what}, is already in use. Choose another: make run {variable}={port + 1}"
            ) from error


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
