"""Logging in: how often one may be wrong, how long it lasts, and what happens when the mail server is away."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from core.accounts import rate_limits
from core.accounts.models import Membership
from core.common import clock
from integration_manager.settings import CACHES
from tests.core.accounts.conftest import is_in, log_in
from tests.factories import PASSWORD

pytestmark = pytest.mark.one_database


# -- Lock-out ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("email", ["maria.ortiz@northwind.example", "nobody@northwind.example"])
def test_ten_wrong_passwords_lock_an_address_whoever_has_it(maria: Membership, email: str) -> None:
    client = Client()
    for number in range(10):
        page = log_in(client, email, f"wrong {number}").content.decode()
        assert "The email address or password is incorrect." in page

    for password in ("wrong again", PASSWORD):
        page = log_in(Client(REMOTE_ADDR="198.51.100.7"), email, password).content.decode()
        assert "Nobody can log in with this address for 30 minutes" in page


def test_a_locked_address_is_locked_under_every_name_of_the_portal(maria: Membership, settings: Any) -> None:
    """Ports are not looked at in ALLOWED_HOSTS: counted by the Host header, there were ten tries more for each."""
    settings.ALLOWED_HOSTS = ["portal.example.com", "portal"]
    for port in range(1, 6):
        for host in (f"portal.example.com:{port}", f"portal:{port}"):
            log_in(Client(HTTP_HOST=host), maria.user.email, "wrong")

    assert log_in(Client(HTTP_HOST="portal.example.com"), maria.user.email).status_code == 200


def test_what_counts_wrong_passwords_is_not_pushed_out_by_what_else_is_counted(settings: Any) -> None:
    settings.CACHES = CACHES  # as the portal has it
    who = uuid.uuid4().hex
    assert rate_limits.within("password", who, most=1, per=timedelta(days=1))
    for number in range(1_000):
        rate_limits.within("setup.link", f"{who} {number}", most=120, per=timedelta(minutes=10))

    assert not rate_limits.within("password", who, most=1, per=timedelta(days=1))


def test_a_locked_address_opens_after_half_an_hour_and_others_stay_open(maria: Membership) -> None:
    start = clock.now()
    with time_machine.travel(start, tick=False):
        for _ in range(10):
            log_in(Client(), "Maria.Ortiz@northwind.example", "wrong")
        assert log_in(Client(), maria.user.email).status_code == 200
    with time_machine.travel(start + timedelta(minutes=29), tick=False):
        assert log_in(Client(), maria.user.email).status_code == 200
    with time_machine.travel(start + timedelta(minutes=31), tick=False):
        assert log_in(Client(), maria.user.email).status_code == 302


def test_right_passwords_do_not_count(maria: Membership) -> None:
    assert {log_in(Client(), maria.user.email).status_code for _ in range(12)} == {302}


def test_behind_a_proxy_the_address_before_it_counts(rf: Any, settings: Any) -> None:
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.7"})

    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert rate_limits.address(request) == "198.51.100.7"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    assert rate_limits.address(request) == "10.0.0.1"


# -- How long a log-in lasts ------------------------------------------------------------------------------------------
@pytest.fixture
def strict(settings: Any) -> None:
    settings.SESSION_IDLE_SECONDS, settings.SESSION_COOKIE_AGE = 30 * 60, 12 * 3600


def test_who_does_nothing_for_half_an_hour_logs_in_again(strict: None, maria: Membership) -> None:
    client, start = Client(), clock.now()
    with time_machine.travel(start, tick=False) as traveller:
        log_in(client, maria.user.email)
        traveller.shift(timedelta(minutes=29))
        assert is_in(client)
        traveller.shift(timedelta(minutes=29))
        assert is_in(client)
        traveller.shift(timedelta(minutes=31))
        answer = client.get(reverse("orders:orders"), {"tab": "all"}, follow=True)

    assert answer.redirect_chain == [(f"{reverse('account_login')}?next=/orders/%3Ftab%3Dall", 302)]
    assert "after a period of inactivity" in answer.content.decode()
    assert not is_in(client)


def test_no_log_in_lasts_longer_than_twelve_hours(strict: None, maria: Membership) -> None:
    client, start = Client(), clock.now()
    with time_machine.travel(start, tick=False) as traveller:
        log_in(client, maria.user.email)
        for _ in range(35):
            traveller.shift(timedelta(minutes=20))
            assert is_in(client)
        traveller.shift(timedelta(minutes=21))

        assert not is_in(client)


def test_a_part_of_a_page_sends_the_whole_page_to_the_log_in(strict: None, maria: Membership) -> None:
    client, start = Client(), clock.now()
    with time_machine.travel(start, tick=False) as traveller:
        log_in(client, maria.user.email)
        traveller.shift(timedelta(hours=1))
        answer = client.get(reverse("orders:orders"), headers={"HX-Request": "true"})

    assert answer["HX-Redirect"] == reverse("account_login")


def test_sessions_are_listed_and_ended(browser: Client, maria: Membership) -> None:
    phone = Client(HTTP_USER_AGENT="A phone")
    log_in(phone, maria.user.email)

    assert "A phone" in browser.get(reverse("usersessions_list")).content.decode()
    browser.post(reverse("usersessions_list"))

    assert is_in(browser)
    assert not is_in(phone)


def test_a_session_whose_key_changed_is_listed_under_the_new_one(browser: Client, maria: Membership) -> None:
    session = browser.session
    session.cycle_key()
    session.save()
    browser.cookies["sessionid"] = session.session_key or ""

    assert is_in(browser)

    assert UserSession.objects.filter(user=maria.user, session_key=session.session_key).exists()


# -- A mail server that is away ---------------------------------------------------------------------------------------
@pytest.fixture
def no_mail(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there


@pytest.mark.parametrize("email", ["maria.ortiz@northwind.example", "nobody@northwind.example"])
def test_a_reset_says_that_mail_cannot_be_sent_whoever_asks(no_mail: None, maria: Membership, email: str) -> None:
    answer = Client().post(reverse("account_reset_password"), {"email": email})

    assert answer.status_code == 200
    assert "The email could not be sent. Try again in a few minutes." in answer.content.decode()


def test_a_new_address_says_that_mail_cannot_be_sent(no_mail: None, browser: Client) -> None:
    data = {"email": "maria@elsewhere.example", "action_add": ""}

    page = browser.post(reverse("account_email"), data, follow=True).content.decode()

    assert "The email could not be sent" in page
    assert is_in(browser)


def test_a_change_stands_though_nobody_could_be_told(no_mail: None, browser: Client, maria: Membership) -> None:
    new = "Correct horse, 9 staples"
    data = {"oldpassword": PASSWORD, "password1": new, "password2": new}

    assert browser.post(reverse("account_change_password"), data).status_code == 302

    maria.user.refresh_from_db()
    assert maria.user.check_password(new)
