"""What machines are told about the portal."""

from typing import Any

import pytest
from django.conf import settings as project
from django.db import DatabaseError
from django.test import Client

from core.upkeep import heartbeats, installation, known_keys
from core.upkeep.models import Heartbeat
from integration_manager.portal import health

pytestmark = pytest.mark.django_db
KEY = "k" * 40


@pytest.fixture
def running() -> None:
    for sweep in project.SWEEPS:
        heartbeats.beat(sweep, Heartbeat.Kind.SWEEP)


@pytest.fixture
def machine(settings: Any) -> Client:
    settings.HEALTH_KEY = KEY
    return Client(headers={"Authorization": f"Bearer {KEY}"})


def test_alive_asks_for_nothing(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert client.get("/livez").json() == {"status": "ok"}


def test_ready_with_database_migrations_and_keys(client: Client) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": True, "migrations": True, "keys": True}
    assert "no-store" in answer["Cache-Control"]


def test_not_ready_with_other_keys_than_the_databases(client: Client, settings: Any) -> None:
    client.get("/readyz")
    settings.VAULT_KEYS = ["k9:" + "A" * 43 + "="]

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["keys"] is False


@pytest.mark.parametrize("keys", [["k1:short"], []])
def test_not_ready_with_keys_that_are_none(client: Client, settings: Any, keys: list[str]) -> None:
    client.get("/readyz")
    settings.VAULT_KEYS = keys

    assert client.get("/readyz").status_code == 503


def test_ready_with_a_new_key_in_front_and_without_the_old_one_once_nothing_needs_it(
    client: Client, settings: Any
) -> None:
    client.get("/readyz")
    old, settings.VAULT_KEYS = settings.VAULT_KEYS, ["k9:" + "A" * 43 + "=", *settings.VAULT_KEYS]
    assert client.get("/readyz").status_code == 200

    known_keys.note()  # as the watch does

    settings.VAULT_KEYS = settings.VAULT_KEYS[:1]
    assert client.get("/readyz").status_code == 503
    known_keys.retire([old[0].partition(":")[0]])
    assert client.get("/readyz").status_code == 200
    settings.VAULT_KEYS = old
    assert client.get("/readyz").status_code == 503


def test_not_ready_without_a_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> Any:
        raise DatabaseError

    monkeypatch.setattr(health, "MigrationExecutor", away)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"status": "error", "database": False, "migrations": False, "keys": False}


def test_health_says_whether_the_background_runs(client: Client, running: None) -> None:
    assert client.get("/healthz").json()["status"] == "ok"

    Heartbeat.objects.update(at=heartbeats.now() - heartbeats.FORGOTTEN / 2)
    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json()["background"] is False


def test_a_paused_portal_is_healthy_and_says_so(client: Client, running: None) -> None:
    installation.pause("Somebody said so.")

    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["sending"]) == ("warning", False)


def test_everything_is_told_to_who_has_the_key(machine: Client, running: None) -> None:
    answer = machine.get("/healthz?full")

    found = {each["name"]: each for each in answer.json()["checks"]}
    assert found["database"]["level"] == "fine"
    assert found["workers"]["level"] == "error"
    assert found["workers"]["remedy"]
    assert answer.status_code == 503


def test_nothing_that_asks_another_server_is_looked_at_in_a_page(machine: Client, running: None) -> None:
    names = {each["name"] for each in machine.get("/healthz?full").json()["checks"]}

    assert names & {"mail", "public-url", "certificate", "amazon", "amazon-clock"} == set()


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Bearer ", "Basic a2s6a2s=", "Bearer ü"])
def test_nobody_else_is_told(settings: Any, header: str | None) -> None:
    settings.HEALTH_KEY = KEY

    answer = Client(headers={"Authorization": header} if header else {}).get("/healthz?full")

    assert answer.status_code == 401
    assert "checks" not in answer.json()


@pytest.mark.parametrize("key", ["", KEY])
def test_a_key_in_the_address_opens_nothing(settings: Any, key: str) -> None:
    """Addresses stand in logs."""
    settings.HEALTH_KEY = key

    assert Client().get(f"/healthz?full&key={KEY}").status_code in (401, 403)


@pytest.mark.parametrize("address", ["/livez", "/readyz", "/healthz"])
def test_machines_may_ask_for_the_head_alone_and_change_nothing(client: Client, address: str) -> None:
    assert client.head(address).status_code in (200, 503)
    assert client.head(address).content == b""
    refused = client.post(address)
    assert refused.status_code == 405
    assert refused["Allow"] == "GET, HEAD"
