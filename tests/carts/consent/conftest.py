"""A browser on its way through Amazon's pages and our log-in page, with the carts of two merchants."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
from django.test import Client
from django.urls import reverse

from carts.consent import grants
from carts.models import Cart, Consent
from core.accounts.models import Organization
from simulator.amazon import Application, Simulator
from tests.factories import CartFactory, MerchantFactory
from tests.world import SELLER

RETURNED, LOGIN = "/carts/amazon/returned/", "/carts/amazon/login/"
CANADA = "A2EUQ1WTGCTBG2"
CONFIRM = "https://sellercentral.amazon.com/apps/authorize/confirm/amzn1.sp.solution.x"

Visits = Callable[..., str]
Finishes = Callable[[Client, str], Any]


@pytest.fixture
def rival(acme: Organization) -> Cart:
    """A cart of another merchant of the same 3PL, made and nothing more."""
    merchant = MerchantFactory(organization=acme, name="Red Cup Co")
    return CartFactory(merchant=merchant, name="Red US", grant=None, state=Cart.State.SETUP, live_at=None)


@pytest.fixture
def amazon(simulator: Simulator) -> httpx.Client:
    simulator.application = Application(login_uri=grants.login_uri("amazon"), login_hop=True)
    return httpx.Client(transport=httpx.WSGITransport(app=simulator), base_url="http://simulator.test")


@pytest.fixture
def visits(amazon: httpx.Client) -> Visits:
    """The seller confirms on Amazon's consent page. Returns Amazon's visit to our log-in page."""

    def visit(consent_page: str, *, seller_id: str = SELLER) -> str:
        asked = dict(httpx.URL(consent_page).params)
        answer = {**asked, "seller_id": seller_id, "agree": "on", "action": "confirm"}
        return httpx.URL(amazon.post(consent_page, data=answer).headers["location"]).raw_path.decode()

    return visit


@pytest.fixture
def finishes(amazon: httpx.Client) -> Finishes:
    """The browser goes on at Amazon, and comes back to us. Returns our last answer."""

    def finish(browser: Client, address: str) -> Any:
        back = httpx.URL(amazon.get(address).headers["location"]).raw_path.decode()
        return browser.get(back)

    return finish


def begin(browser: Client, cart: Cart) -> str:
    return str(browser.post(reverse("carts:grant", args=[cart.pk]))["location"])


def sellers() -> dict[str, str | None]:
    """Which seller each cart is connected to."""
    return dict(Cart.objects.values_list("name", "grant__seller_id"))


def visit(seller_id: str = SELLER, **changed: str) -> str:
    told = {"amazon_callback_uri": CONFIRM, "amazon_state": "theirs", "selling_partner_id": seller_id} | changed
    return f"{LOGIN}?{urlencode({name: value for name, value in told.items() if value})}"


def chosen_by(address: str) -> Cart:
    """The cart of the consent that goes on at Amazon."""
    assert "amazon_state=theirs" in address, address
    return Consent.objects.latest("pk").cart


def simulator_code(simulator: Simulator, seller_id: str) -> str:
    from_amazon = {"redirect_uri": grants.redirect_uri("amazon"), "state": "s", "seller_id": seller_id}
    form = {"application_id": simulator.application.id, "agree": "on", "action": "confirm"} | from_amazon
    simulator.application = Application()
    amazon = httpx.Client(transport=httpx.WSGITransport(app=simulator), base_url="http://simulator.test")
    back = amazon.post("/sellercentral/sellercentral.amazon.com/apps/authorize/consent", data=form)
    return dict(parse_qsl(urlsplit(back.headers["location"]).query))["spapi_oauth_code"]
