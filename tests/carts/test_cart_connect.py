"""Connecting a cart from the command line."""

import io
import sys

import pytest
from django.core.management import CommandError, call_command

from carts.models import Cart, Grant
from core.accounts.models import Merchant, Organization
from simulator.amazon import Simulator
from tests.world import SELLER

pytestmark = pytest.mark.django_db


def connect(monkeypatch: pytest.MonkeyPatch, token: str, **changed: str) -> str:
    told = {
        "organization": "Northwind 3PL",
        "merchant": "Blue Mug Co",
        "marketplace": "Amazon.com",
        "seller_id": SELLER,
    }
    monkeypatch.setattr(sys, "stdin", io.StringIO(token))
    out = io.StringIO()
    call_command("cart_connect", **(told | changed), stdout=out)
    return out.getvalue()


def test_a_token_connects_a_cart_that_is_made_for_it(
    monkeypatch: pytest.MonkeyPatch, acme: Organization, simulator: Simulator
) -> None:
    token = simulator.grant(SELLER)

    said = [connect(monkeypatch, f"{token}\n") for _ in range(2)]

    cart = Cart.objects.get()
    assert cart.grant is not None
    assert (cart.name, cart.merchant.name, cart.grant.seller_id) == ("Amazon.com", "Blue Mug Co", SELLER)
    assert "Created the cart Amazon.com" in said[0]
    assert "Created" not in said[1]
    assert token not in "".join(said)


def test_a_refused_token_connects_nothing_and_is_not_told(
    monkeypatch: pytest.MonkeyPatch, acme: Organization, simulator: Simulator
) -> None:
    with pytest.raises(CommandError, match="This refresh token was not accepted") as refusal:
        connect(monkeypatch, "Atzr|wrong")

    assert refusal.value.returncode == 1
    assert "Atzr|wrong" not in str(refusal.value)
    assert not Grant.objects.exists()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"organization": "Nobody"}, "There is no organization named Nobody."),
        ({"marketplace": "Amazon.mars"}, "There is no marketplace called Amazon.mars. Choose one of Amazon.ae"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_made(
    monkeypatch: pytest.MonkeyPatch, acme: Organization, changed: dict[str, str], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        connect(monkeypatch, "token", **changed)

    assert not Merchant.objects.exists()


def test_without_a_token_the_command_says_where_to_write_it(
    monkeypatch: pytest.MonkeyPatch, acme: Organization
) -> None:
    with pytest.raises(CommandError, match="standard input"):
        connect(monkeypatch, "")


@pytest.mark.parametrize(
    ("of", "said", "sentence"),
    [
        ("A2HARBORROPE1", SELLER, f"did not confirm that this authorization comes from seller account {SELLER}"),
        ("A1NORDLICHT01", "A1NORDLICHT01", "in the region Europe"),
        (SELLER, "a1 blue mug", "no seller ID"),
    ],
)
def test_a_token_that_is_not_that_sellers_there_makes_nothing(
    monkeypatch: pytest.MonkeyPatch, acme: Organization, simulator: Simulator, of: str, said: str, sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        connect(monkeypatch, simulator.grant(of), seller_id=said)

    assert not Merchant.objects.exists()
    assert not Cart.objects.exists()
    assert not Grant.objects.exists()


def test_a_seller_who_is_connected_there_gets_no_second_cart(
    monkeypatch: pytest.MonkeyPatch, acme: Organization, simulator: Simulator
) -> None:
    connect(monkeypatch, simulator.grant(SELLER), name="First")

    with pytest.raises(CommandError, match="already connected to Amazon.com by another cart"):
        connect(monkeypatch, simulator.grant(SELLER), name="Second")

    assert Cart.objects.count() == 1
