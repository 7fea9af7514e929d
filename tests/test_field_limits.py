"""Every text somebody may send has an end, said in a sentence; and none takes longer than its length."""

import ast
import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.account import app_settings as account_settings
from allauth.mfa import app_settings as mfa_settings
from django import forms
from django.conf import settings
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils.module_loading import import_string

from core.accounts.models import Membership
from core.accounts.short_fields import LONGEST, ShortFields
from core.alerts import wording
from orders.actions.forms import CleanField
from orders.filters.forms import ValuesField
from shipping.close.forms import read_row
from tests.core.accounts.conftest import browser, maria
from tests.factories import PASSWORD

pytestmark = pytest.mark.one_database
__all__ = ["browser", "maria"]  # fixtures
ROOT = Path(__file__).resolve().parent.parent
OURS = ("carts", "core", "integration_manager", "inventory", "orders", "shipping")
TEXTS = {"CharField", "RegexField", "SlugField", "JSONField", "URLField"}
OWN = {"AskedField", "CleanField", "WhereAskedField"}
OWN_ENDS = (ValuesField, CleanField)  # with sentences of their own; tests beside them
LONG = 50_000
NASTY = ["," * LONG, " " * LONG, "1," * LONG, "a " * LONG, "9" * LONG, "\t" * LONG + "x", "@." * LONG, "\n " * LONG]


def modules() -> Iterator[Path]:
    for folder in OURS:
        yield from (path for path in sorted((ROOT / folder).rglob("*.py")) if path.name != "models.py")


def test_every_text_field_that_is_written_down_has_an_end() -> None:
    """Also those a form makes for itself when it is filled in."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules()
        if "migrations" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).removeprefix("forms.") in (TEXTS if "forms." in ast.unparse(node.func) else OWN)
        and not {"max_length"} & {keyword.arg for keyword in node.keywords}
    ]

    assert found == []


def form_classes(among: type = forms.BaseForm) -> Iterator[type[forms.BaseForm]]:
    for each in among.__subclasses__():
        if each.__module__.startswith(OURS):
            yield each
        yield from form_classes(each)


def all_forms() -> set[type[forms.BaseForm]]:
    assert get_resolver().url_patterns  # every view, with its forms, is loaded
    return set(form_classes())


def fields_of(form: type[forms.BaseForm]) -> dict[str, forms.Field]:
    """Those it is declared with; what is only mixed in declares none."""
    return dict(getattr(form, "base_fields", {}))


def is_endless(field: forms.Field) -> bool:
    return isinstance(field, forms.CharField) and field.max_length is None and not isinstance(field, OWN_ENDS)


def test_every_text_field_of_every_form_has_an_end() -> None:
    found = [
        f"{form.__name__}.{name}"
        for form in all_forms()
        if not issubclass(form, ShortFields)
        for name, field in fields_of(form).items()
        if is_endless(field)
    ]

    assert found == []
    assert len(all_forms()) > 30


def test_forms_of_accounts_that_take_texts_are_ours() -> None:
    """allauth's own give passwords and codes no end."""
    configured = [*account_settings.FORMS.values(), *mfa_settings.FORMS.values()]

    assert all(issubclass(import_string(path), ShortFields) for path in configured)
    assert len(configured) == len(settings.ACCOUNT_FORMS) + len(settings.MFA_FORMS)


@pytest.mark.parametrize("name", sorted(str(form) for form in all_forms()))
def test_no_text_takes_longer_than_its_length(name: str) -> None:
    (form,) = {form for form in all_forms() if str(form) == name}
    for field in fields_of(form).values():
        if isinstance(field, forms.ModelChoiceField):
            continue
        for text in NASTY:
            began = time.process_time()
            with contextlib.suppress(forms.ValidationError):
                field.clean(text)
            assert time.process_time() - began < 1, (name, text[:10])


@pytest.mark.parametrize("row", NASTY)
def test_rows_of_a_package_and_words_of_a_mail_take_no_longer_than_their_length(row: str) -> None:
    began = time.process_time()
    read_row(row)
    read_row(f"{row}x")
    wording._tidy(f"{row}x")

    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("row", "read"),
    [
        ("MUG-BLUE 3", ("MUG-BLUE", 3)),
        ("MUG,BLUE;\t3", ("MUG,BLUE", 3)),
        ("MUG BLUE 1 3", ("MUG BLUE 1", 3)),
        ("MUG3", ("", 0)),
        ("3", ("", 0)),
        (", 3", ("", 0)),
        ("MUG 12345678901", ("", 0)),
        ("MUG ٣", ("", 0)),
        ("", ("", 0)),
    ],
)
def test_a_row_of_a_package_is_read_as_before(row: str, read: tuple[str, int]) -> None:
    assert read_row(row) == read


TOO_LONG = f"at most {LONGEST:,} characters".replace(",", "")


def said(client: Client, route: str, data: dict[str, Any]) -> str:
    answer = client.post(reverse(route), data)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_password_that_is_too_long_is_said_at_its_field(browser: Client, maria: Membership) -> None:
    long = "Aa1!" * LONGEST

    assert TOO_LONG in said(Client(), "account_login", {"login": maria.user.email, "password": long})
    changed = {"oldpassword": PASSWORD, "password1": long, "password2": long}
    assert TOO_LONG in said(browser, "account_change_password", changed)
    assert TOO_LONG in said(browser, "account_reauthenticate", {"password": long})
    assert TOO_LONG in said(browser, "mfa_activate_totp", {"code": long})
