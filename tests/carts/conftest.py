"""One organization with a merchant, people of every role in it, a stranger, and Amazon in this process."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from integration_manager.accounts.access import Role
from integration_manager.accounts.models import Merchant, Organization
from integration_manager.simulator import Simulator
from tests.factories import CartFactory, MerchantFactory, OrganizationFactory, make_person
from tests.world import SELLER, simulator, still

SETTINGS: dict[str, Any] = {
    "name": "Amazon US",
    "product_code": "sku",
    "earliest_order_at": "",
    "orders_on": "on",
    "orders_every": 15,
    "shipments_on": "on",
    "shipments_every": 60,
    "inventory_on": "on",
    "inventory_every": 60,
}

__all__ = ["simulator", "still"]  # fixtures

ClientFor = Callable[..., Client]
Consent = Callable[..., str]


@pytest.fixture
def acme(db: None) -> Organization:
    return OrganizationFactory(name="Northwind 3PL")


@pytest.fixture
def merchant(acme: Organization) -> Merchant:
    return MerchantFactory(organization=acme, name="Blue Mug Co")


@pytest.fixture
def cart(merchant: Merchant) -> Cart:
    """Made, and nothing more."""
    return CartFactory(merchant=merchant, name="Amazon US", grant=None, state=Cart.State.SETUP, live_at=None)


@pytest.fixture
def client_for(acme: Organization) -> ClientFor:
    """A browser logged in as somebody with this role in the organization."""

    def client(role: Role = Role.OWNER, *, merchant: Merchant | None = None) -> Client:
        browser = Client()
        browser.force_login(make_person(acme, role, merchant=merchant))
        return browser

    return client


@pytest.fixture
def owner(client_for: ClientFor) -> Client:
    return client_for(Role.OWNER)


@pytest.fixture
def stranger(db: None) -> Client:
    """An owner of another organization."""
    browser = Client()
    browser.force_login(make_person(OrganizationFactory(name="Elsewhere")))
    return browser


@pytest.fixture
def consent(simulator: Simulator) -> Iterator[Consent]:
    """Sends a browser from the cart's page to Amazon, lets the seller say yes, and returns the way back to us."""
    amazon = httpx.Client(transport=httpx.WSGITransport(app=simulator))

    def address_back(browser: Client, cart: Cart, *, seller_id: str = SELLER) -> str:
        sent = browser.post(reverse("carts:grant", args=[cart.pk]))
        asked = dict(httpx.URL(sent["location"]).params)
        answer = {**asked, "seller_id": seller_id, "agree": "on", "action": "confirm"}
        back = httpx.URL(amazon.post(sent["location"], data=answer).headers["location"])
        return back.raw_path.decode()

    yield address_back
    amazon.close()


def page(client: Client, cart: Cart, name: str = "cart") -> str:
    answer = client.get(reverse(f"carts:{name}", args=[cart.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def press(client: Client, cart: Cart, button: str) -> str:
    answer = client.post(reverse(f"carts:{button}", args=[cart.pk]), follow=True)
    assert answer.status_code == 200
    return answer.content.decode()
