"""Every address of the API, with every scope: what is somebody else's is not there at all."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLResolver, get_resolver, reverse

from core.accounts.models import Merchant
from core.api.base_view import ApiView
from core.api.scopes import Scope
from tests.api_client import Program
from tests.test_tenancy import ABSENT, Things, arguments_of, ours, theirs

__all__ = ["ours", "theirs"]
pytestmark = pytest.mark.django_db
OPEN = {"schema", "docs", "problems"}  # what the API says of itself
NAMED = {"ord": "order_id", "cart": "cart_id", "mer": "merchant_id", "wh": "warehouse_id"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def routes() -> Iterator[tuple[str, list[str], type[ApiView]]]:
    for pattern in get_resolver().url_patterns:
        if isinstance(pattern, URLResolver) and pattern.namespace == "api":
            each: Any
            for each in pattern.url_patterns:
                if each.name not in OPEN:
                    yield each.name, list(each.pattern.converters), each.callback.view_class


ROUTES = list(routes())
OF_ONE = [route for route in ROUTES if route[1]]


def methods_of(view: type[ApiView]) -> list[str]:
    return [method for method in METHODS if hasattr(view, method.lower())]


@pytest.fixture
def program(ours: Things) -> Program:
    return Program(Merchant.objects.select_related("organization").get(pk=ours["merchant_id"]).organization)


def address_of(name: str, arguments: list[str], values: Things) -> str:
    return reverse(f"api:{name}", kwargs=arguments_of(arguments, values))


def test_every_endpoint_names_its_scope() -> None:
    assert len(ROUTES) > 10
    for name, _, view in ROUTES:
        assert issubclass(view, ApiView), name
        assert isinstance(view.scope, Scope), name


def test_what_is_anothers_is_answered_like_what_is_not_there(program: Program, theirs: Things) -> None:
    wrong = []
    for name, arguments, view in OF_ONE:
        for method in methods_of(view):
            foreign = program.ask(method, address_of(name, arguments, theirs), {})
            absent = program.ask(method, address_of(name, arguments, dict.fromkeys(arguments, ABSENT)), {})
            if foreign.status_code not in {404, 422} or foreign.content != absent.content:
                wrong.append((name, method, foreign.status_code, absent.status_code))

    assert wrong == []


def test_a_merchants_key_finds_nothing_of_another_merchant(program: Program, ours: Things) -> None:
    other = Merchant.objects.create(organization=program.key.organization, name="Red Cup Co")
    seller = Program(program.key.organization, merchant=other)
    for name, arguments, view in OF_ONE:
        for method in methods_of(view):
            assert seller.ask(method, address_of(name, arguments, ours), {}).status_code in {404, 422}, name


def test_lists_hold_nothing_of_anothers(program: Program, theirs: Things) -> None:
    ids = {
        f"{prefix}_{theirs[name]}"
        for prefix, name in (("ord", "order_id"), ("cart", "cart_id"), ("mer", "merchant_id"), ("wh", "warehouse_id"))
    }
    for name, arguments, view in ROUTES:
        if not arguments and hasattr(view, "get"):
            said = program.get(address_of(name, [], {})).content.decode()
            assert ids.isdisjoint(re.findall(r"[a-z]+_\d+", said)), name


@pytest.mark.parametrize("scope", Scope)
def test_each_scope_opens_what_it_is_for_and_nothing_else(program: Program, ours: Things, scope: Scope) -> None:
    narrow = Program(program.key.organization, scope)
    wrong: list[Any] = []
    for name, arguments, view in ROUTES:
        for method in methods_of(view):
            needed = view().scope_for(method)
            answer = narrow.ask(method, address_of(name, arguments, ours), {})
            refused = answer.status_code == 403 and answer.json()["code"] == "wrong_scope"
            if refused == (needed == scope):
                wrong.append((name, method, scope, answer.status_code))

    assert wrong == []


def test_without_a_key_nothing_is_told(program: Program, ours: Things) -> None:
    for name, arguments, view in ROUTES:
        for method in methods_of(view):
            answers = [
                program.ask(method, address_of(name, arguments, values), {}, Authorization="")
                for values in (ours, dict.fromkeys(arguments, ABSENT))
            ]
            assert [answer.status_code for answer in answers] == [401, 401], name
            assert answers[0].content == answers[1].content
