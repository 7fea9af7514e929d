"""The start page."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.accounts.models import Organization
from core.common import clock
from orders.models import OrderStatus
from tests.factories import AlertFactory, CartFactory, MerchantFactory, OrderFactory, UserFactory
from tests.order_pages import ClientFor

pytestmark = pytest.mark.django_db


def tiles(client: Client) -> dict[str, int]:
    response = client.get(reverse("dashboard"))
    assert response.status_code == 200
    return {tile.label: tile.number for row in response.context["tiles"] for tile in row}


def test_the_numbers_of_the_day_are_counted(owner: Client, cart: Cart) -> None:
    now = clock.now()
    OrderFactory(cart=cart, status=OrderStatus.HELD, reason="Held by Maria")
    OrderFactory(cart=cart, status=OrderStatus.AT_WMS, ship_by=now - timedelta(minutes=5))
    OrderFactory(cart=cart, status=OrderStatus.AT_WMS, ship_by=now + timedelta(milliseconds=1) + timedelta(days=3))
    OrderFactory(cart=cart, status=OrderStatus.SHIPPED, ship_by=now - timedelta(days=1))

    numbers = tiles(owner)

    assert numbers["Need attention"] == 1
    assert numbers["At WMS"] == 2
    assert numbers["Shipped, to be confirmed"] == 1
    assert numbers["Overdue"] == 1
    assert numbers["All"] == 4


def test_zeros_are_shown_and_the_next_step_is_taught(owner: Client) -> None:
    page = owner.get(reverse("dashboard"))

    assert set(tiles(owner).values()) == {0}
    assert b"<strong>0</strong>" in page.content
    assert b"No carts yet" in page.content
    assert reverse("carts:new").encode() in page.content


def test_a_viewer_is_not_sent_where_they_may_not_go(viewer: Client) -> None:
    page = viewer.get(reverse("dashboard"))

    assert b"No carts yet" in page.content
    assert reverse("carts:new").encode() not in page.content


def test_a_person_without_an_organization_is_told_so(db: None) -> None:
    client = Client()
    client.force_login(UserFactory(email="lost@northwind.example"))

    page = client.get(reverse("dashboard"))

    assert page.status_code == 200
    assert b"You don't belong to an organization yet" in page.content
    assert b"lost@northwind.example" in page.content


def test_who_is_not_logged_in_is_asked_to(db: None) -> None:
    page = Client().get(reverse("dashboard"))

    assert page.status_code == 302
    assert page["Location"].startswith(reverse("account_login"))


def test_a_seller_sees_their_own_numbers_carts_and_alerts(seller: Client, cart: Cart, acme: Organization) -> None:
    other = CartFactory(merchant=MerchantFactory(organization=acme, name="Green Lamp Ltd"), name="Lamps DE")
    OrderFactory(cart=cart)
    OrderFactory(cart=other)
    AlertFactory(organization=acme, merchant=cart.merchant, cause="stock.not_told", message="Ask at Reno.")
    AlertFactory(organization=acme, merchant=other.merchant, message="Lamps are stuck.")

    page = seller.get(reverse("dashboard"))

    assert {each.label: each.number for each in page.context["numbers"]}["New"] == 1
    assert b"Stock refused by the cart. The warehouse has been told." in page.content
    assert b"Reno" not in page.content
    assert b"Lamps" not in page.content


def test_a_cart_that_needs_authorization_comes_first(owner: Client, cart: Cart, acme: Organization) -> None:
    CartFactory(merchant__organization=acme, name="Zebra", grant=None)

    page = owner.get(reverse("dashboard"))

    assert [each.name for each in page.context["carts"]] == ["Zebra", "Amazon US"]
    assert b"Needs authorization" in page.content


def test_more_carts_make_no_more_queries(
    owner: Client, acme: Organization, django_assert_max_num_queries: object
) -> None:
    def load() -> int:
        with django_assert_max_num_queries(40) as asked:  # type: ignore[operator]
            owner.get(reverse("dashboard"))
        return len(asked)

    for _ in range(5):
        OrderFactory(cart__merchant__organization=acme)
    few = load()
    for _ in range(5):
        OrderFactory(cart__merchant__organization=acme)

    assert load() == few


def test_strangers_see_nothing_of_it(stranger: Client, cart: Cart, client_for: ClientFor) -> None:
    OrderFactory(cart=cart)

    page = stranger.get(reverse("dashboard"))

    assert set(tiles(stranger).values()) == {0}
    assert b"Amazon US" not in page.content
