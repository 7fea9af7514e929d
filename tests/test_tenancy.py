"""Every address of the portal, asked for by strangers: what is somebody else's is not there at all.

An address with an argument nobody described here fails the test until somebody says whose it is.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from integration_manager.accounts.access import Role
from tests import factories

OPEN = {"livez", "readyz"}  # asked for by machines, without a log-in
ELSEWHERE = ("account_", "mfa_", "usersessions_")  # allauth's own, tested there
ABSENT = 999_999_999


def routes(patterns: list[Any], space: str = "") -> Iterator[tuple[str, list[str]]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from routes(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern) and pattern.name and not pattern.name.startswith(ELSEWHERE):
            yield f"{space}{pattern.name}", list(pattern.pattern.converters)


ROUTES = sorted((name, arguments) for name, arguments in routes(get_resolver().url_patterns) if name not in OPEN)
OWNED = [(name, arguments) for name, arguments in ROUTES if arguments and arguments != ["kind"]]


@pytest.fixture
def theirs(db: None) -> dict[str, Any]:
    """What belongs to another 3PL, by the name of the argument that names it."""
    order = factories.OrderFactory()
    kept = factories.SavedFilterFactory()
    package = factories.PackageFactory()
    return {
        "filter_id": kept.pk,
        "order_id": order.pk,
        "package_id": package.pk,
        "cart_id": order.cart_id,
        "kind": "amazon",
    }


@pytest.fixture(params=[Role.OWNER, Role.VIEWER, Role.SELLER])
def stranger(request: pytest.FixtureRequest, db: None) -> Client:
    """Somebody of a 3PL of their own."""
    organization = factories.OrganizationFactory()
    merchant = factories.MerchantFactory(organization=organization) if request.param == Role.SELLER else None
    client = Client()
    client.force_login(factories.make_person(organization, request.param, merchant=merchant))
    return client


def arguments_of(names: list[str], values: dict[str, Any]) -> dict[str, Any]:
    unknown = set(names) - set(values)
    assert not unknown, f"say in tests/test_tenancy.py whose {unknown} is"
    return {name: values[name] for name in names}


@pytest.mark.parametrize(("name", "arguments"), OWNED, ids=[name for name, _ in OWNED])
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_another_3pls_is_like_what_is_not_there(
    name: str, arguments: list[str], method: str, theirs: dict[str, Any], stranger: Client
) -> None:
    given = arguments_of(arguments, theirs)

    foreign = getattr(stranger, method)(reverse(name, kwargs=given))
    absent = getattr(stranger, method)(reverse(name, kwargs=given | dict.fromkeys(set(arguments) - {"kind"}, ABSENT)))

    assert foreign.status_code in {403, 404, 405}
    assert (foreign.status_code, foreign.content) == (absent.status_code, absent.content)


@pytest.mark.parametrize(("name", "arguments"), ROUTES, ids=[name for name, _ in ROUTES])
@pytest.mark.parametrize("method", ["get", "post"])
def test_whoever_is_not_logged_in_is_sent_to_log_in(
    name: str, arguments: list[str], method: str, theirs: dict[str, Any], client: Client
) -> None:
    answer = getattr(client, method)(reverse(name, kwargs=arguments_of(arguments, theirs)))

    assert answer.status_code in {302, 405}
    if answer.status_code == 302:
        assert answer.headers["Location"].startswith(reverse("account_login"))


def test_a_person_without_an_organization_finds_nothing(theirs: dict[str, Any], client: Client) -> None:
    client.force_login(factories.UserFactory())

    answers = {name: client.get(reverse(name, kwargs=arguments_of(given, theirs))).status_code for name, given in OWNED}

    assert set(answers.values()) <= {404, 405}
