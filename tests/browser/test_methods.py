"""Ship methods in a real browser: an order nobody knows a ship method for is held, and flows once it is mapped."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from carts.marketplaces.values import Address
from carts.models import Cart
from core.accounts.models import Merchant
from core.common import clock
from orders.models import Order, OrderStatus
from shipping.delivery import releases
from shipping.models import CarrierCode, Release, Route
from shipping.routing import make_portal_warehouse, routes_for
from tests.browser.page_text import Look, read
from tests.factories import (
    CartFactory,
    MerchantFactory,
    MethodRuleFactory,
    OrderFactory,
    OrganizationFactory,
    ShipMethodFactory,
    make_person,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BERLIN = Address(name="Jane Doe", line1="1 Way", city="Berlin", postal_code="10115", country="DE")


class Mapped3pl:
    """A cart that holds what no ship method is known for, and some orders."""

    def __init__(self) -> None:
        self.organization = OrganizationFactory(name="Northwind 3PL")
        self.user = make_person(self.organization)
        self.warehouse = make_portal_warehouse(self.organization, "Reno")
        self.merchant: Merchant = MerchantFactory(organization=self.organization, name="Blue Mug Co")
        self.cart: Cart = CartFactory(merchant=self.merchant, name="Amazon DE")
        Route.objects.filter(pk=routes_for([self.cart])[self.cart.pk].pk).update(reject_unmapped=True)
        self.standard: Order = OrderFactory(cart=self.cart, recipient=BERLIN)
        self.prime: Order = OrderFactory(cart=self.cart, service="SecondDay", is_prime=True)
        self.release()

    def release(self) -> None:
        releases.release_orders(now=clock.now())

    def status(self, order: Order) -> str:
        order.refresh_from_db()
        return order.status

    def page_of_methods(self) -> str:
        return reverse("shipping:methods", args=[self.cart.pk])


@pytest.fixture
def house() -> Mapped3pl:
    return Mapped3pl()


@pytest.mark.parametrize("javascript", [True, False])
def test_unmapped_then_held_then_mapped_then_flowing(look: Look, house: Mapped3pl, javascript: bool) -> None:
    assert house.status(house.standard) == OrderStatus.HELD
    page = look(reverse("orders:order", args=[house.standard.pk]), javascript=javascript)
    page.get_by_role("link", name="Map ship method").click()

    page.get_by_label("Standard", exact=True).select_option(label="UPS Ground")
    page.get_by_role("button", name="See what it would do").click()
    expect(page.get_by_role("heading", name="1 of 2 orders would have gone differently")).to_be_visible()
    assert house.status(house.standard) == OrderStatus.HELD

    page.get_by_role("button", name="Back").click()
    expect(page.get_by_label("Standard", exact=True).locator("option:checked")).to_have_text("UPS Ground")
    page.get_by_role("button", name="See what it would do").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("1 held order is on its way.")).to_be_visible()

    house.release()
    assert house.status(house.standard) == OrderStatus.AT_WMS
    assert house.status(house.prime) == OrderStatus.HELD
    page.goto(page.url.partition("/shipping/")[0] + reverse("orders:order", args=[house.standard.pk]))
    expect(page.get_by_text("to ship with UPS Ground, as “Standard” is mapped")).to_be_visible()


def test_a_rule_is_made_tried_kept_and_removed(look: Look, house: Mapped3pl) -> None:
    page = look(house.page_of_methods())
    page.get_by_role("link", name="Add a rule").click()
    page.get_by_role("button", name="See what it would do").click()
    expect(page.get_by_text("Choose a ship method for these orders.")).to_be_visible()
    page.get_by_label("Prime").select_option(label="Prime orders")
    page.get_by_label("Ship method", exact=True).select_option(label="UPS 2nd Day Air")
    page.get_by_role("button", name="See what it would do").click()
    expect(page.get_by_text("by the cart's rule “Prime”")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Orders (Prime) ship with UPS 2nd Day Air. 1 held order is on its way.")).to_be_visible()
    house.release()
    assert Release.objects.get().order == house.prime

    page.get_by_role("link", name=re.compile("Change ?: Prime")).click()
    page.get_by_role("button", name="Remove…").click()
    expect(page.get_by_role("heading", name="1 of 2 orders would have gone differently")).to_be_visible()
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_text("The rule for orders (Prime) was removed.")).to_be_visible()


def test_everybody_can_read_the_pages_of_ship_methods(look: Look, house: Mapped3pl) -> None:
    ground = house.warehouse.ship_methods.get(label="UPS Ground")
    rule = MethodRuleFactory(cart=house.cart, ship_method=ground, country="DE", postal_prefix="10", prime=True)
    MethodRuleFactory(cart=None, organization=house.organization, ship_method=ground, service="FreeEconomy")
    ShipMethodFactory(warehouse=house.warehouse, carrier="Mule & Sons", label="Mule")
    CarrierCode.objects.create(organization=house.organization, kind="amazon", carrier="A carrier of a long name " * 2)

    page = look(house.page_of_methods())
    read(page, "methods-rules")
    page.get_by_label("SecondDay", exact=True).select_option(label="UPS 2nd Day Air")
    page.get_by_role("button", name="See what it would do").click()
    read(page, "rehearsal")
    for name, path in {
        "rules": reverse("shipping:rules"),
        "rule": reverse("shipping:rule", args=[rule.pk]),
        "rule-new": reverse("shipping:new_rule"),
        "carriers": reverse("shipping:carriers"),
        "warehouses-linked": reverse("shipping:shipping"),
    }.items():
        read(look(path), name)
