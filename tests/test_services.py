"""The tests ran where the run says they did. A wrapper that quietly fell back would make every other test a lie."""

import os

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, connections
from redis import Redis

from integration_manager.celery import app


@pytest.mark.django_db
def test_the_tests_run_on_the_database_that_was_promised() -> None:
    promised = os.environ.get("EXPECT_DATABASE", connection.vendor)

    with connection.cursor() as cursor:
        cursor.execute("SELECT version()" if promised == "postgresql" else "SELECT sqlite_version()")
        version = cursor.fetchone()[0]

    assert connection.vendor == promised
    assert ("PostgreSQL" in version) == (promised == "postgresql")


@pytest.mark.both_databases
def test_the_tests_run_on_the_broker_that_was_promised() -> None:
    promised = os.environ.get("EXPECT_BROKER", "redis" if settings.REDIS_URL else "memory")

    with app.connection_for_write() as broker:
        assert broker.transport.driver_type == promised


@pytest.mark.services
def test_a_real_redis_answers_and_nobody_else_uses_our_database() -> None:
    redis = Redis.from_url(settings.REDIS_URL)
    assert redis.ping()
    assert "run_id" in redis.info("server")

    with app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1)
        assert broker.connected

    cache.set("own", os.environ.get("PYTEST_XDIST_WORKER", "alone"), timeout=60)
    assert cache.get("own") == os.environ.get("PYTEST_XDIST_WORKER", "alone")
    assert settings.REDIS_URL == settings.CELERY_BROKER_URL


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_two_workers_never_claim_the_same_row() -> None:
    """SKIP LOCKED is what our queue stands on; SQLite has no such thing, so this is the run that proves it."""
    other = connections.create_connection("default")
    first, second = connection.cursor(), other.cursor()
    try:
        first.execute("CREATE TABLE queue_probe (id integer PRIMARY KEY)")
        first.execute("INSERT INTO queue_probe VALUES (1), (2)")
        claim = "SELECT id FROM queue_probe ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"
        first.execute("BEGIN")
        first.execute(claim)
        second.execute("BEGIN")
        second.execute(claim)

        assert (first.fetchone(), second.fetchone()) == ((1,), (2,))
    finally:
        second.execute("ROLLBACK")
        other.close()
        first.execute("ROLLBACK")
        first.execute("DROP TABLE IF EXISTS queue_probe")
