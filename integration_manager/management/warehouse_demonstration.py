"""The way round by 3PL Warehouse Manager, without a browser: a step of ``make demo`` of its own.

Another merchant's cart sends its orders to the simulated warehouse; its staff ship and close them there; their tracking
goes to Amazon, and what is left on the shelves is what Amazon is told. Both servers' journals are compared with ours.
"""

from typing import Any

from django.conf import settings

from carts import connections, listings
from carts.models import Cart
from core.accounts.models import Merchant
from core.common import clock
from integration_manager.management.demonstration import Demonstration, DemoStep, Failed, SellerAccount
from inventory import stock_pickup
from inventory.publish import inventory_upload
from orders.models import Order, OrderStatus
from shipping.carriers.tracking_numbers import ups_number
from shipping.connection import look, shipment_pickup
from shipping.methods import mapping
from shipping.models import Package, Release, Warehouse, WarehouseAccess, WarehouseAccount
from shipping.routing import routes_for
from simulator.one_port import WAREHOUSE

CLOSED = 3  # orders
ROPES = SellerAccount("Harbor Rope Works", "A2HARBORROPE1", "ATVPDKIKX0DER", "Amazon.com")


class WarehouseDemonstration(Demonstration):
    """One run on the database and the simulator of a Demonstration."""

    def play(self) -> list[DemoStep]:
        self.say("\nOrders that are closed in 3PL Warehouse Manager")
        Merchant.objects.get_or_create(organization=self.demo.organization, name=ROPES.merchant)
        cart = self._connect(ROPES)
        warehouse = self._add_warehouse(cart)
        self._download(cart)
        self._deliver(cart)
        orders = self._close_there(cart)
        account = WarehouseAccount.objects.select_related("warehouse", "merchant").get(warehouse=warehouse)
        self.say(f"Shipping Confirmations: {shipment_pickup.pick_up(account, now=clock.now()).stored} shipments")
        self._confirm(cart)
        self._publish_stock(cart, account)
        return [
            *self._there(warehouse, orders),
            *self._at_amazon(cart, orders),
            *self._stock(cart, ROPES),
        ]

    # -- What people and workers do -----------------------------------------------------------------------------------
    def _add_warehouse(self, cart: Cart) -> Warehouse:
        """Staff add a warehouse, connect it, match the merchant with its customer there and send the cart's orders."""
        self._post("shipping:new_warehouse", data={"name": "Columbus", "kind": "extensiv"})
        warehouse: Warehouse = Warehouse.objects.get(organization=self.demo.organization, name="Columbus")
        said = {"client_id": "demo-client", "client_secret": "demo-secret", "user_login": "1", "facility": "2"}
        said |= {"zone": "America/Los_Angeles", "base_url": settings.SIMULATOR_URL + WAREHOUSE}
        self._post("shipping:connection", warehouse.pk, data=said)
        warehouse.refresh_from_db()
        look.run(warehouse, now=clock.now())
        access = WarehouseAccess.objects.get(warehouse=warehouse)
        if wrong := [f"{each.name}: {each.problem}" for each in look.checks(access) if each.problem]:
            raise Failed(f"The warehouse is not connected: {wrong}")
        customer = next(each.id for each in look.accounts(access) if each.name == cart.merchant.name)
        self._post("shipping:match_accounts", warehouse.pk, data={f"merchant_{cart.merchant_id}": customer})
        self._post("shipping:add_methods", warehouse.pk, data={"method": ["UPS Ground", "UPS Next Day Air"]})
        mapping.change_route(routes_for([cart])[cart.pk], {"warehouse": warehouse}, by=self.demo.user, now=clock.now())
        self.say(f"Connected warehouse {warehouse}: customer {customer} there is {cart.merchant}")
        return warehouse

    def _close_there(self, cart: Cart) -> list[Order]:
        """The warehouse's staff ship and close some orders on their own page."""
        there = Order.objects.filter(cart=cart, status=OrderStatus.AT_WMS).order_by("ship_by", "pk")
        orders = list(there.exclude(service="SameDay")[:CLOSED])
        for order in orders:
            said = {"carrier": "UPS", "scac": "UPSN", "service": "Next Day Air"}
            said["tracking"] = ups_number("999AA1", order.pk)
            path = f"{WAREHOUSE}/_bench/orders/{Release.objects.get(order=order).reference}/close"
            if self.amazon.post(path, json=said).status_code != 204:
                raise Failed(f"The warehouse did not close {order.number}.")
        self.say(f"Ship and Close at the warehouse: {len(orders)} orders")
        return orders

    def _publish_stock(self, cart: Cart, account: WarehouseAccount) -> None:
        assert cart.grant is not None
        account.refresh_from_db()
        self.say(f"Inventory: {len(stock_pickup.pick_up(account, now=clock.now()))} SKUs read from the warehouse")
        with connections.marketplace(cart.grant) as marketplace:
            listings.read_listings(cart, marketplace, now=clock.now())
            self.say(f"Inventory Upload: {inventory_upload.publish(cart, marketplace, now=clock.now())}")

    # -- The three sides -----------------------------------------------------------------------------------------------
    def _books(self, what: str) -> list[dict[str, Any]]:
        return list(self.amazon.get(f"{WAREHOUSE}/_journal", params={"what": what}).json()["entries"])

    def _there(self, warehouse: Warehouse, orders: list[Order]) -> list[DemoStep]:
        handed = Release.objects.filter(warehouse=warehouse).done().values_list("order__number", flat=True)
        shipped = Package.objects.filter(order__in=orders).values_list("order__number", flat=True)
        taken = [entry["reference"] for entry in self._books("order")]
        closed = [entry["reference"] for entry in self._books("closed")]
        return [
            DemoStep("Orders in the warehouse's books", sorted(handed), sorted(taken)),
            DemoStep("Closed in the warehouse's books", sorted(shipped), sorted(closed)),
        ]

    def _at_amazon(self, cart: Cart, orders: list[Order]) -> list[DemoStep]:
        numbers = {order.number for order in orders}
        there = {entry["order_id"]: entry["tracking"] for entry in self._journal("confirmation")}
        packages = Package.objects.filter(order__cart=cart, order__status=OrderStatus.CONFIRMED)
        here = dict(packages.values_list("order__number", "tracking_number"))
        return [DemoStep(f"Confirmed {each}", here.get(each), there.get(each)) for each in sorted(numbers)]
