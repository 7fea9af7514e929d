"""A setup link that brought another store than was meant: the cart says so, and it is put right before going live."""

import pytest
from django.test import Client
from django.urls import reverse

from carts.models import Cart, Grant, SetupLink
from carts.setup_links import sent_links
from core.accounts.access import Role
from core.accounts.models import Merchant
from core.activity.models import Event
from core.alerts.models import Alert, Mail
from core.common import clock
from simulator.amazon import Simulator
from tests.carts.conftest import EMAIL, AtAmazon, ClientFor, page, path
from tests.world import SELLER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still", "simulator")]
OTHER = "A2HARBORROPE1"


def bring(seller: Client, link: SetupLink, at_amazon: AtAmazon, who: str = SELLER) -> int:
    sent = seller.post(path(link) + "grant/")
    return seller.get(at_amazon(sent["location"], seller_id=who)).status_code


@pytest.fixture
def candles(merchant: Merchant) -> Merchant:
    merchant.name = "Nordlicht Kerzen"
    merchant.save()
    return merchant


def replace(client: Client, cart: Cart, who: str = SELLER) -> int:
    return client.post(reverse("carts:other_store", args=[cart.pk]), {"seller_id": who}).status_code


def test_another_store_than_the_merchants_is_asked_about_and_replaced_before_going_live(
    owner: Client, seller: Client, candles: Merchant, cart: Cart, link: SetupLink, at_amazon: AtAmazon
) -> None:
    assert bring(seller, link, at_amazon) == 302

    cart.refresh_from_db()
    assert cart.store_name
    shown = page(owner, cart)
    assert f"Store: <bdi>{cart.store_name}</bdi>." in shown
    assert "Is this <bdi>Nordlicht Kerzen</bdi>?" in shown
    assert any("really Nordlicht Kerzen?" in mail.text for mail in Mail.objects.exclude(to=EMAIL))

    assert replace(owner, cart) == 302
    cart.refresh_from_db()
    assert (cart.grant, cart.store_name, cart.checks) == (None, "", [])
    assert Grant.objects.get().state == Grant.State.ENDED  # no key to an account is kept without need
    assert Event.objects.get(kind="cart.store_left").details["seller"] == SELLER

    again = sent_links.send(cart, EMAIL, by=None, now=clock.now())
    assert bring(Client(), again, at_amazon, OTHER) == 302
    cart.refresh_from_db()
    assert cart.grant is not None
    assert cart.grant.seller_id == OTHER


def test_the_merchants_own_store_is_named_and_nothing_is_asked(
    owner: Client, seller: Client, cart: Cart, link: SetupLink, at_amazon: AtAmazon
) -> None:
    bring(seller, link, at_amazon)

    assert "Is this <bdi>" not in page(owner, cart)
    assert "Connect another account" in page(owner, cart)


def test_a_second_account_never_takes_the_place_of_the_first_by_itself(
    owner: Client, seller: Client, cart: Cart, link: SetupLink, at_amazon: AtAmazon
) -> None:
    bring(seller, link, at_amazon)
    again = sent_links.send(cart, EMAIL, by=None, now=clock.now())

    assert bring(Client(), again, at_amazon, OTHER) == 400

    cart.refresh_from_db()
    assert cart.grant is not None
    assert cart.grant.seller_id == SELLER
    assert "“Connect another account”" in Alert.objects.get(closed_at=None).message
    assert replace(owner, cart) == 302
    assert not Alert.objects.filter(closed_at=None).exists()


def test_what_was_live_or_changed_meanwhile_stays_connected(
    owner: Client, client_for: ClientFor, seller: Client, cart: Cart, link: SetupLink, at_amazon: AtAmazon
) -> None:
    bring(seller, link, at_amazon)

    assert replace(client_for(Role.VIEWER), cart) == 403
    replace(owner, cart, OTHER)  # as an old tab says
    cart.refresh_from_db()
    assert cart.grant is not None
    Cart.objects.update(state=Cart.State.LIVE, live_at=clock.now())
    replace(owner, cart)
    cart.refresh_from_db()
    assert cart.grant is not None
    assert "Connect another account" not in page(owner, cart)


def test_an_account_that_another_cart_lives_on_is_kept(
    owner: Client, seller: Client, cart: Cart, link: SetupLink, at_amazon: AtAmazon, simulator: Simulator
) -> None:
    bring(seller, link, at_amazon)
    grant = Grant.objects.get()
    Cart.objects.create(
        organization=cart.organization, merchant=cart.merchant, kind="amazon", place_id="A2EUQ1WTGCTBG2", grant=grant
    )

    replace(owner, cart)

    grant.refresh_from_db()
    assert grant.state == Grant.State.CONNECTED
