"""An organization with people of every role, and counters that begin at nought."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core.accounts.access import Role
from core.accounts.models import Membership, Merchant, Organization
from tests.factories import MembershipFactory, MerchantFactory
from tests.organization import acme

__all__ = ["acme"]  # fixtures

LogIn = Callable[[Membership], Client]
GOOD = "Correct horse, 9 staples"  # a password that keeps every rule


@pytest.fixture(autouse=True)
def counters(settings: Any) -> None:
    """What counts how often somebody asked is this test's alone."""
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": uuid.uuid4().hex}
    }


@pytest.fixture
def merchant(acme: Organization) -> Merchant:
    return MerchantFactory(organization=acme, name="Blue Mug Co")


@pytest.fixture
def owner(acme: Organization) -> Membership:
    return MembershipFactory(organization=acme, user__email="olivia@northwind.example", user__name="Olivia Owner")


@pytest.fixture
def admin(acme: Organization) -> Membership:
    return MembershipFactory(organization=acme, role=Role.ADMIN, user__email="adam@northwind.example")


@pytest.fixture
def staff(acme: Organization) -> Membership:
    return MembershipFactory(organization=acme, role=Role.STAFF, user__email="stan@northwind.example")


@pytest.fixture
def log_in() -> LogIn:
    def client(membership: Membership) -> Client:
        browser = Client()
        browser.force_login(membership.user)
        return browser

    return client
