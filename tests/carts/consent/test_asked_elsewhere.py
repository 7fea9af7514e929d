"""Whoever is asked which cart a visit is for, and works in another organization by then."""

import httpx
import pytest
from django.contrib.auth import get_user
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.accounts.access import Role
from tests.carts.consent.conftest import begin, visit
from tests.factories import MembershipFactory

pytestmark = [pytest.mark.services, pytest.mark.django_db]


def test_what_was_begun_for_another_organization_still_speaks_against_guessing(
    owner: Client, cart: Cart, rival: Cart, amazon: httpx.Client
) -> None:
    begin(owner, cart)
    begin(owner, rival)
    asked = str(owner.get(visit(""))["location"])
    assert asked.startswith("/carts/choose/")

    elsewhere = MembershipFactory(user=get_user(owner), role=Role.OWNER).organization
    owner.post(reverse("people:organizations"), {"organization": elsewhere.pk})
    said = owner.get(asked).content.decode()

    assert "Which cart is this for?" in said
    assert "Red US" not in said
