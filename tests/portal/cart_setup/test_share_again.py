"""A setup link that was not sent: what was typed stays, and what is wrong stands beside it."""

import pytest
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from tests.factories import CartFactory

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def test_a_refused_address_stays_in_its_field_once(owner: Client, cart: Cart) -> None:
    waiting = CartFactory(
        merchant=cart.merchant, state=Cart.State.SETUP, grant=None, name="Amazon DE", place_id="A1PA6795UKMFR9"
    )

    page = owner.post(reverse("carts:share", args=[waiting.pk]), {"email": "a@b"}, follow=True).content.decode()

    assert 'value="a@b"' in page
    assert 'aria-invalid="true"' in page
    assert 'id="share-error"' in page
    assert 'value="a@b"' not in owner.get(cart.get_absolute_url()).content.decode()
    assert 'value="a@b"' not in owner.get(waiting.get_absolute_url()).content.decode()
