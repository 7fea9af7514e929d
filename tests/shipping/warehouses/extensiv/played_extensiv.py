"""The simulated 3PL Warehouse Manager in this process, and our adapter connected to it."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from carts.marketplaces.values import Address
from core.common.bounded_http import BoundedHttp
from shipping.warehouses.base import Delivery, DeliveryLine, MethodChoice, ReportedShipment
from shipping.warehouses.extensiv.system import Extensiv
from simulator.extensiv.site import WarehouseSite
from tests.simulator.extensiv.warehouse_client import WarehouseClient

NOON = datetime(2026, 11, 29, 20, tzinfo=UTC)  # noon where the warehouse is
ADDRESS = Address(
    name="Ann Lee", line1="1 Main St", line2="Apt 4", city="Reno", state="NV", postal_code="89501", country="US"
)


class Hands:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


class Counted:
    def __init__(self) -> None:
        self.calls = self.sent = self.received = self.failed = 0

    def __call__(self, *, calls: int = 0, sent: int = 0, received: int = 0, failed: int = 0) -> None:
        self.calls += calls
        self.sent += sent
        self.received += received
        self.failed += failed


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def site(hands: Hands) -> WarehouseSite:
    return WarehouseSite(clock=hands, sleep=lambda seconds: None)


def connected(site: WarehouseSite, **settings: object) -> Extensiv:
    said = {
        "base_url": "http://wms",
        "client_id": "demo-client",
        "client_secret": "demo-secret",
        "user_login": "1",
        "facility": 1,
        "account": "4",
        **settings,
    }
    return Extensiv(said, Counted(), http=BoundedHttp(httpx.WSGITransport(app=site)))


@pytest.fixture
def wms(site: WarehouseSite) -> Extensiv:
    return connected(site)


def delivery(reference: str = "113-1", units: int = 2, **more: object) -> Delivery:
    lines = [DeliveryLine("line-1", "BLUE-MUG-11OZ", units), DeliveryLine("line-2", "RED-MUG-11OZ", 1)]
    said: dict[str, object] = {
        "reference": reference,
        "source": "Amazon.com",
        "ship_method": MethodChoice("UPS Ground", "UPS", "UPSN", "Ground"),
        "service": "Standard",
        "ship_by": NOON + timedelta(days=1),
        "recipient": ADDRESS,
        "lines": lines,
        **more,
    }
    return Delivery(**said)  # type: ignore[arg-type]


def staff(site: WarehouseSite, number: str, act: str, **told: object) -> None:
    answer = WarehouseClient(site).http.post(f"/_bench/orders/{number}/{act}", json=told)
    assert answer.status_code == 204, answer.text


def shipped(wms: Extensiv, cursor: str = "") -> list[ReportedShipment]:
    return list(wms.shipped_since(cursor).shipments)
