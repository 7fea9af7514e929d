"""Logging in: how often one may be wrong, how long it lasts, and what happens when the mail server is away."""

import uuid
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from core.accounts import rate_limits
from core.accounts import tasks as accounts_tasks
from core.accounts.models import Membership, ResetRequest
from core.common import clock
from core.common.forwarded_headers import ForwardedHeadersMiddleware
from integration_manager.settings import CACHES
from tests.core.accounts.conftest import is_in, log_in
from tests.factories import PASSWORD

pytestmark = pytest.mark.one_database


# -- How often --------------------------------------------------------------------------------------------------------
def test_what_is_counted_is_not_pushed_out_by_what_else_is_counted(settings: Any) -> None:
    settings.CACHES = CACHES  # as the portal has it
    who = uuid.uuid4().hex
    assert rate_limits.within("invite", who, most=1, per=timedelta(days=1))
    for number in range(1_000):
        rate_limits.within("setup.link", f"{who} {number}", most=120, per=timedelta(minutes=10))

    assert not rate_limits.within("invite", who, most=1, per=timedelta(days=1))


def test_behind_a_proxy_the_address_before_it_counts(rf: Any, settings: Any) -> None:
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.7"})
    settings.BEHIND_PROXY, settings.TRUSTED_PROXIES = True, [ip_network("10.0.0.1")]

    ForwardedHeadersMiddleware(lambda _: HttpResponse())(request)

    assert rate_limits.address(request) == "198.51.100.7"


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
    phone = Client(HTTP_USER_AGENT="Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1")
    log_in(phone, maria.user.email)

    assert "Safari on iPhone" in browser.get(reverse("usersessions_list")).content.decode()
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


def test_a_reset_waits_for_the_mail_server(maria: Membership, mailoutbox: list[Any], settings: Any) -> None:
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there
    answer = Client().post(reverse("account_reset_password"), {"email": maria.user.email})
    accounts_tasks.reset_due()
    assert (answer.status_code, ResetRequest.objects.count()) == (302, 1)

    settings.EMAIL_BACKEND = working
    with time_machine.travel(clock.now() + timedelta(minutes=2), tick=False):
        accounts_tasks.reset_due()

    assert [mail.to for mail in mailoutbox] == [[maria.user.email]]
    until = clock.now() + timedelta(minutes=2, days=3)
    assert f"It works once, until {until:%-d %B %Y}" in mailoutbox[0].body
    assert not ResetRequest.objects.exists()


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
