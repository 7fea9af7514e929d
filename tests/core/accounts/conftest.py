"""Somebody of an organization, and counters that begin at nought."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.accounts.access import Role
from core.accounts.models import Membership
from tests.factories import PASSWORD, MembershipFactory


@pytest.fixture(autouse=True)
def counters(settings: Any) -> None:
    """What counts how often somebody asked is this test's alone."""
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": uuid.uuid4().hex}
    }


@pytest.fixture
def maria(db: None) -> Membership:
    return MembershipFactory(
        organization__name="Northwind 3PL",
        user__email="maria.ortiz@northwind.example",
        user__name="Maria Ortiz",
        role=Role.STAFF,
    )


@pytest.fixture
def browser(maria: Membership) -> Client:
    """Where Maria logged in with her password."""
    client = Client()
    log_in(client, maria.user.email)
    return client


def log_in(client: Client, email: str, password: str = PASSWORD) -> Any:
    return client.post(reverse("account_login"), {"login": email, "password": password})


def is_in(client: Client) -> bool:
    return client.get(reverse("orders:orders")).status_code == 200
