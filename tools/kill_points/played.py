"""The other sides, on one port of this process: Amazon, 3PL Warehouse Manager, and a server that hears webhooks.

Their clock is the driver's, as the workers' is.
"""

import threading
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import TracebackType
from typing import Any, Self

import waitress

from simulator import one_port
from simulator.amazon import Simulator
from simulator.extensiv import order_acts
from simulator.extensiv.site import WarehouseSite
from simulator.extensiv.warehouse_world import OPEN, invented
from tools import children

HOOK = "/hook"


class Played:
    """A context manager: they answer until it is left."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)
        self.port = children.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.amazon = Simulator(orders=0, base_url=self.url, clock=self.now, quota=False)
        self.site = WarehouseSite(invented(), clock=self.now)
        self.heard: Counter[str] = Counter()
        served = one_port.beside(self.amazon, {one_port.WAREHOUSE: self._warehouse, HOOK: self._hear})
        self._server = waitress.create_server(
            self._dated(served), host="127.0.0.1", port=self.port, threads=8, ident="played"
        )

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def _dated(self, app: Any) -> Any:
        """Answers say what time it is: the product goes by it."""

        def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
                return start_response(status, [*headers, ("Date", format_datetime(self.now(), usegmt=True))], *rest)

            served: Iterable[bytes] = app(environ, start)
            return served

        return serve

    def _warehouse(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return self.site(environ, start_response)

    def _hear(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.heard[str(environ.get("HTTP_WEBHOOK_ID", ""))] += 1
        start_response("204 No Content", [])
        return []

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.run, name="played", daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.close()

    def begin_again(self) -> None:
        """As nothing had happened. Whoever is connected has to connect again."""
        self.ahead = timedelta(0)
        self.amazon.reset()
        self.heard.clear()
        self.site.world = invented(
            {
                seller.name: {sku: sku for each in self.amazon.world.listings[seller.id].values() for sku in each}
                for seller in self.amazon.sellers[1:2]
            }
        )

    def close_at_warehouse(self) -> None:
        """The warehouse's staff ship what is open there."""
        with self.site.lock:
            for number, order in self.site.world.orders.items():
                if order["readOnly"]["status"] == OPEN and order["readOnly"]["fullyAllocated"]:
                    told = {"carrier": "UPS", "scacCode": "UPSN", "mode": "Ground"}
                    order_acts.route(self.site.world, order, told, self.now())
                    tracking = {"trackingNumber": f"1Z999AA1{number:010}"}
                    order_acts.close(self.site.world, order, tracking, self.now())
