"""The pages of carts, ship methods and stock in a real browser: both themes, desk and phone, without JavaScript."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect
from pytest_django.live_server_helper import LiveServer

from carts.models import Cart, Grant
from integration_manager.activity.recording import record
from integration_manager.lib import clock
from inventory.models import StockUpdate
from orders.models import HeldFor, Order, OrderStatus
from shipping.models import CartMethod, Route
from shipping.routing import make_portal_warehouse
from tests.factories import (
    CartFactory,
    GrantFactory,
    ListingFactory,
    MerchantFactory,
    OrderFactory,
    OrganizationFactory,
    RouteFactory,
    StockLevelFactory,
    make_person,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
FIELDS_OFF_CARD = """
[...document.querySelectorAll(".card select, .card input")]
    .filter(field => field.getBoundingClientRect().right > field.closest(".card").getBoundingClientRect().right)
    .map(field => field.name)
"""
SHOTS = os.environ.get("SHOTS")  # a folder to keep pictures in
CHECKS = [
    ("Authorization", True, "Amazon accepts the seller's authorization.", "", True),
    (
        "Marketplace",
        False,
        "The seller's listings on Amazon.de are inactive.",
        "Have the seller set them active.",
        True,
    ),
    ("Selling plan", False, "The seller has the individual plan.", "Have the seller change it.", False),
    ("Orders", True, "Orders can be read.", "", True),
    ("Clock", True, "Amazon did not tell the time.", "", False, False),
]
Look = Callable[..., Page]


class Warehouse3pl:
    """What the pages show: carts in every state, some mapped methods, some stock."""

    def __init__(self) -> None:
        self.organization = OrganizationFactory(name="Northwind 3PL")
        self.user = make_person(self.organization)
        self.warehouse = make_portal_warehouse(self.organization, "Reno")
        self.merchant = MerchantFactory(organization=self.organization, name="Blue Mug Co")
        now = clock.now()
        self.live: Cart = CartFactory(
            merchant=self.merchant, name="Amazon US", orders_due_at=now + timedelta(minutes=11)
        )
        Grant.objects.filter(carts=self.live).update(pulled_at=now - timedelta(minutes=4))
        grant: Grant = GrantFactory(
            merchant=self.merchant, region="EU", state=Grant.State.ENDED, ended_at=now - timedelta(hours=2)
        )
        Grant.objects.filter(pk=grant.pk).update(pull_error="The seller's authorization has ended: it was withdrawn.")
        self.ended: Cart = CartFactory(merchant=self.merchant, place_id="A1F83G8C2ARO7P", name="Amazon UK", grant=grant)
        self.new: Cart = CartFactory(
            merchant=self.merchant, place_id="A1PA6795UKMFR9", name="Amazon DE · Mugs", grant=None, state="setup"
        )
        names = ("name", "passed", "outcome", "remedy", "essential", "known")  # checks of old lack the last
        checks = [dict(zip(names, check, strict=False)) for check in CHECKS]
        Cart.objects.filter(pk=self.new.pk).update(live_at=None, checks=checks, checked_at=now)
        for cart in (self.live, self.ended):
            record("cart.made", cart, now=now, actor=self.user, place=cart.place.name)
            record("cart.granted", cart, now=now, actor=self.user, place=cart.place.name, seller="A1SELLER")
        RouteFactory(cart=self.live, warehouse=self.warehouse, reject_unmapped=True)
        self.held: Order = OrderFactory(
            cart=self.live, status=OrderStatus.HELD, held_for=HeldFor.UNMAPPED, service="SecondDay"
        )
        CartMethod.objects.create(
            organization=self.organization, merchant=self.merchant, cart=self.live, name="SecondDay", seen_at=now
        )
        for sku, title, on_hand in (("MUG-BLUE", "Blue mug, 330 ml", 12), ("MUG-LID", "Lid of beech", None)):
            StockLevelFactory(merchant=self.merchant, warehouse=self.warehouse, sku=sku, title=title, on_hand=on_hand)
        StockUpdate.objects.create(
            organization=self.organization,
            merchant=self.merchant,
            listing=ListingFactory(cart=self.live, sku="MUG-BLUE"),
            wanted=11,
            wanted_at=now,
            told=12,
            told_at=now - timedelta(minutes=40),
            due_at=now,
        )


def is_complaint(message: ConsoleMessage) -> bool:
    """An answer that asks to correct a form, 422, is none."""
    return message.type == "error" and "status of 422" not in message.text


@pytest.fixture
def house() -> Warehouse3pl:
    return Warehouse3pl()


@pytest.fixture
def look(chromium: Browser, live_server: LiveServer, house: Warehouse3pl) -> Iterator[Look]:
    """Opens a page as somebody of the house. Fails when the browser complained about anything."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []
    client = Client()
    client.force_login(house.user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value

    def open_page(path: str, *, width: int = 1280, theme: str = "light", javascript: bool = True) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if theme == "dark" else "light",
            java_script_enabled=javascript,
        )
        contexts.append(context)
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if is_complaint(message) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(live_server.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def pages(house: Warehouse3pl) -> dict[str, str]:
    return {
        "carts": reverse("carts:carts"),
        "new": reverse("carts:new"),
        "cart-setup": reverse("carts:cart", args=[house.new.pk]),
        "cart-live": reverse("carts:cart", args=[house.live.pk]),
        "cart-ended": reverse("carts:cart", args=[house.ended.pk]),
        "history": reverse("carts:history", args=[house.live.pk]),
        "methods": reverse("shipping:methods", args=[house.live.pk]),
        "warehouses": reverse("shipping:shipping"),
        "inventory": reverse("inventory:inventory"),
    }


NAMES = ("carts", "new", "cart-setup", "cart-live", "cart-ended", "history", "methods", "warehouses", "inventory")


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_readable_by_everybody(look: Look, house: Warehouse3pl, tmp_path: Path, name: str) -> None:
    path = pages(house)[name]
    for theme in ("light", "dark"):
        for width in (1280, 375):
            page = look(path, theme=theme, width=width)
            for summary in page.locator("main summary").all():
                summary.click()
            page.screenshot(path=Path(SHOTS or tmp_path) / f"{name}-{theme}-{width}.png", full_page=True)
            found = Axe().run(page, options=WCAG)

            assert found.violations_count == 0, found.generate_report()
            assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
            assert page.evaluate(FIELDS_OFF_CARD) == []


def test_a_cart_is_made_mapped_and_counted_without_javascript(look: Look, house: Warehouse3pl) -> None:
    page = look(reverse("carts:new"), javascript=False)
    page.get_by_label("Merchant", exact=True).select_option(label="Blue Mug Co")
    page.get_by_label("Marketplace", exact=True).select_option(label="Amazon.fr")
    page.get_by_role("button", name="Create cart").click()
    expect(page.get_by_role("heading", name="Amazon.fr", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="1. Grant Us API Access")).to_be_visible()

    page.goto(page.url.partition("/carts/")[0] + reverse("shipping:methods", args=[house.live.pk]))
    page.get_by_label("SecondDay", exact=True).select_option(label="UPS 2nd Day Air")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("1 held order flows now.")).to_be_visible()
    assert Route.objects.get(cart=house.live).reject_unmapped

    page.get_by_role("navigation", name="Main").get_by_role("link", name="Inventory").click()
    page.get_by_label("On hand of MUG-BLUE").fill("40")
    page.get_by_label("On hand of MUG-LID").fill("many")
    page.get_by_role("button", name="Save counts").click()
    expect(page.get_by_text("1 count kept, 1 not: see below.")).to_be_visible()
    expect(page.get_by_text("Write a whole number, 0 to 999999.")).to_be_visible()
    expect(page.get_by_label("On hand of MUG-LID")).to_have_value("many")
