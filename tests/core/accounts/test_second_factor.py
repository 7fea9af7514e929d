"""Where a second factor is required, nothing but setting one up is reached without it."""

import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from core.accounts.models import Membership, Organization
from core.activity.models import Event
from tests.core.accounts.conftest import is_in, log_in
from tests.factories import MembershipFactory

pytestmark = pytest.mark.one_database


@pytest.fixture
def required(settings: Any) -> None:
    settings.MFA_REQUIRED = True


def code_of(secret: str) -> str:
    return str(totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30)))


def enrol(client: Client) -> str:
    """Set up an authenticator app as a person does. Returns its secret."""
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    assert 'href="otpauth://totp/' in page  # on the phone itself there is nothing to scan
    found = re.search(r'id="authenticator_secret"[^>]*value="(\w+)"', page)
    assert found, page
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(found[1])})
    assert answer.headers["Location"] == reverse("mfa_view_recovery_codes")
    return found[1]


def test_without_one_only_enrolment_is_reached(required: None, browser: Client) -> None:
    for name in ("dashboard", "orders:orders", "carts:carts", "account_email", "account_change_password"):
        answers = [browser.get(reverse(name)), browser.post(reverse(name))]
        assert [answer.headers.get("Location") for answer in answers] == [reverse("mfa_index")] * 2, name
    part = browser.get(reverse("orders:orders"), headers={"HX-Request": "true"})
    assert part["HX-Redirect"] == reverse("mfa_index")

    for name in ("mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "livez", "account_logout"):
        assert browser.get(reverse(name)).status_code == 200, name
    page = browser.get(reverse("mfa_index")).content.decode()
    assert "Northwind 3PL asks everybody for a second factor" in page
    assert reverse("orders:orders") not in page


def test_after_enrolment_one_goes_on_to_where_one_wanted(required: None, browser: Client) -> None:
    browser.get(reverse("orders:orders"), {"tab": "all"})

    enrol(browser)
    codes = browser.get(reverse("mfa_view_recovery_codes")).content.decode()

    assert f'href="{reverse("orders:orders")}?tab=all"' in codes
    assert len(re.findall(r"<li>\d{8}</li>", codes)) == 10
    assert is_in(browser)


def test_the_code_is_asked_at_the_next_log_in(required: None, browser: Client, maria: Membership) -> None:
    secret, client = enrol(browser), Client()

    assert log_in(client, maria.user.email).headers["Location"].startswith(reverse("mfa_authenticate"))
    assert not is_in(client)
    assert "This code is incorrect." in client.post(reverse("mfa_authenticate"), {"code": "000000"}).content.decode()
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})

    assert is_in(client)


def test_a_recovery_code_lets_one_in_once(browser: Client, maria: Membership) -> None:
    enrol(browser)
    code = re.findall(r"<li>(\d{8})</li>", browser.get(reverse("mfa_view_recovery_codes")).content.decode())[0]
    first, second = Client(), Client()
    for client in (first, second):
        log_in(client, maria.user.email)
        client.post(reverse("mfa_authenticate"), {"code": code})

    assert is_in(first)
    assert not is_in(second)


def test_removing_the_last_one_leads_back_to_enrolment(required: None, browser: Client) -> None:
    enrol(browser)
    assert is_in(browser)

    browser.post(reverse("mfa_deactivate_totp"))

    assert browser.get(reverse("orders:orders")).headers["Location"] == reverse("mfa_index")


def test_the_other_sessions_end_when_a_factor_changes(browser: Client, maria: Membership) -> None:
    other = Client()
    log_in(other, maria.user.email)
    assert is_in(other)

    enrol(browser)

    assert is_in(browser)
    assert not is_in(other)


def test_an_organization_requires_it_of_its_own_people(browser: Client, maria: Membership) -> None:
    stranger = Client()
    stranger.force_login(MembershipFactory().user)
    assert is_in(browser)

    Organization.objects.filter(pk=maria.organization_id).update(mfa_required=True)

    assert not is_in(browser)
    assert is_in(stranger)


def test_any_of_a_persons_organizations_requires_it(browser: Client, maria: Membership) -> None:
    MembershipFactory(user=maria.user, organization__name="Zebra 3PL", organization__mfa_required=True)

    assert browser.get(reverse("dashboard")).headers["Location"] == reverse("mfa_index")


def test_recovery_codes_alone_are_no_factor(required: None, browser: Client, maria: Membership) -> None:
    Authenticator.objects.create(user=maria.user, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x"})

    assert not is_in(browser)


def test_secrets_are_sealed(browser: Client) -> None:
    secret = enrol(browser)

    kept = Authenticator.objects.get(type="totp")

    assert secret not in str(kept.data)
    assert kept.wrap().validate_code("000000") is False


def test_a_while_after_the_log_in_the_password_is_asked_again(browser: Client) -> None:
    session = browser.session
    session["began"] -= 3600
    session.save()

    answer = browser.get(reverse("mfa_activate_totp"))

    assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))


def test_whoever_lost_everything_is_let_in_again(required: None, browser: Client, maria: Membership) -> None:
    enrol(browser)

    call_command("second_factor_remove", email="Maria.Ortiz@northwind.example")

    assert not is_in(browser)
    assert log_in(browser, maria.user.email).headers["Location"] == reverse("dashboard")
    assert browser.get(reverse("dashboard")).headers["Location"] == reverse("mfa_index")
    assert Event.objects.get().details == {"person": maria.user_id}
    with pytest.raises(CommandError, match="no second factor"):
        call_command("second_factor_remove", email=maria.user.email)
