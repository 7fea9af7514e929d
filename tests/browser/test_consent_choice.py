"""Two tabs at Amazon at once: the person is asked which cart is meant, and a seller who cancels is led back."""

import dataclasses

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from carts.consent import grants
from carts.models import Cart
from carts.setup_links import sent_links
from core.common import clock
from simulator.amazon import Simulator
from tests.browser.test_setup_link import (
    EMAIL,
    SELLER,
    Browsers,
    agree,
    amazon,
    at_desk,
    browsers,
    cart,
    looked_at,
    on_phone,
    staff,
)
from tests.factories import CartFactory, MerchantFactory

__all__ = ["Browsers", "amazon", "at_desk", "browsers", "cart", "on_phone", "staff"]  # fixtures
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_of_two_tabs_the_first_is_connected_to_the_cart_that_is_chosen(
    at_desk: Page, live_server: LiveServer, amazon: Simulator, cart: Cart
) -> None:
    amazon.application = dataclasses.replace(amazon.application, login_uri=grants.login_uri("amazon"), login_hop=True)
    rival = MerchantFactory(organization=cart.organization, name="Red Cup Co")
    other: Cart = CartFactory(merchant=rival, name="Cups in the US", grant=None, state="setup", live_at=None)
    second = at_desk.context.new_page()
    for page, begun in ((at_desk, cart), (second, other)):
        page.goto(live_server.url + reverse("carts:cart", args=[begun.pk]))
        page.get_by_role("button", name="Grant us API access").first.click()

    agree(at_desk)

    expect(at_desk.get_by_role("heading", name="Which cart is this for?")).to_be_visible()
    looked_at(at_desk, "choose")
    at_desk.set_viewport_size({"width": 375, "height": 740})
    looked_at(at_desk, "choose-phone")
    at_desk.get_by_label("Mugs in the US").check()
    at_desk.get_by_role("button", name="Go on at Amazon").click()
    expect(at_desk.get_by_text("Blue Mug Co authorized us for Amazon.com.")).to_be_visible()
    found = dict(Cart.objects.values_list("name", "grant__seller_id"))
    assert found == {"Mugs in the US": SELLER, "Cups in the US": None}


def test_a_seller_who_cancels_at_amazon_is_led_back_to_the_link(
    on_phone: Page, live_server: LiveServer, amazon: Simulator, cart: Cart
) -> None:
    link = sent_links.send(cart, EMAIL, by=None, now=clock.now())
    on_phone.goto(link.url)
    on_phone.get_by_role("button", name="Grant API access").click()
    on_phone.get_by_role("button", name="Cancel").click()

    on_phone.goto(f"{live_server.url}/")

    expect(on_phone.get_by_role("heading", name="Not authorized yet")).to_be_visible()
    looked_at(on_phone, "canceled")
    on_phone.get_by_role("link", name="Back to your setup link").click()
    assert on_phone.url == link.url


def test_a_seller_who_opened_two_links_says_which_one_is_meant(
    on_phone: Page, live_server: LiveServer, amazon: Simulator, cart: Cart
) -> None:
    amazon.application = dataclasses.replace(amazon.application, login_uri=grants.login_uri("amazon"), login_hop=True)
    rival = MerchantFactory(organization=cart.organization, name="Red Cup Co")
    other: Cart = CartFactory(merchant=rival, name="Cups in the US", grant=None, state="setup", live_at=None)
    second = on_phone.context.new_page()
    for page, begun in ((on_phone, cart), (second, other)):
        page.goto(sent_links.send(begun, EMAIL, by=None, now=clock.now()).url)
        page.get_by_role("button", name="Grant API access").click()

    agree(on_phone)

    expect(on_phone.get_by_role("heading", name="Which connection is this?")).to_be_visible()
    looked_at(on_phone, "choose-by-seller")
    on_phone.get_by_label(cart.merchant.name).check()
    on_phone.get_by_role("button", name="Go on at Amazon").click()
    expect(on_phone.get_by_role("heading", name="Success")).to_be_visible()
    assert dict(Cart.objects.values_list("name", "grant__seller_id")) == {
        "Mugs in the US": SELLER,
        "Cups in the US": None,
    }
