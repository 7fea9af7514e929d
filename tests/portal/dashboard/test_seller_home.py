"""A seller's start page: what to do, their orders, their stock, their connections, and nothing of the 3PL's own."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carts.models import Cart, Grant
from core.accounts.access import Role
from core.common import clock
from simulator.amazon import Simulator
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def cart() -> Cart:
    return factories.CartFactory(merchant__name="Blue Mug Co", name="Amazon.com")


@pytest.fixture
def seller(cart: Cart) -> Client:
    client = Client()
    client.force_login(factories.make_person(cart.organization, Role.SELLER, merchant=cart.merchant))
    return client


def home(seller: Client) -> str:
    return str(seller.get(reverse("dashboard")).content.decode())


def test_a_seller_sees_orders_stock_and_connection(seller: Client, cart: Cart) -> None:
    order = factories.OrderFactory(cart=cart, ship_by=clock.now() + timedelta(hours=3))
    foreign = factories.OrderFactory(cart__merchant__organization=cart.organization)

    page = home(seller)

    assert "<h1>Blue Mug Co</h1>" in page
    assert order.number in page
    assert foreign.number not in page
    assert "Authorized until" in page
    assert "What the steps mean" in page
    (waiting,) = seller.get(reverse("dashboard")).context["waiting"]
    assert (waiting.number, waiting.who) == (1, cart.organization.name)
    assert seller.get(reverse("merchants:export", args=[cart.merchant_id])).status_code == 200
    assert reverse("merchants:export", args=[cart.merchant_id]) in page
    assert "Grant API access" not in page, "nothing has to be done"


@pytest.mark.parametrize("why", ["ended", "never", "soon"])
def test_granting_comes_first_when_it_is_needed(seller: Client, cart: Cart, simulator: Simulator, why: str) -> None:
    assert cart.grant
    if why == "ended":
        Grant.objects.update(state=Grant.State.ENDED)
    elif why == "soon":
        Grant.objects.update(authorized_at=clock.now() - timedelta(days=350))
    else:
        Cart.objects.update(grant=None, state=Cart.State.SETUP)

    page = home(seller)
    answer = seller.post(reverse("carts:grant", args=[cart.pk]))

    assert page.index("Grant API access") < page.index("Leaving next")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("http://simulator.test"), "to the marketplace's consent page"


def test_a_seller_authorizes_nobody_elses_cart(seller: Client, cart: Cart) -> None:
    other = factories.CartFactory(merchant__organization=cart.organization)

    assert seller.post(reverse("carts:grant", args=[other.pk])).status_code == 404


def test_nothing_of_the_warehouses_own_is_offered(seller: Client, cart: Cart) -> None:
    pages = [home(seller), seller.get(reverse("carts:cart", args=[cart.pk])).content.decode()]

    for page in pages:
        for words in ("Settings", "Merchants", "Ship methods", "No warehouse", " disabled"):
            assert words not in page


def test_more_orders_and_carts_take_no_more_queries(
    seller: Client, cart: Cart, django_assert_max_num_queries: Any
) -> None:
    for _ in range(6):
        factories.OrderFactory(cart=factories.CartFactory(merchant=cart.merchant))

    with django_assert_max_num_queries(22):
        home(seller)
