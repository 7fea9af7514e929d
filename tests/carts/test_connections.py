"""Pages that ask a marketplace something: in a few seconds, and few at once."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carts import connections
from carts.models import Cart, Consent, Grant
from core.accounts.access import Role
from tests import factories
from tests.world import World

PATIENCE = 3.0


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(connections, "WAITING", 0.5)


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that takes every connection and says nothing."""
    listener = socket.create_server(("127.0.0.1", 0))
    lines: list[socket.socket] = []

    def accept() -> None:
        while True:
            try:
                lines.append(listener.accept()[0])
            except OSError:
                return

    threading.Thread(target=accept, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.close()
    for line in lines:
        line.close()


@pytest.fixture
def amazon_silent(world: World, silent: str, settings: Any) -> None:
    amazon = {**settings.MARKETPLACES["amazon"], "spapi_urls": {"NA": silent}, "lwa_url": silent}
    del amazon["transport"]
    settings.MARKETPLACES = {"amazon": amazon}
    Grant.objects.update(access_token=None)


@pytest.fixture
def owner(world: World, client: Client) -> Client:
    client.force_login(factories.make_person(world.organization, Role.OWNER))
    return client


@pytest.fixture
def all_wait() -> Iterator[None]:
    """As many pages wait for the marketplace as may."""
    with ExitStack() as stack:
        for _ in range(connections.AT_ONCE):
            stack.enter_context(connections.while_somebody_waits())
        yield


def test_a_test_of_a_silent_amazon_ends_in_a_few_seconds_and_says_so(
    world: World, owner: Client, amazon_silent: None
) -> None:
    begun = time.monotonic()

    answer = owner.post(reverse("carts:test", args=[world.cart.pk]), follow=True)

    assert time.monotonic() - begun < PATIENCE
    assert "Could not be checked now" in answer.content.decode()


def test_a_token_pasted_while_amazon_is_silent_is_answered_in_a_few_seconds(
    world: World, owner: Client, amazon_silent: None
) -> None:
    begun = time.monotonic()

    answer = owner.post(
        reverse("carts:token", args=[world.cart.pk]), {"seller_id": "A1BLUEMUGCO01", "refresh_token": "Atzr|x" * 20}
    )

    assert time.monotonic() - begun < PATIENCE
    assert "Try again in a minute" in answer.content.decode()


def test_while_as_many_wait_as_may_the_next_test_is_told_so_and_asks_nothing(
    world: World, owner: Client, all_wait: None
) -> None:
    tested = Cart.objects.get().checked_at

    answer = owner.post(reverse("carts:test", args=[world.cart.pk]), follow=True)

    assert "Amazon is slow at the moment" in answer.content.decode()
    assert Cart.objects.get().checked_at == tested


def test_and_so_is_a_token(world: World, owner: Client, all_wait: None) -> None:
    answer = owner.post(
        reverse("carts:token", args=[world.cart.pk]), {"seller_id": "A1BLUEMUGCO01", "refresh_token": "Atzr|x" * 20}
    )

    assert "Amazon is slow at the moment" in answer.content.decode()


def test_a_consent_that_comes_back_then_is_not_used_up(world: World, owner: Client) -> None:
    sent = owner.post(reverse("carts:grant", args=[world.cart.pk]))
    state = sent["location"].partition("state=")[2].partition("&")[0]
    back = {"state": state, "spapi_oauth_code": "code", "selling_partner_id": "A1BLUEMUGCO01"}
    with ExitStack() as stack:
        for _ in range(connections.AT_ONCE):
            stack.enter_context(connections.while_somebody_waits())

        answer = owner.get(reverse("carts:returned", args=["amazon"]), back)

    assert answer.status_code == 400
    assert "reload this page" in answer.content.decode()
    assert Consent.objects.get().used_at is None
