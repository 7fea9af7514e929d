"""Alerts are raised for declared causes alone, and each cause has words."""

import ast
from pathlib import Path
from typing import Any

import pytest

from carts.models import Cart
from core.alerts import causes
from core.alerts.causes import Occasion
from core.alerts.mail import outbox
from core.alerts.models import Alert, Mail
from core.alerts.raised import raise_alert, raise_alerts
from core.common import clock
from tests.factories import CartFactory

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ("carts", "core", "integration_manager", "inventory", "orders", "shipping")
DECLARING = {"alerts.py", "own_alerts.py"}
TAKING_CAUSES = {"raise_alert", "raise_alerts", "close_alerts", "close_alerts_about", "find_alert"}


def sources() -> dict[str, str]:
    files = [file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))]
    return {path.relative_to(ROOT).as_posix(): path.read_text() for path in files if "migrations" not in path.parts}


def constants(source: str) -> dict[str, str]:
    """Return the names that a module of declarations gives its causes."""
    return {
        target.id: node.value.value
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def declarations() -> dict[str, dict[str, str]]:
    return {name: constants(text) for name, text in sources().items() if Path(name).name in DECLARING}


@pytest.fixture
def cart(db: None) -> Cart:
    made: Cart = CartFactory()
    return made


# -- What is declared ------------------------------------------------------------------------------------------------
def test_every_cause_has_words() -> None:
    """What is named is registered by its app, and nothing is registered without a name for code to use."""
    found = declarations()
    named = [value for of_app in found.values() for value in of_app.values()]

    assert len(found) == 8
    assert sorted(named) == sorted(each.name for each in causes.declared())
    assert all(each.heading for each in causes.declared())


def test_every_cause_that_is_declared_is_used() -> None:
    names = {name for of_app in declarations().values() for name in of_app}
    used = {
        node.id
        for path, text in sources().items()
        if Path(path).name not in DECLARING
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Name)
    }

    assert names - used == set()


def test_a_cause_is_used_by_its_name_and_written_nowhere_else() -> None:
    """A typo in a string would close nothing, and nobody would notice."""
    written = [
        f"{path}:{node.lineno}"
        for path, text in sources().items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TAKING_CAUSES
        for argument in node.args
        if isinstance(argument, ast.Constant) and "." in str(argument.value).strip(".")
    ]

    assert written == []


def test_a_cause_has_one_meaning() -> None:
    known = next(causes.declared())
    causes.register([known])  # the same again does no harm

    with pytest.raises(ValueError, match="declared twice"):
        causes.register([Occasion(known.name, "Something else")])
    assert causes.say(known.name) == known.heading


# -- What is raised --------------------------------------------------------------------------------------------------
def test_an_undeclared_cause_raises_no_alert(cart: Cart) -> None:
    with pytest.raises(causes.UndeclaredCause, match="'cart.haunted'"):
        raise_alert("cart.haunted", cart, "It is haunted.", now=clock.now())
    with pytest.raises(causes.UndeclaredCause):
        raise_alerts("cart.haunted", [(cart, "It is haunted.", "")], now=clock.now())

    assert not Alert.objects.exists()
    assert raise_alert("cart.checks", cart, "It lacks a warehouse.", now=clock.now())


def test_what_only_mails_are_about_raises_no_alert(cart: Cart) -> None:
    with pytest.raises(causes.UndeclaredCause):
        raise_alert("person.invited", cart, "Somebody is invited.", now=clock.now())

    assert not Alert.objects.exists()


def test_no_mail_is_owed_about_what_nobody_declared(cart: Cart) -> None:
    mail: dict[str, Any] = {
        "organization_id": cart.organization_id,
        "to": "jo@seller.example",
        "subject": "Hello",
        "text": "Hello.",
        "now": clock.now(),
    }
    with pytest.raises(causes.UndeclaredCause):
        outbox.owe(cause="cart.haunted", **mail)

    assert not Mail.objects.exists()
    assert outbox.owe(cause="grant.ended", **mail).pk
    assert outbox.owe(cause="person.invited", **mail).pk


def test_a_cause_of_an_older_version_is_told_by_its_name() -> None:
    assert causes.say("cart.long_gone") == "Cart long gone"
    assert causes.tone("cart.long_gone") == "bad"
