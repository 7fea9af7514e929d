"""Waking a worker: by name, after the commit, and never at the cost of what was done."""

from collections.abc import Iterator
from queue import Empty

import pytest
from celery import Celery
from django.db import transaction

from core.common import redis_line
from core.common.bell import Bell
from integration_manager.celery import app

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Nobody waits for what is rung here."""
    heard()
    yield
    heard()


@pytest.fixture
def broker_away() -> Iterator[None]:
    Celery("away", broker="amqp://127.0.0.1:1//").set_current()
    yield
    app.set_current()
    redis_line.ask_again()


def heard() -> list[tuple[str, dict[str, int]]]:
    """Take off the broker what a worker would: each task's name with its ids."""
    found: list[tuple[str, dict[str, int]]] = []
    with app.connection_for_read() as connection, connection.SimpleQueue("celery") as queue:
        while True:
            try:
                message = queue.get_nowait()
            except Empty:
                return found
            message.ack()
            redis_line.heard(message.headers["task"], message.payload[1])
            found.append((message.headers["task"], message.payload[1]))


def test_a_worker_is_woken_by_name_after_the_commit() -> None:
    with transaction.atomic():
        Bell.IMPORT_ORDERS.ring(grant_id=7)
        assert heard() == []

    assert heard() == [("orders.tasks.import_orders", {"grant_id": 7})]


def test_nobody_is_woken_for_what_was_not_done() -> None:
    with transaction.atomic():
        Bell.IMPORT_ORDERS.ring(grant_id=7)
        transaction.set_rollback(True)

    assert heard() == []


def test_a_broker_that_is_away_fails_nothing(broker_away: None) -> None:
    with transaction.atomic():
        Bell.RELEASE_DUE.ring()

    assert heard() == []
