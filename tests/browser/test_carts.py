"""The pages of carts, ship methods and stock in a real browser: both themes, desk and phone, without JavaScript."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from carts.models import Cart, Grant
from core.activity.event_log import record
from core.common import clock
from inventory.models import StockUpdate
from orders.models import HeldFor, Order, OrderStatus
from shipping.models import CartMethod, Route
from shipping.routing import make_portal_warehouse
from tests.browser.page_text import Look, read
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

CHECKS = [
    ("Authorization", True, "Amazon accepts the seller's authorization.", "", True),
    (
        "Marketplace",
        False,
        "The seller's listings on Amazon.de are inactive.",
        "Have the seller set them active.",
        True,
    ),
    ("Selling plan", False, "The seller is on the individual plan.", "Have the seller change it.", False),
    ("Orders", True, "Orders can be read.", "", True),
    ("Clock", True, "Amazon didn't give the time.", "", False, False),
]
US = "ATVPDKIKX0DER"


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
        self.left: Cart = CartFactory(merchant=self.merchant, name="Amazon CA", grant=grant, state="disconnected")
        self.archived: Cart = CartFactory(merchant=self.merchant, name="Amazon US, once", grant=None, state="archived")
        OrderFactory(cart=self.left, status=OrderStatus.AT_WMS)
        ListingFactory(cart=self.live, sku="MUG-FBA", fulfilled_by_marketplace=True)
        ListingFactory(cart=self.live, sku="MUG-NOBODY-COUNTED", title="A mug with a long name " * 4)
        ListingFactory(cart=self.live, sku="MUG-BLUE")
        assert self.live.grant is not None
        StockUpdate.objects.create(
            organization=self.organization,
            merchant=self.merchant,
            grant=self.live.grant,
            sku="MUG-BLUE",
            wanted=11,
            wanted_at=now,
            told=12,
            told_at=now - timedelta(minutes=40),
            due_at=now,
        )


@pytest.fixture
def house() -> Warehouse3pl:
    return Warehouse3pl()


def pages(house: Warehouse3pl) -> dict[str, str]:
    return {
        "carts": reverse("carts:carts"),
        "archived": reverse("carts:carts") + "?tab=archived",
        "new": reverse("carts:new"),
        "new-accounts": reverse("carts:new") + f"?merchant={house.merchant.pk}&place={US}",
        "cart-setup": reverse("carts:cart", args=[house.new.pk]),
        "cart-live": reverse("carts:cart", args=[house.live.pk]),
        "cart-ended": reverse("carts:cart", args=[house.ended.pk]),
        "cart-disconnected": reverse("carts:cart", args=[house.left.pk]),
        "cart-archived": reverse("carts:cart", args=[house.archived.pk]),
        "disconnect": reverse("carts:disconnect", args=[house.live.pk]),
        "archive": reverse("carts:archive", args=[house.left.pk]),
        "cart-inventory": reverse("inventory:cart", args=[house.live.pk]),
        "history": reverse("carts:history", args=[house.live.pk]),
        "methods": reverse("shipping:methods", args=[house.live.pk]),
        "warehouses": reverse("shipping:shipping"),
        "inventory": reverse("inventory:inventory"),
    }


NAMES = (
    "carts",
    "archived",
    "new",
    "new-accounts",
    "cart-setup",
    "cart-live",
    "cart-ended",
    "cart-disconnected",
    "cart-archived",
    "disconnect",
    "archive",
    "cart-inventory",
    "history",
    "methods",
    "warehouses",
    "inventory",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_readable_by_everybody(look: Look, house: Warehouse3pl, name: str) -> None:
    page = look(pages(house)[name])
    page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true; })")

    read(page, name)


def test_typing_finds_a_marketplace_among_all(look: Look, house: Warehouse3pl) -> None:
    page = look(reverse("carts:new"), width=375)
    places = page.get_by_role("group", name="Marketplace").get_by_role("radio")
    search = page.get_by_label("Find a marketplace")
    expect(places).to_have_count(25)

    for typed, names in {
        "ger": ["Germany Amazon.de"],
        "turk": ["Türkiye Amazon.com.tr"],
        "united": ["United States Amazon.com", "United Arab Emirates Amazon.ae", "United Kingdom Amazon.co.uk"],
        "amazon.com.a": ["Australia Amazon.com.au"],
        ".co": ["Australia Amazon.com.au", "Belgium", "Brazil", "Japan", "Mexico"],
        "arab saudi": ["Saudi Arabia Amazon.sa"],
    }.items():
        search.fill(typed)
        for name in names:
            expect(places.filter(visible=True).and_(page.get_by_role("radio", name=name))).to_be_visible()
        if typed != ".co":
            expect(page.get_by_text(f"{len(names)} found")).to_be_visible()
    search.fill("atlantis")
    expect(page.get_by_text("Nothing found")).to_be_visible()
    search.fill("")
    expect(places.filter(visible=True)).to_have_count(25)


def test_a_cart_is_made_by_keyboard_with_the_authorization_the_merchant_gave(look: Look, house: Warehouse3pl) -> None:
    page = look(reverse("carts:new") + f"?merchant={house.merchant.pk}")
    page.keyboard.press("/")  # the search of the page
    page.keyboard.type("canada")
    page.keyboard.press("Enter")
    chosen = page.get_by_role("radio", name="Canada")
    expect(chosen).to_be_checked()
    expect(chosen).to_be_focused()
    use = page.get_by_role("radio", name="Use Blue Mug Co's existing authorization for Americas")
    expect(use).to_be_checked()  # htmx brought it

    page.get_by_label("Order source name").press("Enter")

    expect(page.get_by_text("It uses Blue Mug Co's authorization for Americas.")).to_be_visible()
    assert Cart.objects.get(name="Amazon.ca").grant == house.live.grant


def test_without_javascript_the_form_asks_for_the_account_as_a_second_step(look: Look, house: Warehouse3pl) -> None:
    page = look(reverse("carts:new"), javascript=False)
    page.get_by_role("radio", name="Mexico").check()
    page.get_by_role("button", name="Create cart").click()
    expect(page.get_by_role("alert")).to_contain_text("which seller account is it?")
    expect(page.get_by_role("radio", name="Mexico")).to_be_checked()

    page.get_by_role("radio", name="Another seller account").check()
    page.get_by_role("button", name="Create cart").click()

    expect(page.get_by_role("heading", name="1. Grant us API access")).to_be_visible()
    assert Cart.objects.get(name="Amazon.com.mx").grant is None


def test_a_cart_is_disconnected_with_what_is_owed_in_sight(look: Look, house: Warehouse3pl) -> None:
    page = look(reverse("carts:cart", args=[house.live.pk]))
    page.get_by_role("link", name="Disconnect…").click()
    expect(page.get_by_role("link", name="1 order not with the warehouse yet")).to_be_visible()
    page.get_by_role("button", name="Disconnect").click()

    expect(page.get_by_text("This cart is disconnected.")).to_be_visible()
    page.get_by_role("link", name="1 order not with the warehouse yet").click()
    expect(page.get_by_role("link", name=house.held.number)).to_be_visible()


def test_a_cart_is_made_mapped_and_counted_without_javascript(look: Look, house: Warehouse3pl) -> None:
    page = look(reverse("carts:new"), javascript=False)
    page.get_by_label("Merchant", exact=True).select_option(label="Blue Mug Co")
    page.get_by_role("radio", name="France").check()
    expect(page.get_by_label("Find a marketplace")).to_be_hidden()
    page.get_by_role("button", name="Create cart").click()
    expect(page.get_by_role("heading", name="Blue Mug Co · Amazon.fr", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="1. Grant us API access")).to_be_visible()

    page.goto(page.url.partition("/carts/")[0] + reverse("shipping:methods", args=[house.live.pk]))
    page.get_by_label("SecondDay", exact=True).select_option(label="UPS 2nd Day Air")
    page.get_by_role("button", name="See what it would do").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("1 held order is on its way.")).to_be_visible()
    assert Route.objects.get(cart=house.live).reject_unmapped

    page.get_by_role("navigation", name="Main").get_by_role("link", name="Inventory").click()
    page.get_by_label("On hand: MUG-BLUE").fill("40")
    page.get_by_label("On hand: MUG-LID").fill("many")
    page.get_by_role("button", name="Save counts").click()
    expect(page.get_by_text("1 count saved, 1 not: see below.")).to_be_visible()
    expect(page.get_by_text("Enter a whole number from 0 to 999999.")).to_be_visible()
    expect(page.get_by_label("On hand: MUG-LID")).to_have_value("many")
