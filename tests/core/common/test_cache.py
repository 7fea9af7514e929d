"""A cache that goes on counting while Redis is away."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache
from django.test import Client
from django.urls import reverse

from core.common import redis_line
from core.common.cache import SharedElseOwn
from tests import factories

NOBODY = "redis://127.0.0.1:1/0"  # nothing listens on this port


@pytest.fixture(autouse=True)
def asked() -> Iterator[None]:
    redis_line.ask_again()
    yield
    redis_line.ask_again()


@pytest.fixture
def away() -> SharedElseOwn:
    found = SharedElseOwn(NOBODY, {})
    found._own.clear()
    return found


def test_what_redis_cannot_answer_is_counted_in_this_process(away: SharedElseOwn) -> None:
    assert away.add("visits", 0, 60)
    assert not away.add("visits", 0, 60)

    assert [away.incr("visits"), away.incr("visits")] == [1, 2]
    assert away.get("visits") == 2

    away.set("visits", 9, 60)
    assert away.get("visits") == 9
    assert away.delete("visits")
    assert away.get("visits", "none") == "none"


def test_people_log_in_and_are_locked_out_while_redis_is_away(db: None, settings: Any, client: Client) -> None:
    settings.CACHES = {"default": {"BACKEND": "core.common.cache.SharedElseOwn", "LOCATION": NOBODY}}
    assert isinstance(cache._connections["default"], SharedElseOwn)  # type: ignore[attr-defined]
    LocMemCache("while-redis-is-away", {}).clear()
    person = factories.make_person(factories.OrganizationFactory())
    wrong, right = {"login": person.email, "password": "wrong"}, {"login": person.email, "password": factories.PASSWORD}

    assert client.post(reverse("account_login"), right).status_code == 302
    client.logout()
    answers = [client.post(reverse("account_login"), wrong).status_code for _ in range(11)]

    assert set(answers) == {200}
    assert "Too many failed logins" in client.post(reverse("account_login"), right).content.decode()
