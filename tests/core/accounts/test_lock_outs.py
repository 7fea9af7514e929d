"""Wrong passwords and codes lock whoever was wrong: longer each time, whatever is restarted, and never the owner."""

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import signing
from django.core.cache import cache
from django.db import connections
from django.test import Client, RequestFactory
from django.urls import reverse

from core.accounts import known_devices, lock_outs
from core.accounts import tasks as accounts_tasks
from core.accounts.models import LockOut, Membership, ResetRequest
from core.common import clock
from tests.core.accounts.conftest import is_in, log_in
from tests.core.accounts.test_second_factor import code_of, enrol
from tests.factories import PASSWORD

pytestmark = pytest.mark.one_database
LOCKED = "Too many failed logins from here."
THERE = "198.51.100.7"
GOOD = "Correct horse, 9 staples"


def be_wrong(email: str, times: int = 10, **browser: Any) -> None:
    for number in range(times):
        page = log_in(Client(**browser), email, f"wrong {number}").content.decode()
        assert "The email address or password is incorrect." in page


def is_locked(email: str, client: Client | None = None, password: str = PASSWORD, **browser: Any) -> bool:
    return LOCKED in log_in(client or Client(**browser), email, password).content.decode()


@pytest.mark.parametrize("email", ["maria.ortiz@northwind.example", "nobody@northwind.example"])
def test_ten_wrong_passwords_lock_where_they_came_from_whoever_has_the_address(maria: Membership, email: str) -> None:
    be_wrong(email)

    for password in ("wrong again", PASSWORD):
        page = log_in(Client(), email, password).content.decode()
        assert f"{LOCKED} For 30 minutes not even the right password is taken." in page
        assert "reset your password by email" in page


def test_nobody_locks_an_owner_out_from_elsewhere(maria: Membership) -> None:
    for _ in range(3):
        be_wrong(maria.user.email)
        cache.clear()
        LockOut.objects.filter(about="").delete()
        LockOut.objects.update(until=None, wrong=0)
    be_wrong(maria.user.email)

    assert is_locked(maria.user.email)
    assert log_in(Client(REMOTE_ADDR=THERE), maria.user.email).status_code == 302


def test_a_browser_somebody_logged_in_with_is_never_locked_by_strangers(browser: Client, maria: Membership) -> None:
    """Not even where everybody comes from one address, nor when strangers come from everywhere."""
    browser.post(reverse("account_logout"))
    for number in range(5):
        be_wrong(maria.user.email, times=9, REMOTE_ADDR=f"203.0.113.{number}")
    be_wrong(maria.user.email, times=5, REMOTE_ADDR="203.0.113.50")
    be_wrong("nobody@northwind.example", times=9)

    assert is_locked(maria.user.email, REMOTE_ADDR=THERE)  # from everywhere together, it is guessed only so often
    assert log_in(browser, maria.user.email).status_code == 302


def test_a_known_browser_is_locked_by_its_own_wrong_ones_only(browser: Client, maria: Membership) -> None:
    browser.post(reverse("account_logout"))
    for number in range(10):
        log_in(browser, maria.user.email, f"wrong {number}")

    assert is_locked(maria.user.email, browser)
    assert log_in(Client(), maria.user.email).status_code == 302


def test_a_known_browser_is_known_for_nobody_else(browser: Client, maria: Membership, rf: RequestFactory) -> None:
    request = rf.get("/")
    request.COOKIES = {known_devices.COOKIE: browser.cookies[known_devices.COOKIE].value}

    assert known_devices.find(request, "MARIA.ortiz@northwind.example")
    assert not known_devices.find(request, "nobody@northwind.example")
    cookie = browser.cookies[known_devices.COOKIE]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert "maria" not in str(signing.loads(cookie.value, salt=known_devices.COOKIE))


@pytest.mark.parametrize("made_up", ["", "x", "eyJhIjoiYiJ9:1a:zz", signing.dumps({"a": "b"}, salt="another")])
def test_a_cookie_that_is_not_ours_makes_nobody_known(rf: RequestFactory, made_up: str) -> None:
    request = rf.get("/")
    request.COOKIES = {known_devices.COOKIE: made_up}

    assert not known_devices.find(request, "maria.ortiz@northwind.example")


def test_a_lock_outlives_redis(maria: Membership) -> None:
    be_wrong(maria.user.email)

    cache.clear()

    assert is_locked(maria.user.email)


def test_each_wrong_one_after_a_lock_locks_twice_as_long(maria: Membership) -> None:
    start = clock.now()
    with time_machine.travel(start, tick=False) as traveller:
        be_wrong(maria.user.email)
        for minutes in (30, 60, 120, 240):
            traveller.shift(timedelta(minutes=minutes - 1))
            assert is_locked(maria.user.email)
            traveller.shift(timedelta(minutes=2))
            be_wrong(maria.user.email, times=1)
            assert is_locked(maria.user.email)


def test_half_an_hour_later_the_right_password_is_taken_and_all_is_forgotten(maria: Membership) -> None:
    start = clock.now()
    with time_machine.travel(start, tick=False):
        be_wrong("Maria.Ortiz@northwind.example")
        assert is_locked(maria.user.email)
    with time_machine.travel(start + timedelta(minutes=29), tick=False):
        assert is_locked(maria.user.email)
    with time_machine.travel(start + timedelta(minutes=31), tick=False):
        assert log_in(Client(), maria.user.email).status_code == 302
        be_wrong(maria.user.email, times=9)
        assert log_in(Client(), maria.user.email).status_code == 302


def test_right_passwords_do_not_count(maria: Membership) -> None:
    assert {log_in(Client(), maria.user.email).status_code for _ in range(12)} == {302}
    assert set(LockOut.objects.values_list("wrong", flat=True)) <= {0}


def test_logging_in_to_an_account_of_ones_own_clears_nothing_of_others(maria: Membership) -> None:
    for number in range(59):
        log_in(Client(), f"nobody{number}@northwind.example", "wrong")
    cache.clear()  # allauth's own limit, of a minute
    assert log_in(Client(), maria.user.email).status_code == 302
    log_in(Client(), "nobody60@northwind.example", "wrong")

    assert is_locked("nobody61@northwind.example")


def test_a_locked_address_is_locked_under_every_name_of_the_portal(maria: Membership, settings: Any) -> None:
    """Ports are not looked at in ALLOWED_HOSTS: counted by the Host header, there were ten tries more for each."""
    settings.ALLOWED_HOSTS = ["portal.example.com", "portal"]
    for port in range(1, 6):
        for host in (f"portal.example.com:{port}", f"portal:{port}"):
            log_in(Client(HTTP_HOST=host), maria.user.email, "wrong")

    assert log_in(Client(HTTP_HOST="portal.example.com"), maria.user.email).status_code == 200


def test_a_network_of_ipv6_is_one_source(maria: Membership) -> None:
    for number in range(10):
        log_in(Client(REMOTE_ADDR=f"2001:db8::{number}"), maria.user.email, "wrong")

    assert is_locked(maria.user.email, REMOTE_ADDR="2001:db8::ffff")
    assert not is_locked(maria.user.email, REMOTE_ADDR="2001:db8:1::1")


def test_a_new_password_by_email_unlocks_an_address_at_once(maria: Membership, mailoutbox: list[Any]) -> None:
    be_wrong(maria.user.email)
    client = Client()
    client.post(reverse("account_reset_password"), {"email": maria.user.email})
    accounts_tasks.reset_due()
    found = re.search(r"/account/password/reset/key/\S+", mailoutbox[-1].body)
    assert found
    form = client.get(found[0], follow=True)
    client.post(form.request["PATH_INFO"], {"password1": GOOD, "password2": GOOD})
    be_wrong(maria.user.email)  # and strangers begin again

    assert log_in(client, maria.user.email, GOOD).status_code == 302


def test_ten_wrong_codes_lock_those_who_know_the_password(browser: Client, maria: Membership) -> None:
    secret, stranger = enrol(browser), Client()
    log_in(stranger, maria.user.email)
    for _ in range(10):
        page = stranger.post(reverse("mfa_authenticate"), {"code": "000000"}).content.decode()
        assert "This code is incorrect." in page
    cache.clear()

    assert LOCKED in stranger.post(reverse("mfa_authenticate"), {"code": code_of(secret)}).content.decode()
    browser.post(reverse("account_logout"))
    log_in(browser, maria.user.email)
    browser.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert is_in(browser)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_each_count(rf: RequestFactory) -> None:
    request, now = rf.get("/"), clock.now()
    passed: list[bool] = []

    def attempt() -> None:
        try:
            lock_outs.begin(request, "maria@northwind.example", now=now)
            passed.append(True)
        except lock_outs.LockedOut:
            passed.append(False)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=attempt) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert (len(passed), passed.count(True)) == (16, 10)


# -- A new password ----------------------------------------------------------------------------------------------------
def test_asking_for_a_new_password_is_the_same_work_whoever_has_the_address(
    maria: Membership, mailoutbox: list[Any], django_assert_num_queries: Any
) -> None:
    """Nobody is looked up and nothing is sent while somebody waits: neither the answer nor its time tells."""
    Client().post(reverse("account_reset_password"), {"email": "first@northwind.example"})
    answers = []
    for email in (maria.user.email, "nobody@northwind.example"):
        client = Client()
        with django_assert_num_queries(3) as queries:  # a transaction and one row
            answers.append(client.post(reverse("account_reset_password"), {"email": email}))
        assert not [each["sql"] for each in queries.captured_queries if "accounts_user" in each["sql"]]

    assert mailoutbox == []
    assert len({(each.status_code, each["Location"], each.content) for each in answers}) == 1
    accounts_tasks.reset_due()
    assert [mail.to for mail in mailoutbox] == [[maria.user.email]]
    assert not ResetRequest.objects.exists()
