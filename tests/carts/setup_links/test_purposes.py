"""What a seller is asked for: to connect a cart, to connect it again, or to renew an authorization."""

import pytest
import time_machine
from django.core import mail as outbox
from django.test import Client

from carts.models import Cart, Grant, SetupLink
from core.accounts.models import Merchant
from core.alerts.mail import outbox as mail_outbox
from core.common import clock
from tests.carts.conftest import page, path, share
from tests.factories import CartFactory, GrantFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still", "simulator")]


def test_a_link_of_a_cart_that_was_connected_before_speaks_of_renewing(owner: Client, merchant: Merchant) -> None:
    grant = GrantFactory(merchant=merchant, state=Grant.State.ENDED, ended_at=clock.now())
    cart = CartFactory(merchant=merchant, grant=grant)

    share(owner, cart)
    mail_outbox.send_due(now=clock.now())

    assert outbox.outbox[0].subject == "Renew Northwind 3PL's access to Amazon.com"
    assert "Amazon says that the authorization has ended" in outbox.outbox[0].body


def test_a_cart_that_another_ones_authorization_serves_is_connected_and_not_renewed(
    owner: Client, merchant: Merchant, still: time_machine.Traveller
) -> None:
    grant = GrantFactory(merchant=merchant)
    still.shift(60)
    cart = CartFactory(merchant=merchant, grant=grant, state=Cart.State.SETUP, live_at=None)

    share(owner, cart)
    mail_outbox.send_due(now=clock.now())

    assert outbox.outbox[0].subject == "Connect Amazon.com to Northwind 3PL"
    assert "will ship your orders from Amazon.com" in outbox.outbox[0].body


def test_the_seller_of_a_disconnected_cart_is_asked_to_connect_it_again(
    owner: Client, cart: Cart, merchant: Merchant, seller: Client
) -> None:
    grant = GrantFactory(merchant=merchant, state=Grant.State.ENDED, ended_at=clock.now())
    Cart.objects.update(state=Cart.State.DISCONNECTED, grant=grant)

    assert "Send setup link" in page(owner, cart)
    share(owner, cart)
    mail_outbox.send_due(now=clock.now())

    assert "was disconnected from your seller account on Amazon.com" in outbox.outbox[0].body
    assert "the same account as before" in outbox.outbox[0].body
    assert seller.get(path(SetupLink.objects.get())).status_code == 200
