"""Makes the pictures of the docs anew: ``make pictures``. No run of tests collects this file.

Each is taken where a test would look, of a world that is the same each time: only what changed on a page changes its
picture. Those of docs/3pl-warehouse-manager.md are made by test_second_warehouse, of a portal that runs.
"""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from orders.models import Difference, Order
from shipping.carriers.tracking_numbers import ups_number
from shipping.models import CartMethod, ShipMethod
from shipping.routing import routes_for
from shipping.shipments.shipped_packages import Parcel
from tests.browser.page_text import DESK, Look
from tests.browser.test_inventory import Shelves
from tests.journeys.staff import workers
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURES = Path(os.environ.get("PICTURES", "docs/pictures"))
LEVELS = ("STANDARD", "EXPEDITED", "STANDARD", "SECOND_DAY", "NEXT_DAY", "FREE_ECONOMY")
HEIGHT = 900
MUGS, LIDS = "MUG-BLUE-11", "MUG-RED-11"


def take(page: Page, name: str, *, whole: bool = False) -> None:
    """Keep a picture of the page from its top, or of all of it."""
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement?.blur(); scrollTo(0, 0)")
    if whole:  # as high as the page, so that what sticks to the window's end stands at the page's
        page.set_viewport_size({"width": DESK, "height": page.evaluate("document.documentElement.scrollHeight")})
    page.screenshot(path=PICTURES / f"{name}.png")
    page.set_viewport_size({"width": DESK, "height": HEIGHT})


class DeskWorld:
    """A morning at the 3PL: orders of every kind, the last hours' shipped and confirmed."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.organization.name = "Northwind 3PL"
        world.organization.save(update_fields=["name"])
        world.merchant.name = "Blue Mug Co"
        world.merchant.save(update_fields=["name"])
        world.person.name = "Maria Ortiz"
        world.person.save(update_fields=["name"])
        self._map()
        self.confirmed = self._confirmed()
        self.open = [self._ordered(place) for place in range(14)]
        held = world.order_placed(service_level="SCHEDULED")
        asked = world.at_warehouse()
        world.order_placed(status="PENDING")
        workers(world, times=1)
        world.simulator.request_cancel(asked.number)
        canceled = world.order_placed()
        world.simulator.cancel(canceled)
        workers(world, times=1)
        self.held = world.order(held)

    def _map(self) -> None:
        cart = self.world.cart
        route = routes_for([cart])[cart.pk]
        route.reject_unmapped = True
        route.save(update_fields=["reject_unmapped"])
        labels = {"Standard": "UPS Ground", "Expedited": "UPS 2nd Day Air", "SecondDay": "UPS 2nd Day Air"}
        labels |= {"NextDay": "UPS Next Day Air", "FreeEconomy": "UPS Ground"}
        for service, label in labels.items():
            method = ShipMethod.objects.filter(warehouse=route.warehouse, label=label).first()
            owned = {"organization": cart.organization, "merchant": cart.merchant, "cart": cart}
            CartMethod.objects.create(**owned, name=service, ship_method=method)

    def _confirmed(self) -> Order:
        world = self.world
        lines = [{"sku": MUGS, "quantity": 2, "gift_message": "Happy birthday, Ana!"}, {"sku": LIDS, "quantity": 1}]
        orders = [world.at_warehouse(lines=lines), world.at_warehouse(), world.at_warehouse(prime=True)]
        world.later(hours=2)
        for place, order in enumerate(orders):
            world.ship(order, parcels=[Parcel("UPS", "UPSN", "Ground", ups_number("999AA1", 70 + place))])
        world.confirm()
        world.later(hours=1)
        world.confirm()
        return world.order(orders[0].number)

    def _ordered(self, place: int) -> str:
        lines = [{"sku": MUGS, "quantity": 1 + place % 3}, *([{"sku": LIDS}] if place % 4 == 1 else [])]
        wish = {"lines": lines, "service_level": LEVELS[place % len(LEVELS)]}
        return self.world.order_placed(**wish, prime=place % 5 == 3, business=place % 7 == 2)

    @property
    def shippable(self) -> list[Order]:
        return [self.world.order(number) for number in self.open[:3]]


def test_pictures_of_orders(world: World, visit: Look) -> None:
    desk = DeskWorld(world)
    page = visit("/orders/?tab=all")
    for box in page.locator("tbody input[type=checkbox]").all()[3:5]:
        box.check()
    take(page, "orders")

    page.goto(desk.confirmed.get_absolute_url())
    take(page, "order", whole=True)

    query = "&".join(f"order={order.pk}" for order in desk.shippable)
    page.goto(f"/shipping/close/?{query}")
    for place, order in enumerate(desk.shippable):
        page.get_by_label(f"Tracking number of {order.number}").fill(ups_number("999AA1", place))
    page.get_by_label("What for, charge 1").fill("Freight")
    page.get_by_label("Amount, charge 1").fill("100")
    page.get_by_label("How, charge 1").select_option("divided")
    expect(page.get_by_text("Freight $33.34")).to_be_visible()
    take(page, "close", whole=True)

    differs = desk.shippable[0]
    line = differs.lines.order_by("pk")[0]
    for kind, was, now, of in (
        ("address", "", "street, postal code", None),
        ("service", "Standard", "Expedited", None),
        ("quantity", str(line.ordered), str(line.ordered + 1), line),
    ):
        owned = {"organization": differs.organization, "merchant": differs.merchant, "order": differs, "line": of}
        Difference.objects.create(**owned, kind=kind, was=was, now=now, seen_at=world.now - timedelta(minutes=4))
    page.goto(differs.get_absolute_url())
    take(page, "differences", whole=True)

    page.goto(reverse("shipping:methods", args=[world.cart.pk]))
    page.get_by_label("SecondDay", exact=True).select_option(label="UPS Ground")
    page.get_by_role("button", name="See what it would do").click()
    expect(page.get_by_role("heading", name="would have gone differently")).to_be_visible()
    take(page, "methods")


@pytest.fixture
def house() -> Shelves:
    return Shelves()


def test_pictures_of_stock(look: Look, house: Shelves) -> None:
    page = look(reverse("inventory:level", args=[house.level.pk]))
    expect(page.locator("[data-line-plot] canvas")).to_be_visible()
    take(page, "sku", whole=True)
    page.goto(reverse("inventory:shared_stock", args=[house.merchant.pk]))
    page.get_by_label("Units that several offers sell").select_option("Fixed shares")
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_text("would show another quantity.")).to_be_visible()
    take(page, "shared-stock")
    page.goto(f"{reverse('inventory:inventory')}?show=mismatch")
    take(page, "inventory")
