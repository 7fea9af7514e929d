"""A small warehouse system behind a wire: the adapter, and the server it asks, which can be told to misbehave."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, ClassVar

import httpx

from core.common.remote import Disconnected, Rejected, Throttled, Unavailable
from shipping.warehouses.base import Creating, Delivery, GivenBack, StockLevel, WarehouseSystem
from tests.shipping.warehouses.wire_faults import WireFaults

KEY = "s3cret-of-the-wms"
PAGE = 2


class WmsServer:
    """Keeps orders, and stock in pages of two."""

    def __init__(self) -> None:
        self.orders: dict[str, str] = {}  # our reference: "open", "canceled", "shipped"
        self.made: list[str] = []
        self.stock: list[tuple[str, int]] = [("A", 1), ("B", 2), ("C", 3), ("D", 4), ("E", 5)]
        self.faults = WireFaults(KEY)

    def answer(self, request: httpx.Request) -> httpx.Response:
        return self.faults.through(request, self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path, query = request.url.path, request.url.params
        if path == "/stock":
            start = int(query.get("from", 0))
            rows = self.stock[start : start + PAGE]
            return httpx.Response(200, json={"rows": rows, "more": start + PAGE < len(self.stock)})
        number = path.removeprefix("/orders/")
        if request.method == "GET":
            state = self.orders.get(number)
            return httpx.Response(200, json={"reference": f"W-{number}" if state in ("open", "shipped") else None})
        if request.method == "DELETE":
            state = self.orders.get(number, "unknown")
            if state == "open":
                self.orders[number] = "canceled"
            return httpx.Response(200, json={"was": state})
        self.orders[number] = "open"
        self.made.append(number)
        return httpx.Response(200, json={"reference": f"W-{number}"})


class HttpWms(WarehouseSystem):
    kind = "http_wms"
    label = "HTTP WMS"
    creating = Creating.LOOK_UP
    can_recall = True
    tells_stock = True
    server: ClassVar[WmsServer] = WmsServer()

    def create(self, delivery: Delivery) -> str:
        return str(self._ask("POST", f"/orders/{delivery.reference}")["reference"])

    def find(self, reference: str) -> str | None:
        found = self._ask("GET", f"/orders/{reference}")["reference"]
        return None if found is None else str(found)

    def recall(self, reference: str, *, order_number: str) -> GivenBack:
        was = self._ask("DELETE", f"/orders/{order_number}")["was"]
        return {"unknown": GivenBack.UNKNOWN, "shipped": GivenBack.TOO_LATE}.get(was, GivenBack.RECALLED)

    def stock(self) -> Iterator[StockLevel]:
        start, more = 0, True
        while more:
            page = self._ask("GET", f"/stock?from={start}")
            for code, units in page["rows"]:
                yield StockLevel(code, units, datetime(2026, 11, 20, tzinfo=UTC))
            start, more = start + PAGE, page["more"]

    def _ask(self, method: str, path: str) -> dict[str, Any]:
        with httpx.Client(transport=httpx.MockTransport(self.server.answer), base_url="http://wms.test") as client:
            try:
                answer = client.request(method, path, headers={"Authorization": f"Bearer {KEY}"})
            except httpx.HTTPError:
                self.meter(calls=1, failed=1)
                raise Unavailable("The warehouse does not answer.") from None
        self.meter(calls=1, received=len(answer.content), failed=int(answer.is_error))
        match answer.status_code:
            case 401:
                raise Disconnected("The warehouse does not know our key.")
            case 403:
                raise Rejected("The key may not do this there: its owner has to allow it.")
            case 429:
                raise Throttled("The warehouse says that we ask too often.")
            case status if status >= 500:
                raise Unavailable(f"The warehouse answers {status}.")
        try:
            found: dict[str, Any] = json.loads(answer.content)
        except ValueError:
            raise Unavailable("The warehouse's answer can't be read.") from None
        return found
