"""A Redis that is frozen, gone or full costs a page less than a second, and nobody their log-in."""

import os
import signal
import time
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import redis
from celery import Celery
from django.core.cache import cache, caches
from django.core.cache.backends.locmem import LocMemCache
from django.db import transaction
from django.test import Client
from django.urls import reverse

from core.accounts import rate_limits
from core.common import redis_line
from core.common.bell import Bell
from integration_manager.celery import app, heard
from tests import factories
from tools import broker

SECOND = 1.0

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def private() -> Iterator[str]:
    with broker.private_server() as url:
        yield url


@pytest.fixture
def server(private: str, settings: Any) -> Iterator[redis.Redis]:
    """A Redis of our own, which cache and bells use."""
    mine = redis.Redis.from_url(private)
    settings.REDIS_URL = private
    settings.CACHES = {"default": {"BACKEND": "core.common.cache.SharedElseOwn", "LOCATION": private}}
    Celery("own", broker=private).set_current()
    LocMemCache("while-redis-is-away", {}).clear()
    redis_line.ask_again()
    yield mine
    app.set_current()
    mine.config_set("maxmemory", 0)
    mine.flushall()
    redis_line.ask_again()
    LocMemCache("while-redis-is-away", {}).clear()


@pytest.fixture
def frozen(server: "redis.Redis") -> Iterator[None]:
    """It takes connections and answers nothing."""
    process = int(server.info("server")["process_id"])
    os.kill(process, signal.SIGSTOP)
    yield
    os.kill(process, signal.SIGCONT)


@pytest.fixture
def full(server: "redis.Redis") -> None:
    """It answers, and takes nothing in."""
    server.config_set("maxmemory-policy", "noeviction")
    server.config_set("maxmemory", 1)
    with pytest.raises(redis.ResponseError):
        server.set("more", 1)


def waiting(server: "redis.Redis") -> int:
    return int(server.llen(redis_line.QUEUE))


# -- Bells -------------------------------------------------------------------------------------------------------------
def test_ringing_for_six_sellers_while_it_is_frozen_takes_less_than_a_second(frozen: None) -> None:
    begun = time.monotonic()

    with transaction.atomic():
        for grant_id in range(6):
            Bell.CONFIRM_PACKAGES.ring(grant_id=grant_id, order_ids=[1, 2])

    assert time.monotonic() - begun < SECOND


def test_nor_does_it_while_it_is_gone(server: "redis.Redis", settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"  # nothing listens on this port
    begun = time.monotonic()

    for grant_id in range(6):
        Bell.IMPORT_ORDERS.ring(grant_id=grant_id)

    assert time.monotonic() - begun < SECOND


def test_nor_while_it_is_full(server: "redis.Redis", full: None) -> None:
    for grant_id in range(6):
        Bell.IMPORT_ORDERS.ring(grant_id=grant_id)

    assert waiting(server) == 0


def test_it_is_asked_again_after_a_while(server: "redis.Redis", monkeypatch: pytest.MonkeyPatch) -> None:
    redis_line.missed(redis.TimeoutError())
    Bell.IMPORT_ORDERS.ring(grant_id=1)
    assert waiting(server) == 0

    redis_line.ask_again()
    Bell.IMPORT_ORDERS.ring(grant_id=1)
    assert waiting(server) == 1


def test_a_bell_that_is_still_unheard_is_not_rung_again(server: "redis.Redis") -> None:
    for _ in range(3):
        Bell.IMPORT_ORDERS.ring(grant_id=1)
        Bell.IMPORT_ORDERS.ring(grant_id=2)
    assert waiting(server) == 2

    heard(task=SimpleNamespace(name=Bell.IMPORT_ORDERS.value), kwargs={"grant_id": 1})  # as a worker begins
    Bell.IMPORT_ORDERS.ring(grant_id=1)
    Bell.IMPORT_ORDERS.ring(grant_id=2)

    assert waiting(server) == 3


def test_without_a_worker_they_do_not_pile_up(server: "redis.Redis", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_line, "ENOUGH", 5)

    for grant_id in range(50):
        Bell.IMPORT_ORDERS.ring(grant_id=grant_id)

    assert waiting(server) == 5
    assert 0 < server.ttl(next(server.scan_iter("bell:*"))) <= redis_line.NEWS_AFTER


# -- Counting ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", ["frozen", "full"])
def test_people_log_in_and_are_locked_out(request: pytest.FixtureRequest, client: Client, state: str) -> None:
    request.getfixturevalue(state)
    person = factories.make_person(factories.OrganizationFactory())
    wrong, right = {"login": person.email, "password": "wrong"}, {"login": person.email, "password": factories.PASSWORD}
    begun = time.monotonic()
    assert client.post(reverse("account_login"), right).status_code == 302
    assert time.monotonic() - begun < 2 * SECOND  # with the password's own time
    client.logout()

    answers = [client.post(reverse("account_login"), wrong).status_code for _ in range(11)]

    assert set(answers) == {200}
    assert "Too many failed logins" in client.post(reverse("account_login"), right).content.decode()


@pytest.mark.parametrize("page", ["setup_links:new", "account_reset_password"])
def test_doors_without_a_log_in_answer_while_it_is_full(full: None, client: Client, page: str) -> None:
    assert client.get(reverse(page)).status_code == 200
    assert client.post(reverse(page), {"email": "nobody@example.com"}).status_code < 500


def test_a_full_one_that_is_asked_again_and_again_forgets_no_count(full: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """It still reads, and would say that nobody was counted."""
    monkeypatch.setattr(redis_line, "ASK_AGAIN", 0.0)

    counted = [rate_limits.within("tests", "somebody", most=3, per=timedelta(hours=1)) for _ in range(5)]

    assert counted == [True, True, True, False, False]
    cache.set("kept", [1], 60)
    assert cache.get("kept") == [1]
    assert cache.get_many(["kept", "other"]) == {"kept": [1]}


def test_when_it_has_room_again_it_counts_for_all(
    server: "redis.Redis", full: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_line, "ASK_AGAIN", 0.0)
    cache.set("counted", 1, 60)
    server.config_set("maxmemory", 0)

    cache.set("counted", 2, 60)

    assert caches["default"].get("counted") == 2
    assert any(b"counted" in key for key in server.scan_iter("*"))


EVERY_CALL = {
    "get": lambda: cache.get("a"),
    "get_many": lambda: cache.get_many(["a"]),
    "has_key": lambda: cache.has_key("a"),
    "in": lambda: "a" in cache,
    "add": lambda: cache.add("a", 1),
    "set": lambda: cache.set("a", 1),
    "set_many": lambda: cache.set_many({"a": 1}),
    "get_or_set": lambda: cache.get_or_set("a", 1),
    "touch": lambda: cache.touch("a", 5),
    "delete": lambda: cache.delete("a"),
    "delete_many": lambda: cache.delete_many(["a"]),
    "clear": lambda: cache.clear(),
}


@pytest.mark.parametrize("call", EVERY_CALL)
@pytest.mark.parametrize("state", ["frozen", "full"])
def test_no_call_on_the_cache_fails(request: pytest.FixtureRequest, state: str, call: str) -> None:
    request.getfixturevalue(state)

    EVERY_CALL[call]()
