"""One account, bound twice: in another region, for another merchant, for the same place; and a seller who moved."""

from datetime import timedelta

import pytest
from django.test import Client

from carts.consent import grants
from carts.consent.refusals import NotGranted, Why
from carts.models import Cart, Grant
from core.accounts.models import Organization
from core.alerts.models import Alert
from core.common import clock
from simulator.amazon import Simulator
from tests.carts.conftest import Consent as Consented
from tests.carts.consent.test_grants import allow, open_alerts, theirs, tokens
from tests.factories import CartFactory, MerchantFactory
from tests.world import SELLER

pytestmark = [pytest.mark.django_db, pytest.mark.one_database, pytest.mark.usefixtures("simulator")]
__all__ = ["theirs"]  # a fixture


def test_an_account_of_another_merchants_in_another_region_is_refused_too(
    cart: Cart, acme: Organization, owner: Client
) -> None:
    """One account does not sell for two merchants because it sells on two continents."""
    rival = MerchantFactory(organization=acme, name="Red Cup Co")
    CartFactory(merchant=rival, place_id="A1PA6795UKMFR9", grant__seller_id=SELLER, grant__region="EU")

    with pytest.raises(NotGranted) as error:
        grants.bind(cart, seller_id=SELLER, tokens=tokens(), by=None, now=clock.now())

    assert error.value.why == Why.OTHER_MERCHANT
    assert open_alerts() == ["grant.other_merchant"]
    assert allow(owner, cart) == 302
    cart.refresh_from_db()
    grants.bind(cart, seller_id=SELLER, tokens=tokens(), by=None, now=clock.now())
    assert Grant.objects.filter(seller_id=SELLER).count() == 2


def test_the_same_merchants_account_in_another_region_is_theirs(cart: Cart) -> None:
    CartFactory(merchant=cart.merchant, place_id="A1PA6795UKMFR9", grant__seller_id=SELLER, grant__region="EU")

    grants.bind(cart, seller_id=SELLER, tokens=tokens(), by=None, now=clock.now())

    assert open_alerts() == []


def test_an_account_that_connects_the_place_already_is_refused_and_shown(cart: Cart) -> None:
    twin: Cart = CartFactory(merchant=cart.merchant, name="Blue again", grant=None, state=Cart.State.SETUP)
    grants.bind(cart, seller_id=SELLER, tokens=tokens(), by=None, now=clock.now())

    with pytest.raises(NotGranted) as error:
        grants.bind(twin, seller_id=SELLER, tokens=tokens(), by=None, now=clock.now())

    assert error.value.why == Why.TAKEN
    alert = Alert.objects.get(closed_at=None)
    assert (alert.cause, alert.path) == ("grant.twice", twin.get_absolute_url())
    assert "by Amazon US" in alert.message

    Cart.objects.filter(pk=cart.pk).update(state=Cart.State.ARCHIVED)
    grants.bind(twin, seller_id=SELLER, tokens=tokens(), by=None, now=clock.now())
    assert open_alerts() == []


def test_an_account_whose_first_merchant_left_it_becomes_that_of_the_merchant_it_was_allowed_for(
    cart: Cart, theirs: Cart
) -> None:
    Cart.objects.filter(pk=theirs.pk).update(state=Cart.State.ARCHIVED)
    Cart.objects.filter(pk=cart.pk).update(allowed_seller_id=SELLER)

    grants.bind(cart, seller_id=SELLER, tokens=tokens(), by=None, now=clock.now())

    assert Grant.objects.get().merchant == cart.merchant


def test_a_seller_who_left_the_place_renews_and_it_is_shown(
    owner: Client, cart: Cart, consent: Consented, simulator: Simulator
) -> None:
    owner.get(consent(owner, cart))
    Cart.objects.update(checks_due_at=clock.now() + timedelta(hours=20))
    simulator.close_store(SELLER, cart.place_id)

    shown = owner.get(consent(owner, cart), follow=True).content.decode()

    assert "no longer sells on Amazon.com" in shown
    cart.refresh_from_db()
    assert cart.checks_due_at is not None
    assert cart.checks_due_at <= clock.now()  # a live cart's alert does not wait for its day
