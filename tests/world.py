"""A 3PL with one connected cart, and the simulator it is connected to, in this process. Time stands still."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import time_machine

from carts import connections
from carts.consent import grants
from carts.marketplaces.values import Tokens
from carts.models import Cart
from core.accounts.models import Merchant, Organization, User
from core.common import clock
from orders.download import pull
from orders.models import Order
from shipping.close import ship_and_close
from shipping.close.ship_and_close import Closed, Closing
from shipping.confirmation import shipment_upload
from shipping.delivery import releases
from shipping.models import Confirmation
from shipping.routing import make_portal_warehouse
from shipping.shipments.shipped_packages import Parcel
from simulator.amazon import Simulator
from tests import factories

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SELLER = "A1BLUEMUGCO01"
US = "ATVPDKIKX0DER"


@dataclass
class World:
    simulator: Simulator
    organization: Organization
    person: User
    merchant: Merchant
    cart: Cart
    traveller: time_machine.Traveller

    @property
    def now(self) -> datetime:
        return clock.now()

    def later(self, **time: float) -> None:
        self.traveller.shift(timedelta(**time))

    def order_placed(self, **wish: Any) -> str:
        """A buyer orders, long enough ago for Amazon to list it."""
        number = self.simulator.place_order(SELLER, US, **wish)
        self.later(minutes=5)
        return number

    def download(self) -> pull.Imported:
        self.cart.refresh_from_db()
        assert self.cart.grant is not None
        with connections.marketplace(self.cart.grant) as marketplace:
            return pull.import_orders(self.cart.grant, marketplace, now=self.now)

    def deliver(self) -> releases.Released:
        return releases.release_orders(now=self.now)

    def ship(self, *orders: Order, tracking: str = "1Z999AA1", parcels: Sequence[Parcel] | None = None) -> list[Closed]:
        closings = []
        for place, order in enumerate(orders):
            each = parcels or [Parcel("UPS", "UPSN", "Ground", f"{tracking}{place:04}")]
            closings.append(Closing(order, each, self.now))
        return ship_and_close.ship_and_close(closings, by=self.person, now=self.now)

    def confirm(self) -> shipment_upload.Confirmed:
        self.cart.refresh_from_db()
        assert self.cart.grant is not None
        with connections.marketplace(self.cart.grant) as marketplace:
            return shipment_upload.confirm_packages([self.cart], marketplace, now=self.now)

    def order(self, number: str) -> Order:
        found: Order = Order.objects.get(cart=self.cart, number=number)
        return found

    def at_warehouse(self, **wish: Any) -> Order:
        """An order that came in and went to the warehouse."""
        number = self.order_placed(**wish)
        self.download()
        self.deliver()
        return self.order(number)

    def renew(self) -> None:
        """The seller authorizes us, again."""
        tokens = Tokens(access_token="", expires_in=0, refresh_token=self.simulator.grant(SELLER))
        grants.bind(self.cart, seller_id=SELLER, tokens=tokens, by=self.person, now=self.now)
        self.cart.refresh_from_db()

    def told(self) -> list[dict[str, Any]]:
        """Packages the simulator was told of."""
        return self.simulator.journal("confirmation")

    def confirmation(self, order: Order) -> Confirmation:
        found: Confirmation = Confirmation.objects.get(package__order=order)
        return found


def source(order: Order) -> dict[str, Any]:
    """The document the order was read from."""
    opened: dict[str, Any] | None = order.recipient.open_source()
    assert opened
    return opened


def line(reference: str, **fields: Any) -> dict[str, Any]:
    """A line of an order as Amazon writes it."""
    return {"orderItemId": reference, "quantityOrdered": 1, **fields}


@pytest.fixture
def simulator(settings: Any) -> Simulator:
    """Amazon in this process: no socket is opened."""
    simulator = Simulator(seed=1, orders=0, base_url="http://simulator.test", sleep=lambda seconds: None)
    ours = {**settings.MARKETPLACES["amazon"], "transport": httpx.WSGITransport(app=simulator)}
    urls = {region: f"http://simulator.test/{region.lower()}" for region in ("NA", "EU", "FE")}
    ours |= {
        "app_id": "amzn1.sellerapps.app.simulated",
        "client_id": "amzn1.application-oa2-client.simulated",
        "client_secret": "simulated-secret",
        "spapi_urls": urls,
        "lwa_url": "http://simulator.test/auth/o2/token",
        "seller_central_url": "http://simulator.test",
    }
    settings.MARKETPLACES = {"amazon": ours}
    return simulator


@pytest.fixture
def still() -> Iterator[time_machine.Traveller]:
    """Time stands still at noon."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(db: None, still: time_machine.Traveller, simulator: Simulator) -> World:
    """A live cart of a merchant whose seller has authorized us."""
    organization = factories.OrganizationFactory()
    person = factories.make_person(organization)
    merchant = factories.MerchantFactory(organization=organization)
    make_portal_warehouse(organization)
    now = clock.now()
    cart = factories.CartFactory(merchant=merchant, place_id=US, name="Amazon.com", grant=None, live_at=now)
    simulator.reset()
    world = World(simulator, organization, person, merchant, cart, still)
    world.renew()
    return world
