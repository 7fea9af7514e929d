"""How units that several offers sell are divided, and who may change it."""

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from core.accounts.access import Role
from inventory.models import ShelfPolicy
from inventory.shelf_shares import Offer, Sharing, split
from tests.factories import CartFactory, make_person

OFFERS = st.lists(st.builds(Offer, st.integers(1, 4), st.sampled_from("ABC")), min_size=1, max_size=8, unique=True)


@given(st.integers(0, 500), OFFERS, st.dictionaries(st.integers(1, 4), st.integers(0, 9)))
def test_fixed_shares_are_together_what_is_free(units: int, offers: list[Offer], shares: dict[int, int]) -> None:
    divided = Sharing("shares", shares).divide(units, offers)

    assert divided.keys() == set(offers)
    assert sum(divided.values()) == units
    assert min(divided.values()) >= 0


@given(st.integers(0, 20), OFFERS, st.integers(1, 10), st.integers(1, 5))
def test_the_last_units_are_shown_once(units: int, offers: list[Offer], last: int, grant: int) -> None:
    divided = Sharing("last", last_units=last, last_grant=grant).divide(units, offers)

    if units > last:
        assert set(divided.values()) == {units}
        return
    assert sum(divided.values()) == units
    if any(offer.grant_id == grant for offer in offers):
        assert sum(number for offer, number in divided.items() if offer.grant_id == grant) == units


def test_what_does_not_come_out_even_goes_to_the_bigger_part() -> None:
    assert split(1, {"a": 1, "b": 3}) == {"a": 0, "b": 1}
    assert split(10, {"a": 1, "b": 3}) == {"a": 2, "b": 8}
    assert split(7, {"a": 0, "b": 1, "c": 1}) == {"a": 0, "b": 4, "c": 3}


@pytest.mark.django_db
def test_who_may_not_connect_only_looks_and_wrong_numbers_are_explained() -> None:
    cart = CartFactory()
    path = reverse("inventory:shared_stock", args=[cart.merchant_id])
    viewer, owner = Client(), Client()
    viewer.force_login(make_person(cart.organization, Role.VIEWER))
    owner.force_login(make_person(cart.organization, Role.OWNER))

    assert viewer.get(path).status_code == 200
    assert viewer.post(path, {"rule": "shares", "last_units": "5", "do": "save"}).status_code == 403
    assert owner.post(path, {"rule": "shares", "last_units": "0", "do": "save"}).status_code == 422
    assert not ShelfPolicy.objects.exists()
