"""The main job from end to end, without a browser: what ``make demo`` runs and checks.

One merchant's orders are shipped in the portal, another's by a warehouse system that calls the API. Everything goes
through the product's own doors and over HTTP to the simulator. At the end, the simulator's journal and the warehouse
system's notebook are compared with our database: they are the others' accounts, not ours.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.test import Client
from django.urls import reverse

from carts import connections, listings
from carts.models import Cart
from core.accounts.models import Merchant
from core.api.scopes import Scope
from core.common import clock
from integration_manager.management.demo_data import Demo
from integration_manager.management.played_wms import PlayedWms
from inventory import levels
from inventory.models import StockLevel, StockUpdate
from inventory.publish import inventory_upload
from orders.download import pull
from orders.models import Order, OrderStatus
from shipping.carriers.tracking_numbers import ups_number
from shipping.confirmation import shipment_upload
from shipping.delivery import releases
from shipping.methods import mapping
from shipping.models import Confirmation, Package, Release, Warehouse
from shipping.routing import routes_for

ON_HAND = 40
SHIPPED = 4  # orders


@dataclass(frozen=True, slots=True)
class SellerAccount:
    """Of whom there is an account at the simulated Amazon."""

    merchant: str
    id: str
    place: str
    cart: str


MUGS = SellerAccount("Blue Mug Co", "A1BLUEMUGCO01", "ATVPDKIKX0DER", "Amazon.com")
CANDLES = SellerAccount("Nordlicht Kerzen", "A1NORDLICHT01", "A1PA6795UKMFR9", "Amazon.de")
WMS_SCOPES = (Scope.ORDERS_CLAIM, Scope.SHIPMENTS_WRITE, Scope.INVENTORY_READ, Scope.INVENTORY_WRITE)


class Failed(Exception):
    """Something that should have happened did not. The message says what."""


@dataclass(frozen=True, slots=True)
class DemoStep:
    """One row of the table: what was done, what our database says about it, and what the simulator's journal says."""

    name: str
    ours: Any
    theirs: Any

    @property
    def agrees(self) -> bool:
        return bool(self.ours == self.theirs)


class Demonstration:
    """One run on an empty database with the simulator at ``simulator_url``, and our own API at ``api_url``."""

    def __init__(self, demo: Demo, simulator_url: str, api_url: str, say: Callable[[str], None]) -> None:
        self.demo = demo
        self.say = say
        self.api_url = api_url
        self.amazon = httpx.Client(base_url=simulator_url, timeout=30)
        self.browser = Client(SERVER_NAME="127.0.0.1")
        self.browser.force_login(demo.user, backend="allauth.account.auth_backends.AuthenticationBackend")

    def play(self) -> list[DemoStep]:
        self.say("\nOrders that are shipped in the portal")
        mugs = self._connect(MUGS)
        self._download(mugs)
        self._deliver(mugs)
        self._ship(mugs)
        self._confirm(mugs)
        self._publish(mugs)
        self.say("\nOrders that a warehouse system fetches by the API")
        candles = self._connect(CANDLES)
        wms = self._connect_wms(candles)
        self._download(candles)
        self._deliver(candles)
        self._ship_elsewhere(candles, wms)
        self._confirm(candles)
        self._take_levels(candles, wms)
        return [
            *self._orders(mugs, MUGS),
            *self._orders(candles, CANDLES),
            self._handed_over(candles, wms),
            *self._confirmations(),
            *self._stock(mugs, MUGS),
            *self._stock(candles, CANDLES),
        ]

    # -- What people and workers do -----------------------------------------------------------------------------------
    def _connect(self, seller: SellerAccount) -> Cart:
        """Staff create a cart and the seller consents at Seller Central, as in a browser."""
        merchant = Merchant.objects.get(organization=self.demo.organization, name=seller.merchant)
        self._post("carts:new", data={"merchant": merchant.pk, "place": seller.place, "name": seller.cart})
        cart = Cart.objects.get(merchant=merchant)
        consent = self._post("carts:grant", cart.pk)
        address = consent["location"]
        if self.amazon.get(address).status_code != 200:
            raise Failed("Seller Central did not show its consent page.")
        asked = dict(httpx.URL(address).params)
        confirmed = self.amazon.post(
            address, data={**asked, "seller_id": seller.id, "agree": "on", "action": "confirm"}
        )
        back = urlsplit(confirmed.headers.get("location", ""))
        returned = self.browser.get(f"{back.path}?{back.query}")
        cart.refresh_from_db()
        if returned.status_code != 302 or cart.grant is None:
            raise Failed("Coming back from Seller Central did not connect the cart.")
        self._post("carts:test", cart.pk)
        self._post("carts:ok", cart.pk)
        cart.refresh_from_db()
        if cart.state != Cart.State.LIVE:
            raise Failed(f"The cart did not go live: {cart.checks}")
        self.say(f"Connected {cart} of {merchant} to seller {cart.grant.seller_id}")
        return cart

    def _download(self, cart: Cart) -> None:
        assert cart.grant is not None
        with connections.marketplace(cart.grant) as marketplace:
            self.say(f"Order Download: {pull.import_orders(cart.grant, marketplace, now=clock.now())}")

    def _deliver(self, cart: Cart) -> None:
        self.say(f"Order Delivery: {releases.release_orders(now=clock.now(), cart=cart)}")

    def _ship(self, cart: Cart) -> None:
        waiting = Order.objects.filter(cart=cart, status=OrderStatus.AT_WMS).exclude(service="SameDay")
        orders = waiting.order_by("ship_by", "pk")[:SHIPPED]
        data: dict[str, Any] = {"order": [order.pk for order in orders]}
        today = clock.now().astimezone(self.demo.organization.zone)  # at night in London it is yesterday in Reno
        # By air, so that whatever the buyers asked for is kept, and nobody has to be asked.
        data |= {"carrier": "UPS", "scac": "UPSN", "service": "Next Day Air", "shipped_on": f"{today:%Y-%m-%d}"}
        data |= {f"tracking_{order.pk}": ups_number("999AA1", order.pk) for order in orders}
        self._post("shipping:close", data=data)
        shipped = Package.objects.filter(order__cart=cart).count()
        if shipped != SHIPPED:
            raise Failed(f"Only {shipped} of {SHIPPED} orders were shipped and closed.")
        self.say(f"Ship and Close: {shipped} orders")

    def _confirm(self, cart: Cart) -> None:
        assert cart.grant is not None
        with connections.marketplace(cart.grant) as marketplace:
            self.say(f"Shipment Upload: {shipment_upload.confirm_packages([cart], marketplace, now=clock.now())}")

    def _publish(self, cart: Cart) -> None:
        assert cart.grant is not None
        with connections.marketplace(cart.grant) as marketplace:
            listings.read_listings(cart, marketplace, now=clock.now())
            self.say(f"Inventory: {levels.count(cart, now=clock.now())}")
            StockLevel.objects.filter(merchant=cart.merchant).update(on_hand=ON_HAND, observed_at=clock.now())
            self.say(f"Inventory Upload: {inventory_upload.publish(cart, marketplace, now=clock.now())}")

    # -- What the warehouse system does --------------------------------------------------------------------------------
    def _connect_wms(self, cart: Cart) -> PlayedWms:
        """Staff add the warehouse, send the cart's orders there, and give its people a key, which is shown once."""
        self._post("shipping:new_warehouse", data={"name": "Hamburg", "kind": "api", "country": "DE"})
        warehouse = Warehouse.objects.get(organization=self.demo.organization, name="Hamburg")
        route = routes_for([cart])[cart.pk]
        mapping.change_route(route, {"warehouse": warehouse}, by=self.demo.user, now=clock.now())
        asked = {"name": "Hamburg WMS", "scopes": [scope.value for scope in WMS_SCOPES]}
        shown = self.browser.post(reverse("api_keys:new"), asked).content.decode()
        key = re.search(r"im_[a-z0-9]{10}\.[\w-]{43}", shown)
        if key is None:
            raise Failed("Settings did not show a new API key.")
        self.say(f"{cart} sends its orders to {warehouse}, whose WMS has a key of the API")
        return PlayedWms(self.api_url, key[0], self.say)

    def _ship_elsewhere(self, cart: Cart, wms: PlayedWms) -> None:
        wms.take_orders()
        self._read_listings(cart)
        wms.stock(ON_HAND)
        services = dict(Order.objects.filter(cart=cart).values_list("number", "service"))
        chosen = [ours for ours, order in wms.orders.items() if services[order["number"]] != "SameDay"][:SHIPPED]
        wms.ship(chosen, lambda place: ups_number("999BB2", place))

    def _take_levels(self, cart: Cart, wms: PlayedWms) -> None:
        wms.count_shelves(clock.now().isoformat())
        assert cart.grant is not None
        with connections.marketplace(cart.grant) as marketplace:
            self.say(f"Inventory Upload: {inventory_upload.publish(cart, marketplace, now=clock.now())}")

    def _read_listings(self, cart: Cart) -> None:
        assert cart.grant is not None
        with connections.marketplace(cart.grant) as marketplace:
            listings.read_listings(cart, marketplace, now=clock.now())

    def _post(self, name: str, *args: Any, data: dict[str, Any] | None = None) -> Any:
        answer = self.browser.post(reverse(name, args=args), data or {})
        if answer.status_code != 302:
            raise Failed(f"{name} answered {answer.status_code} instead of moving on.")
        return answer

    # -- Both sides ----------------------------------------------------------------------------------------------------
    def _journal(self, kind: str) -> list[dict[str, Any]]:
        entries = self.amazon.get("/_journal", params={"kind": kind}).json()
        return list(entries["entries"] if isinstance(entries, dict) else entries)

    def _orders(self, cart: Cart, seller: SellerAccount) -> list[DemoStep]:
        there = {
            entry["order_id"]
            for entry in self._journal("order")
            if (entry["seller_id"], entry["marketplace_id"]) == (seller.id, cart.place_id)
        }
        here = set(Order.objects.filter(cart=cart).values_list("number", flat=True))
        return [DemoStep(f"Orders of {cart}", sorted(here), sorted(there))]

    def _handed_over(self, cart: Cart, wms: PlayedWms) -> DemoStep:
        there = Release.objects.filter(order__cart=cart).exclude(reference="")
        here = {reference: number for number, reference in there.values_list("order__number", "reference")}
        noted = {ours: order["number"] for ours, order in wms.orders.items()}
        return DemoStep("Orders at the WMS, by its own numbers", sorted(here.items()), sorted(noted.items()))

    def _confirmations(self) -> list[DemoStep]:
        there = {
            entry["order_id"]: [entry["packageReferenceId"], entry["carrier"], entry["tracking"]]
            for entry in self._journal("confirmation")
        }
        confirmed = Confirmation.objects.filter(confirmed_at__isnull=False).select_related("package__order")
        here = {
            c.package.order.number: [str(c.package.number), c.package.carrier, c.package.tracking_number]
            for c in confirmed
        }
        steps = [
            DemoStep(f"Confirmed {number}", here.get(number), there.get(number)) for number in sorted({*here, *there})
        ]
        done = Order.objects.filter(status=OrderStatus.CONFIRMED).count()
        return [*steps, DemoStep("Orders marked Confirmed", done, len(there))]

    def _stock(self, cart: Cart, seller: SellerAccount) -> list[DemoStep]:
        there = {
            entry["sku"]: entry["quantity"]
            for entry in self._journal("stock")
            if (entry["seller_id"], entry["marketplace_id"]) == (seller.id, cart.place_id)
        }
        here = dict(StockUpdate.objects.of_cart(cart).values_list("sku", "told"))
        return [DemoStep(f"Stock of {sku}", here.get(sku), there.get(sku)) for sku in sorted({*here, *there})]
