"""allauth's pages wear the house look: readable by everybody, no wider than a phone, nothing our policy forbids."""

import pytest
from django.test import Client
from django.urls import reverse

from core.accounts.access import Role
from core.accounts.models import Membership, Organization, User
from tests import axe_rules
from tests.core.ui.conftest import Show

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

ENTRANCE = [
    "account_login",
    "account_reset_password",
    "account_reset_password_done",
    "account_signup",
    "account_inactive",
]
OWN = [
    "account_email",
    "account_change_password",
    "account_logout",
    "account_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "usersessions_list",
]


@pytest.fixture
def maria(house: None, client: Client) -> Client:
    """A browser in which Maria has logged in, and given her password once more."""
    northwind = Organization.objects.create(name="Northwind 3PL")
    user = User.objects.create_user("maria@northwind.example", "a long enough password")
    Membership.objects.create(organization=northwind, user=user, role=Role.STAFF)
    sent = client.post(reverse("account_login"), {"login": user.email, "password": "a long enough password"})
    assert sent.status_code == 302
    client.post(reverse("account_reauthenticate"), {"password": "a long enough password"})  # opens what is guarded
    return client


def check(client: Client, show: Show, route: str) -> None:
    answer = client.get(reverse(route))
    assert answer.status_code == 200

    for width, theme in ((1280, "light"), (375, "dark")):
        with show(answer.content.decode(), width=width, theme=theme) as look:
            found = axe_rules.broken(look.page)
            overflow = look.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")

        assert found == []
        assert overflow <= 0
        assert look.complaints == []


@pytest.mark.parametrize("route", ENTRANCE)
def test_a_page_for_strangers_has_the_look(house: None, client: Client, show: Show, route: str) -> None:
    check(client, show, route)


@pytest.mark.parametrize("route", OWN)
def test_a_page_about_oneself_has_the_look(maria: Client, show: Show, route: str) -> None:
    check(maria, show, route)


def test_the_log_in_page_asks_for_two_things_and_helps(house: None, client: Client) -> None:
    html = client.get(reverse("account_login")).content.decode()

    assert 'type="email"' in html
    assert 'autocomplete="current-password"' in html
    assert "Forgot password?" in html
    assert "sign up" not in html.lower()


def test_a_wrong_password_is_said_at_the_form(house: None, client: Client) -> None:
    html = client.post(reverse("account_login"), {"login": "a@b.example", "password": "x"}).content.decode()

    assert 'role="alert"' in html
