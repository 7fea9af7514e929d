"""One organization with a merchant, people of every role in it, a stranger, and Amazon in this process."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from django.core.cache import cache
from django.db import connections
from django.test import Client
from django.urls import reverse

from carts.models import Cart, SetupLink
from carts.setup_links import sent_links
from core.accounts.models import Merchant, Organization
from core.common import clock
from shipping.routing import routes_for
from simulator.amazon import Simulator
from tests.factories import CartFactory, MerchantFactory
from tests.organization import ClientFor, acme, client_for, owner, stranger
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

EMAIL = "jo@bluemug.example"  # the seller's, who has no account here

__all__ = ["ClientFor", "acme", "client_for", "owner", "stranger", "simulator", "still"]  # fixtures

Consent = Callable[..., str]
AtAmazon = Callable[..., str]


@pytest.fixture
def merchant(acme: Organization) -> Merchant:
    return MerchantFactory(organization=acme, name="Blue Mug Co")


@pytest.fixture
def cart(merchant: Merchant) -> Cart:
    """Made, and nothing more."""
    return CartFactory(merchant=merchant, name="Amazon US", grant=None, state=Cart.State.SETUP, live_at=None)


@pytest.fixture(autouse=True)
def nobody_asked_yet() -> None:
    """What was counted of how often somebody asks is of other tests."""
    cache.clear()


@pytest.fixture
def at_amazon(simulator: Simulator) -> Iterator[AtAmazon]:
    """Lets the seller say yes on Amazon's consent page, and returns the way back to us."""
    amazon = httpx.Client(transport=httpx.WSGITransport(app=simulator))

    def address_back(consent_page: str, *, seller_id: str = SELLER) -> str:
        asked = dict(httpx.URL(consent_page).params)
        answer = {**asked, "seller_id": seller_id, "agree": "on", "action": "confirm"}
        back = httpx.URL(amazon.post(consent_page, data=answer).headers["location"])
        return back.raw_path.decode()

    yield address_back
    amazon.close()


@pytest.fixture
def consent(at_amazon: AtAmazon) -> Consent:
    """Sends a browser from the cart's page to Amazon, lets the seller say yes, and returns the way back to us."""

    def address_back(browser: Client, cart: Cart, *, seller_id: str = SELLER) -> str:
        sent = browser.post(reverse("carts:grant", args=[cart.pk]))
        return at_amazon(sent["location"], seller_id=seller_id)

    return address_back


def settings_of(cart: Cart, **changes: Any) -> dict[str, Any]:
    """The fields of the cart's Setup as they stand, with these changes."""
    return {**SETTINGS, "warehouse": routes_for([cart])[cart.pk].warehouse_id, **changes}


@pytest.fixture
def link(cart: Cart) -> SetupLink:
    return sent_links.send(cart, EMAIL, by=None, now=clock.now())


@pytest.fixture
def seller() -> Client:
    """A browser in which nobody ever logged in. It checks CSRF, as real ones do."""
    return Client(enforce_csrf_checks=True)


def page(client: Client, cart: Cart, name: str = "cart") -> str:
    answer = client.get(reverse(f"carts:{name}", args=[cart.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def press(client: Client, cart: Cart, button: str) -> str:
    answer = client.post(reverse(f"carts:{button}", args=[cart.pk]), follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def share(browser: Client, cart: Cart, email: str = EMAIL) -> str:
    answer = browser.post(reverse("carts:share", args=[cart.pk]), {"email": email})
    assert answer.status_code == 302
    return page(browser, cart)


def path(link: SetupLink) -> str:
    return link.path


def at_once(*work: Callable[[], object]) -> None:
    """Run each in a thread of its own, all from the same moment."""
    gate = threading.Barrier(len(work))

    def run(each: Callable[[], object]) -> None:
        gate.wait(timeout=10)
        try:
            each()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[each]) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
