"""Emptying the tables of tests and of the bench, though the database lets nobody delete an event."""

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.operations import BaseDatabaseOperations

_execute = BaseDatabaseOperations.execute_sql_flush


def let_flush_empty_tables() -> None:
    """Take the triggers away for as long as Django's ``flush`` empties the tables, and in no other moment."""
    BaseDatabaseOperations.execute_sql_flush = _empty  # type: ignore[method-assign, assignment]


def _empty(self: Any, statements: Sequence[str]) -> None:
    away, back = _switches(self.connection)
    _execute(self, [*away, *statements, *back])


def _switches(connection: Any) -> tuple[list[str], list[str]]:
    """Return what takes the triggers away, and what brings them back."""
    if connection.vendor == "sqlite":
        found = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'activity_event'"
    else:
        found = "SELECT tgname, '' FROM pg_trigger WHERE tgrelid = to_regclass('activity_event') AND NOT tgisinternal"
    with connection.cursor() as cursor:
        cursor.execute(found)
        triggers = cursor.fetchall()
    if connection.vendor == "sqlite":
        return [f"DROP TRIGGER {name}" for name, _ in triggers], [sql for _, sql in triggers]
    table = "ALTER TABLE activity_event"
    return [f"{table} DISABLE TRIGGER {name}" for name, _ in triggers], [
        f"{table} ENABLE TRIGGER {name}" for name, _ in triggers
    ]
