"""Fixtures of one organization, people of every role in it, and a stranger. Files import those they need."""

from collections.abc import Callable

import pytest
from django.test import Client

from core.accounts.access import Role
from core.accounts.models import Merchant, Organization
from tests.factories import OrganizationFactory, make_person

ClientFor = Callable[..., Client]


@pytest.fixture
def acme(db: None) -> Organization:
    return OrganizationFactory(name="Northwind 3PL")


@pytest.fixture
def client_for(acme: Organization) -> ClientFor:
    """A browser logged in as somebody with this role in the organization."""

    def client(role: Role = Role.OWNER, *, merchant: Merchant | None = None) -> Client:
        browser = Client()
        browser.force_login(make_person(acme, role, merchant=merchant))
        return browser

    return client


@pytest.fixture
def owner(client_for: ClientFor) -> Client:
    return client_for(Role.OWNER)


@pytest.fixture
def stranger(db: None) -> Client:
    """An owner of another organization."""
    browser = Client()
    browser.force_login(make_person(OrganizationFactory(name="Elsewhere")))
    return browser
