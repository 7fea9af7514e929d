"""A refresh token given directly: Amazon says whose it is before anything is bound."""

from typing import Any

import pytest
from django.test import Client

from carts.models import Cart, Grant
from simulator.amazon import Simulator
from tests.world import SELLER

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
OTHER = "A2HARBORROPE1"
EUROPEAN = "A1NORDLICHT01"


def test_a_token_that_amazon_accepts_connects_the_cart(owner: Client, cart: Cart, simulator: Simulator) -> None:
    token = simulator.grant(SELLER)

    answer = owner.post(f"/carts/{cart.pk}/token/", {"seller_id": SELLER, "refresh_token": token}, follow=True)

    cart.refresh_from_db()
    assert cart.grant is not None
    assert cart.grant.seller_id == SELLER
    assert token not in answer.content.decode()


def test_a_token_that_amazon_refuses_changes_nothing(owner: Client, cart: Cart, simulator: Simulator) -> None:
    answer = owner.post(f"/carts/{cart.pk}/token/", {"seller_id": SELLER, "refresh_token": "Atzr|wrong"})

    assert answer.status_code == 422
    assert "This refresh token was not accepted" in answer.content.decode()
    assert "Atzr|wrong" not in answer.content.decode()
    assert not Grant.objects.exists()


def test_a_seller_id_is_checked_before_amazon_is_asked(owner: Client, cart: Cart, simulator: Simulator) -> None:
    answer = owner.post(f"/carts/{cart.pk}/token/", {"seller_id": "a b", "refresh_token": "x"})

    assert "capital letters and digits, like" in answer.content.decode()
    assert simulator.journal("call") == []


@pytest.mark.parametrize("renewal", [False, True])
def test_a_token_of_another_seller_than_is_said_connects_nothing(
    owner: Client, cart: Cart, simulator: Simulator, renewal: bool
) -> None:
    if renewal:
        token(owner, cart, simulator.grant(SELLER))
    kept = list(Grant.objects.values_list("seller_id", "refresh_token"))

    answer = token(owner, cart, simulator.grant(OTHER))

    assert answer.status_code == 422
    assert f"did not confirm that this authorization comes from seller account {SELLER}" in answer.content.decode()
    assert list(Grant.objects.values_list("seller_id", "refresh_token")) == kept


def test_a_token_of_another_region_is_named(owner: Client, cart: Cart, simulator: Simulator) -> None:
    answer = token(owner, cart, simulator.grant(EUROPEAN), seller_id=EUROPEAN)

    assert answer.status_code == 422
    assert "in the region Europe" in answer.content.decode()
    assert not Grant.objects.exists()


def test_a_token_of_a_seller_without_a_store_there_is_named(owner: Client, cart: Cart, simulator: Simulator) -> None:
    simulator.close_store(SELLER, cart.place_id)

    answer = token(owner, cart, simulator.grant(SELLER))

    assert "does not sell on Amazon.com; it sells on Amazon.ca" in answer.content.decode()
    assert not Grant.objects.exists()


def test_a_token_is_not_kept_while_amazon_cannot_say_whose_it_is(
    owner: Client, cart: Cart, simulator: Simulator
) -> None:
    given = simulator.grant(SELLER)
    simulator.fail("searchListingsItems", "503_html", times=9)

    answer = token(owner, cart, given)

    assert "could not be reached" in answer.content.decode()
    assert not Grant.objects.exists()


def token(browser: Client, cart: Cart, given: str, *, seller_id: str = SELLER) -> Any:
    return browser.post(f"/carts/{cart.pk}/token/", {"seller_id": seller_id, "refresh_token": given})
