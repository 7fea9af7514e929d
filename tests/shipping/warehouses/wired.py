"""Systems behind a wire as the contract sees them: what they have, and the faults between us and them."""

from typing import Protocol

import httpx
import pytest

from core.common import clock, shared_http
from core.common.bounded_http import BoundedHttp
from shipping import warehouses
from shipping.connection import secrets
from shipping.models import Warehouse, WarehouseAccount
from shipping.warehouses.base import WarehouseSystem
from shipping.warehouses.extensiv import system as extensiv
from shipping.warehouses.extensiv.system import Extensiv
from simulator.extensiv.site import TOKENS, WarehouseSite
from simulator.extensiv.warehouse_world import CANCELED, CLOSED, OPEN, Credentials, WarehouseWorld, add_item
from tests.shipping.warehouses.http_wms import KEY, HttpWms, WmsServer
from tests.shipping.warehouses.wire_faults import WireFaults
from tests.world import World

LEVELS = {"A": 1, "B": 2, "C": 3, "D": 4, "E": 5}
STATES = {OPEN: "open", CLOSED: "shipped", CANCELED: "canceled"}


class Wired(Protocol):
    """One system, its server in this process, and what stands between them."""

    faults: WireFaults
    tokens: int  # requests before the first one that matters

    def system(self) -> WarehouseSystem:
        """Return the adapter, connected."""

    def be_the_warehouse_of(self, world: World) -> None:
        """The world's orders go there."""

    @property
    def made(self) -> list[str]:
        """Our references of all orders that were ever made there, each as often as it was."""

    def states(self) -> dict[str, str]:
        """Return what became of the orders there, by our reference: open, shipped, canceled."""

    def put(self, reference: str, state: str) -> None:
        """Have an order there in this state."""

    def lose_all(self) -> None:
        """It has none of the orders any more."""


class WiredPlain:
    """The small one of these tests."""

    tokens = 0

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.server = WmsServer()
        self.faults = self.server.faults
        monkeypatch.setattr(HttpWms, "server", self.server)
        monkeypatch.setitem(warehouses.WAREHOUSES, "http_wms", HttpWms)

    def system(self) -> WarehouseSystem:
        return HttpWms({})

    def be_the_warehouse_of(self, world: World) -> None:
        Warehouse.objects.update(kind="http_wms")

    @property
    def made(self) -> list[str]:
        return self.server.made

    def states(self) -> dict[str, str]:
        return self.server.orders

    def put(self, reference: str, state: str) -> None:
        self.server.orders[reference] = state

    def lose_all(self) -> None:
        self.server.orders.clear()


class ToExtensiv(httpx.BaseTransport):
    def __init__(self, site: WarehouseSite, faults: WireFaults) -> None:
        self._inner, self._faults = httpx.WSGITransport(app=site), faults

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        inner = self._inner.handle_request
        return inner(request) if request.url.path == TOKENS else self._faults.through(request, inner)


class WiredExtensiv:
    """3PL Warehouse Manager. Faults don't meet its tokens: those have tests of their own."""

    tokens = 1

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.site = WarehouseSite(WarehouseWorld(zone="America/New_York"), clock=clock.now, sleep=lambda seconds: None)
        books = self.site.world
        books.facilities[1] = {"id": 1, "name": "Reno"}
        books.customers[4] = {"readOnly": {"customerId": 4}, "companyInfo": {"companyName": "Blue Mug Co"}}
        books.credentials["demo-client"] = Credentials("demo-client", KEY, [4])
        for sku in ("MUG-BLUE-11", "MUG-RED-11", "TEAPOT-BLUE", *LEVELS):
            add_item(books, 4, sku, sku, counted=LEVELS.get(sku, 500))
        self.faults = WireFaults(KEY)
        self._http = BoundedHttp(ToExtensiv(self.site, self.faults))
        monkeypatch.setattr(shared_http, "guarded", lambda networks: self._http)
        for pages in ("STOCK_PAGE", "ITEMS_PAGE", "ORDERS_PAGE"):
            monkeypatch.setattr(extensiv, pages, 2)

    def system(self) -> WarehouseSystem:
        return Extensiv({**SAID, "client_secret": KEY, "account": "4"}, http=self._http)

    def be_the_warehouse_of(self, world: World) -> None:
        Warehouse.objects.update(kind="extensiv", settings=SAID)
        warehouse = Warehouse.objects.get()
        secrets.keep(warehouse, {"client_secret": KEY})
        WarehouseAccount.objects.create(
            organization=world.organization, merchant=world.merchant, warehouse=warehouse, account="4", due_at=world.now
        )

    @property
    def made(self) -> list[str]:
        return [str(entry["reference"]) for entry in self.site.journal("order")]

    def states(self) -> dict[str, str]:
        return {each["referenceNum"]: STATES[each["readOnly"]["status"]] for each in self.site.world.orders.values()}

    def put(self, reference: str, state: str) -> None:
        books = self.site.world
        found = next((each for each in books.orders.values() if each["referenceNum"] == reference), None)
        if found is None:
            number = books.next_id()
            read_only = {"orderId": number, "packages": [], "packDoneDate": None, "fullyAllocated": True}
            found = books.orders[number] = {
                "referenceNum": reference,
                "customerIdentifier": {"id": 4, "name": "Blue Mug Co"},
                "facilityIdentifier": {"id": 1, "name": "Reno"},
                "orderItems": [],
                "savedElements": [],
                "routingInfo": {},
                "billing": {},
                "readOnly": read_only,
            }
        found["readOnly"] |= {"status": {name: code for code, name in STATES.items()}[state]}
        found["readOnly"] |= {"isClosed": state == "shipped"}
        books.touched(found, clock.now())

    def lose_all(self) -> None:
        self.site.world.orders.clear()


SAID = {
    "client_id": "demo-client",
    "user_login": "1",
    "facility": "1",
    "zone": "America/New_York",
    "base_url": "https://wms.test",
}
WIRED: dict[str, type[WiredPlain] | type[WiredExtensiv]] = {"plain": WiredPlain, "extensiv": WiredExtensiv}
