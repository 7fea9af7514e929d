"""Data of a version before the migrations began anew."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from integration_manager.management import former_data

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.mark.django_db
def test_a_database_of_these_migrations_stays_where_it_is() -> None:
    assert not former_data.is_former()


@pytest.mark.django_db
def test_a_database_of_migrations_that_are_no_more_is_seen() -> None:
    MigrationRecorder(connection).record_applied("orders", "0004_refused_cancels")

    assert former_data.is_former()


@pytest.mark.django_db
def test_migrations_of_a_library_that_is_gone_say_nothing() -> None:
    MigrationRecorder(connection).record_applied("socialaccount", "0001_initial")

    assert not former_data.is_former()


def test_what_is_set_aside_is_kept_whole(tmp_path: Path) -> None:
    kept = {"portal.sqlite3": "rows", "portal.sqlite3-wal": "more rows", "simulator.json": "{}"}
    for name, text in kept.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "vault_secret").write_text("key")

    folder = former_data.set_aside(tmp_path / "portal.sqlite3", now=NOON)

    assert {path.name: path.read_text() for path in folder.iterdir()} == kept
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["vault_secret"]
