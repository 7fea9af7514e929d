"""Routing in a real browser: what is held is seen, a rule for it is begun, tried and kept, by script and without."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from carts.marketplaces.values import Address
from carts.models import Cart
from core.activity.models import Exchange
from core.common import clock
from orders.models import HeldFor, Order
from shipping.connection import kept_requests
from shipping.delivery import releases
from shipping.models import Route, RoutingRule, Warehouse
from shipping.routing import make_portal_warehouse, routes_for
from tests.browser.page_text import Look, read
from tests.factories import (
    CartFactory,
    MerchantFactory,
    OrderFactory,
    OrganizationFactory,
    WarehouseFactory,
    make_person,
)
from tests.routing_rule_factory import RoutingRuleFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BERLIN = Address(name="Jane Doe", line1="1 Way", city="Berlin", postal_code="10115", country="DE")


class Routed3pl:
    """A cart that goes by the rules, and three orders to Berlin that none of them fits."""

    def __init__(self) -> None:
        self.organization = OrganizationFactory(name="Northwind 3PL")
        self.user = make_person(self.organization)
        self.reno: Warehouse = make_portal_warehouse(self.organization, "Reno")
        self.columbus: Warehouse = WarehouseFactory(organization=self.organization, name="Columbus", kind="extensiv")
        merchant = MerchantFactory(organization=self.organization, name="Blue Mug Co")
        self.cart: Cart = CartFactory(merchant=merchant, name="Amazon.de")
        Route.objects.filter(pk=routes_for([self.cart])[self.cart.pk].pk).update(by_rules=True)
        RoutingRuleFactory(warehouse=self.columbus, country="US")
        for _ in range(3):
            OrderFactory(cart=self.cart, recipient=BERLIN)
        releases.release_orders(now=clock.now())

    def held(self) -> int:
        return Order.objects.filter(held_for=HeldFor.UNROUTED).count()


@pytest.fixture
def house() -> Routed3pl:
    return Routed3pl()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_rule_for_what_is_held_is_begun_where_it_is_seen(look: Look, house: Routed3pl, javascript: bool) -> None:
    page = look(reverse("shipping:routing"), javascript=javascript)
    expect(page.get_by_text("3 orders are held: no routing rule fits them.")).to_be_visible()

    page.get_by_role("link", name="Add a rule for Blue Mug Co · Amazon.de to DE").click()
    expect(page.get_by_label("Country")).to_have_value("DE")
    page.get_by_role("button", name="See what it would do").click()  # without a warehouse
    expect(page.get_by_text("Choose the warehouse these orders go to.")).to_be_visible()
    page.locator("#id_warehouse").select_option(label="Reno")
    page.get_by_role("button", name="See what it would do").click()
    expect(page.get_by_role("heading", name="3 of 3 orders would have gone differently")).to_be_visible()
    page.get_by_role("button", name="Back").click()
    expect(page.locator("#id_warehouse option:checked")).to_have_text("Reno")
    page.get_by_role("button", name="See what it would do").click()
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_text("3 held orders are on their way.")).to_be_visible()
    assert RoutingRule.objects.get(country="DE").cart == house.cart
    assert not house.held()


def test_routing_is_readable_and_goes_by_keyboard(look: Look, house: Routed3pl) -> None:
    page = look(reverse("shipping:routing"))
    read(page, "routing")

    page.get_by_role("link", name="Add a rule for Blue Mug Co · Amazon.de to DE").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="See what it would do").press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    read(page, "routing-rule-refused")
    page.locator("#id_warehouse").select_option(label="Reno")
    page.get_by_role("button", name="See what it would do").press("Enter")
    read(page, "routing-preview")


def test_what_a_warehouse_was_sent_and_answered_is_two_clicks_away(look: Look, house: Routed3pl) -> None:
    order = Order.objects.order_by("pk")[0]
    Exchange.objects.create(
        organization=house.organization,
        connection=kept_requests.name_of(house.columbus),
        subject_kind="order",
        subject_id=order.pk,
        operation="POST /orders",
        method="POST",
        path="/orders",
        status=400,
        milliseconds=140,
        sent=778,
        received=81_000,
        answer='{"ErrorCode": "DoesNotExist"}',
        at=clock.now(),
    )
    page = look(reverse("shipping:warehouse_status", args=[house.columbus.pk]))

    page.get_by_role("link", name="Requests", exact=True).click()
    expect(page.get_by_text("140 ms, 778 B sent, 79.1 KB received")).to_be_visible()
    page.locator(".exchanges summary").click()

    expect(page.get_by_text("DoesNotExist")).to_be_visible()
    expect(page.get_by_role("link", name=order.number)).to_be_visible()
    read(page, "warehouse-requests")
