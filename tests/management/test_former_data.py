"""Data of a version before the migrations began anew."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from integration_manager.management import former_data

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def real_migrations(settings: Any) -> None:
    """Tests begin with a database that was migrated before; here the migrations themselves are looked at."""
    settings.MIGRATION_MODULES = {}


@pytest.mark.parametrize(
    ("made_by", "former"),
    [
        (("orders", "0001_initial"), False),
        (("orders", "0004_refused_cancels"), True),
        (("socialaccount", "0001_initial"), False),  # of a library that is no longer used
    ],
)
def test_a_database_is_former_when_a_migration_of_ours_that_made_it_is_gone(
    made_by: tuple[str, str], *, former: bool
) -> None:
    assert former_data.is_former({made_by}) is former


def test_what_is_set_aside_is_kept_whole(tmp_path: Path) -> None:
    kept = {"portal.sqlite3": "rows", "portal.sqlite3-wal": "more rows", "simulator.json": "{}"}
    for name, text in kept.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "vault_secret").write_text("key")

    folder = former_data.set_aside(tmp_path / "portal.sqlite3", now=NOON)

    assert {path.name: path.read_text() for path in folder.iterdir()} == kept
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["vault_secret"]
