"""Passwords: what is taken, what is not, and that every way to change one asks the same."""

import io
import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import global_settings, settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from core.accounts import tasks as accounts_tasks
from core.accounts.models import FormerPassword, Membership, User
from integration_manager import settings as production
from tests.core.accounts.conftest import is_in, log_in
from tests.factories import PASSWORD
from tests.mail_content import links_of, words_of

pytestmark = pytest.mark.one_database

GOOD = "Correct horse, 9 staples"
MARIA = User(email="maria.ortiz42@northwind.example", name="Maria José Ortiz-Li")


def refusals(password: str, user: User = MARIA) -> list[str]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return list(error.messages)
    return []


@pytest.mark.parametrize("password", [GOOD, "aB3!aB3!aB3!", "Zwölf Äpfel, 7 Birnen"])
def test_a_good_password_is_taken(password: str) -> None:
    assert refusals(password) == []


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("Horse, 9 sta", ""),
        ("Horse, 9 st", "Use at least 12 characters."),
        ("Password1234!", "This password is too common."),
        (
            "correct horse, 9 staples",
            "Use a lowercase letter, a capital letter, a digit, and a symbol like ! or a space.",
        ),
        (
            "CORRECT HORSE, 9 STAPLES",
            "Use a lowercase letter, a capital letter, a digit, and a symbol like ! or a space.",
        ),
        (
            "Correct horse, nine staples",
            "Use a lowercase letter, a capital letter, a digit, and a symbol like ! or a space.",
        ),
        ("Correcthorse9staples", "Use a lowercase letter, a capital letter, a digit, and a symbol like ! or a space."),
        ("My oRTiZ horse, 9", "Leave your name and your email address out of the password."),
        ("My jOSÉ horse, 9 sta", "Leave your name and your email address out of the password."),
    ],
)
def test_each_rule_says_one_sentence(password: str, said: str) -> None:
    assert refusals(password) == ([said] if said else [])


def test_short_parts_of_a_name_may_stand_in_a_password() -> None:
    assert refusals("A lively horse, 9") == []  # Li


def test_the_last_ten_are_not_taken_again_and_the_eleventh_is(maria: Membership) -> None:
    user = maria.user
    for number in range(11):
        user.set_password(f"{GOOD} {number}")
        user.save()

    used = [refusals(f"{GOOD} {number}", user) for number in range(11)]

    assert used == [[], *[["Choose a different one: this is one of your last 10 passwords."]] * 10]
    assert FormerPassword.objects.filter(user=user).count() == 10


def test_a_former_password_is_kept_hashed(maria: Membership) -> None:
    maria.user.set_password(GOOD)
    maria.user.save()

    assert GOOD not in FormerPassword.objects.get(user=maria.user).password


def test_somebody_elses_password_is_theirs_alone(maria: Membership) -> None:
    maria.user.set_password(GOOD)
    maria.user.save()

    assert refusals(GOOD, User.objects.create_user("nina@northwind.example")) == []


def test_the_portals_own_hasher_is_slow_to_guess_against(settings: Any) -> None:
    settings.PASSWORD_HASHERS = getattr(production, "PASSWORD_HASHERS", global_settings.PASSWORD_HASHERS)

    algorithm, iterations, _ = make_password(GOOD).split("$", 2)

    assert algorithm == "pbkdf2_sha256"
    assert int(iterations) >= 600_000  # what OWASP asks for


@pytest.mark.django_db
def test_the_first_owner_keeps_the_rules_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"northwind\n{GOOD}\n"))
    asked = {"name": "Northwind 3PL", "email": "Olivia@northwind.example"}

    with pytest.raises(CommandError, match="Use at least 12 characters"):
        call_command("organization_create", **asked)
    assert not User.objects.exists()
    call_command("organization_create", **asked)

    assert User.objects.get(email="olivia@northwind.example").check_password(GOOD)


# -- allauth's pages ---------------------------------------------------------------------------------------------------
def change(client: Client, new: str) -> Any:
    data = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    return client.post(reverse("account_change_password"), data)


def test_changing_it_asks_all_rules_and_ends_the_other_sessions(browser: Client, maria: Membership) -> None:
    other = Client()
    log_in(other, maria.user.email)

    assert "Leave your name" in change(browser, "I am Maria, 9 staples").content.decode()
    assert "one of your last 10" in change(browser, PASSWORD).content.decode()
    assert is_in(other)
    assert change(browser, GOOD).status_code == 302

    assert is_in(browser)
    assert not is_in(other)


def test_a_reset_asks_all_rules_and_ends_every_session(
    browser: Client, maria: Membership, mailoutbox: list[Any]
) -> None:
    stranger = Client()
    stranger.post(reverse("account_reset_password"), {"email": maria.user.email})
    accounts_tasks.reset_due()
    mail = mailoutbox[-1]
    link = re.search(rf"{re.escape(settings.PUBLIC_URL)}(/\S+)", mail.body)
    assert link
    form = stranger.get(link[1], follow=True)
    path = form.request["PATH_INFO"]

    refused = stranger.post(path, {"password1": PASSWORD, "password2": PASSWORD})
    assert "one of your last 10" in refused.content.decode()
    stranger.post(path, {"password1": GOOD, "password2": GOOD})

    assert mail.subject == "Choose a new password"
    assert not is_in(browser)
    assert log_in(stranger, maria.user.email, GOOD).status_code == 302
    assert "This link doesn't work" in Client().get(link[1], follow=True).content.decode()
    assert mailoutbox[-1].subject == "Your password was changed"


def test_mail_about_an_account_says_the_same_in_html(browser: Client, maria: Membership, mailoutbox: list[Any]) -> None:
    Client().post(reverse("account_reset_password"), {"email": maria.user.email})
    accounts_tasks.reset_due()
    ask_for(browser, "maria@elsewhere.example")
    browser.post(link_in(mailoutbox[-1]))

    assert len(mailoutbox) == 3  # and one that says that the address changed
    for mail in mailoutbox:
        ((html, kind),) = mail.alternatives
        assert kind == "text/html"
        assert words_of(html) == mail.body.split()
    assert links_of(mailoutbox[0].alternatives[0][0]) == [settings.PUBLIC_URL + link_in(mailoutbox[0])]


# -- The address one logs in with --------------------------------------------------------------------------------------
def ask_for(client: Client, email: str) -> None:
    client.post(reverse("account_email"), {"email": email, "action_add": ""})


def link_in(mail: Any) -> str:
    found = re.search(rf"{re.escape(settings.PUBLIC_URL)}(/\S+)", mail.body)
    assert found
    return found[1]


def test_a_new_address_counts_when_its_link_was_opened(
    browser: Client, maria: Membership, mailoutbox: list[Any]
) -> None:
    ask_for(browser, "Maria@Elsewhere.example")
    maria.user.refresh_from_db()
    assert maria.user.email == "maria.ortiz@northwind.example"
    assert mailoutbox[0].to == ["maria@elsewhere.example"]

    browser.get(link_in(mailoutbox[0]))
    maria.user.refresh_from_db()
    assert maria.user.email == "maria.ortiz@northwind.example"  # opening it changes nothing
    browser.post(link_in(mailoutbox[0]))

    maria.user.refresh_from_db()
    assert maria.user.email == "maria@elsewhere.example"
    addresses = EmailAddress.objects.filter(user=maria.user).values_list("email", "verified", "primary")
    assert list(addresses) == [("maria@elsewhere.example", True, True)]
    assert mailoutbox[1].to == ["maria.ortiz@northwind.example"]
    assert log_in(Client(), "maria@elsewhere.example").status_code == 302


def test_a_change_that_is_called_off_leaves_the_address(
    browser: Client, maria: Membership, mailoutbox: list[Any]
) -> None:
    ask_for(browser, "maria@elsewhere.example")
    browser.post(reverse("account_email"), {"email": "maria@elsewhere.example", "action_remove": ""})

    browser.post(link_in(mailoutbox[0]))

    maria.user.refresh_from_db()
    assert maria.user.email == "maria.ortiz@northwind.example"
    assert is_in(browser)


def test_an_address_of_somebody_else_is_not_taken_over(
    browser: Client, maria: Membership, mailoutbox: list[Any]
) -> None:
    User.objects.create_user("nina@northwind.example", GOOD)
    ask_for(browser, "nina@northwind.example")

    browser.post(link_in(mailoutbox[0]))

    maria.user.refresh_from_db()
    assert maria.user.email == "maria.ortiz@northwind.example"


def test_a_mailed_link_leads_to_the_public_address_whatever_host_was_asked(
    maria: Membership, mailoutbox: list[Any], settings: Any
) -> None:
    settings.ALLOWED_HOSTS, settings.PUBLIC_URL = ["portal.example.com"], "https://portal.example.com"

    Client(HTTP_HOST="portal.example.com:6666").post(reverse("account_reset_password"), {"email": maria.user.email})
    accounts_tasks.reset_due()

    (mail,) = mailoutbox
    assert link_in(mail).startswith("/account/password/reset/key/")
    assert "https://portal.example.com/account/password/reset/key/" in mail.body
