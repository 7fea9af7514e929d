"""Inventory in a real browser: one SKU, aliases and kits, and sheets with what they would change."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from carts.models import Listing
from core.accounts.models import User
from core.common import clock
from inventory.intake import Observed, observe
from inventory.items import unmatched
from inventory.models import Observation, PublishedNumber, StockLevel, StockUpdate
from orders.models import OrderStatus
from shipping.models import ItemAlias, KitComponent
from shipping.routing import make_portal_warehouse
from tests.browser.page_text import Look, read
from tests.factories import (
    CartFactory,
    ListingFactory,
    MerchantFactory,
    OrderFactory,
    OrganizationFactory,
    PackageFactory,
    PackageLineFactory,
    RouteFactory,
    ShipmentFactory,
    make_person,
    the_grant,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Shelves:
    """A merchant with some stock, an alias, a kit, and a listing that stands for nothing."""

    def __init__(self) -> None:
        organization = OrganizationFactory(name="Northwind 3PL")
        self.user: User = make_person(organization)
        warehouse = make_portal_warehouse(organization, "Reno")
        self.merchant = MerchantFactory(organization=organization, name="Blue Mug Co")
        cart = CartFactory(merchant=self.merchant, name="Amazon US")
        RouteFactory(cart=cart, warehouse=warehouse)
        now = clock.now()
        days = [now - timedelta(days=number) for number in (9, 6, 4, 1)]
        mugs = [Observed("MUG-BLUE", there, at) for there, at in zip((12, 40, 22), days, strict=False)]
        rows = [*mugs, Observed("LID", 3, now), Observed("MUG-BLUE", 11, days[3], reason="damaged")]
        observe(warehouse, self.merchant, rows, source=Observation.Source.SHEET, by=self.user, now=now)
        owner = {"organization": organization, "merchant": self.merchant, "made_at": now}
        ItemAlias.objects.create(name="MUG-BLUE-FBM", sku="MUG-BLUE", **owner)
        KitComponent.objects.create(kit="TEA-SET", sku="MUG-BLUE", quantity=2, **owner)
        for sku in ("MUG-BLUE", "MUG-BLUE-FBM", "mug_blue-US", "SOMETHING-ELSE"):
            ListingFactory(cart=cart, sku=sku, quantity_there=7)
        self.level = StockLevel.objects.get(sku="MUG-BLUE")
        british = CartFactory(merchant=self.merchant, name="Amazon UK", place_id="A1F83G8C2ARO7P")
        RouteFactory(cart=british, warehouse=warehouse)
        ListingFactory(cart=british, sku="MUG-BLUE", quantity_there=11)
        kept = {"organization": organization, "merchant": self.merchant, "sku": "MUG-BLUE"}
        for told_to in (cart, british):
            update = StockUpdate.objects.create(
                **kept, grant=the_grant(told_to), wanted=11, wanted_at=now, told=11, told_at=days[3], due_at=now,
                stands_otherwise=told_to == cart,
            )  # fmt: skip
            for there, at in zip((12, 40, 22, 11), days, strict=True):
                sent = {"quantity": there, "told_at": at + timedelta(minutes=20)}
                PublishedNumber.objects.create(organization=organization, update=update, **sent)
        Listing.objects.filter(cart=cart, sku="MUG-BLUE").update(handling_days=3)
        placed_at = now - timedelta(days=3)
        order = OrderFactory(cart=cart, status=OrderStatus.SHIPPED, lines={"MUG-BLUE": 2}, placed_at=placed_at)
        shipment = ShipmentFactory(order=order, warehouse=warehouse, shipped_at=placed_at)
        PackageLineFactory(package=PackageFactory(shipment=shipment), line=order.lines.get(), quantity=2)


@pytest.fixture
def house() -> Shelves:
    return Shelves()


@pytest.fixture
def sheet(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "sheet.csv"
        path.write_text(text)
        return path

    return write


def uploaded(page: Page, path: Path) -> Page:
    page.get_by_label("File", exact=True).set_input_files(path)
    page.get_by_role("button", name="Show what changes").click()
    expect(page.get_by_role("button", name=re.compile("^Save (changes|counts)$"))).to_be_visible()
    return page


ZONES = ("Asia/Tokyo", "America/Lima")  # of browsers


def told_of_the_middle(page: Page) -> str:
    """Return the time that the plot tells of the moment in its middle."""
    page.locator("[data-line-plot] .u-over").hover()
    told = page.locator("[data-line-plot] .u-legend .u-value").first
    expect(told).to_have_text(re.compile(r"\d+ \w+, \d\d:\d\d"))
    return told.inner_text()


def test_stock_is_read_and_changed_by_everybody(look: Look, house: Shelves, sheet: Callable[[str], Path]) -> None:
    level = look(reverse("inventory:level", args=[house.level.pk]))
    expect(level.locator("[data-line-plot] canvas")).to_be_visible()
    read(level, "level")
    there, elsewhere = (look(reverse("inventory:level", args=[house.level.pk]), zone=zone) for zone in ZONES)
    assert told_of_the_middle(there) == told_of_the_middle(elsewhere), "times are the organization's, not the browser's"
    plain = look(reverse("inventory:level", args=[house.level.pk]), javascript=False)
    expect(plain.locator("[data-line-plot]")).to_be_hidden()
    expect(plain.get_by_role("heading", name="Sent over time")).to_be_visible()
    read(look(reverse("inventory:handling_time", args=[house.merchant.pk])), "handling-time")
    shared = look(reverse("inventory:shared_stock", args=[house.merchant.pk]))
    shared.get_by_label("Units that several offers sell").select_option("Fixed shares")
    shared.get_by_role("button", name="Show what would change").click()
    expect(shared.get_by_text("3 offers would show another quantity.")).to_be_visible()
    read(shared, "shared-stock")
    shared.get_by_role("button", name="Save").click()
    expect(shared.get_by_text("Saved. The carts are being updated.")).to_be_visible()
    read(look(f"{reverse('inventory:inventory')}?show=mismatch"), "mismatch")
    unmatched.mark(house.merchant.pk)
    items = look(reverse("inventory:items", args=[house.merchant.pk]))
    read(items, "items")

    items.get_by_role("button", name="Use MUG-BLUE for mug_blue-US").click()
    expect(items.get_by_text("1 alias or kit was saved.")).to_be_visible()
    shown = uploaded(items, sheet("name,stands_for,quantity\nTEA-SET,MUG-BLUE,3\nTEA-SET,LID,1\n"))
    read(shown, "items-preview")
    shown.get_by_role("button", name="Save changes").click()
    expect(shown.get_by_text("3 × MUG-BLUE, 1 × LID")).to_be_visible()

    counts = look(reverse("inventory:stock_import", args=[house.merchant.pk]))
    read(counts, "stock-import")
    read(uploaded(counts, sheet("sku,on_hand,reason\nMUG-BLUE,8,broken\nLID,-1,\n")), "stock-preview")
    counts.get_by_role("button", name="Save counts").click()
    expect(counts.get_by_text("1 SKU counted.")).to_be_visible()
    read(counts, "inventory")
