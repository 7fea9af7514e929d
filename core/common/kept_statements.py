"""Statements that Django writes once, and that are asked again with other values.

    LINES = KeptStatement(lambda order_ids: Line.objects.filter(order__in=order_ids).order_by("pk"))
    LINES.rows([order.pk])

For what is asked with every request of a program. Of a query that finds one row, writing it down takes Django longer
than asking it. The rows are those the query set itself would bring: tests/core/common compares them.
"""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeGuard

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from core.common.one_line import fold

Value = int | str | datetime
Given = Value | Sequence[Value]
MOST = 8  # values in one list: each number of them is another statement
FULL = (50, 100, 200)  # longer ones are filled up to one of these with what they end with: lists of pages are so long
NUMBER, MOMENT = 7_000_000_000_000_000_000, datetime(1901, 1, 1, tzinfo=UTC)  # what marks begin with: no row has such


@dataclass(frozen=True, slots=True)
class _Written:
    """One statement: what Django knows of its columns, and which value stands where between what is always the same."""

    compiler: Any
    sql: str
    params: Sequence[Any]
    places: Sequence[tuple[int, int, bool]]  # of a parameter, of the value that belongs there, and whether it is a name
    iterable: Any


@dataclass(frozen=True, slots=True)
class _Asked:
    """What Django reads rows by, in place of the query set that wrote the statement."""

    compiler: Any
    db: str

    @property
    def query(self) -> "_Asked":
        return self

    @property
    def _known_related_objects(self) -> dict[Any, Any]:
        return {}

    def get_compiler(self, using: str) -> Any:
        return self.compiler


class KeptStatement:
    """``write`` makes a query set of the values and of nothing that changes: the same for all values of a kind.

    A value is a number, a text, a moment, or a list of them that stands behind ``__in``. Nothing is prefetched.
    """

    def __init__(self, write: Callable[..., Any]) -> None:
        self._write = write
        self._kept: dict[tuple[Any, ...], _Written | None] = {}

    def rows(self, *given: Given) -> list[Any]:
        """Return what the query set finds."""
        lists: list[Sequence[Value]] = [each for each in given if _is_list(each)]
        if not all(lists):
            return []  # nothing is in an empty list
        if any(len(each) > FULL[-1] for each in lists):
            return list(self._write(*given))
        given = tuple(_filled(each) if _is_list(each) else each for each in given)
        shape = tuple((len(each), type(each[0])) if _is_list(each) else type(each) for each in given)
        if shape not in self._kept:
            self._kept[shape] = self._written(given)
        written = self._kept[shape]
        if written is None:
            return []
        database = connections[DEFAULT_DB_ALIAS]
        values, params = _flat(given), list(written.params)
        for place, which, is_name in written.places:
            params[place] = fold(str(values[which])) if is_name else _prepared(values[which], database)
        compiler = copy(written.compiler)
        compiler.connection = database
        compiler.as_sql = lambda *_, **__: (written.sql, tuple(params))
        return list(written.iterable(_Asked(compiler, DEFAULT_DB_ALIAS)))

    def first(self, *given: Given) -> Any:
        """Return the first row, or None."""
        return next(iter(self.rows(*given)), None)

    def _written(self, given: Sequence[Given]) -> _Written | None:
        """Have it written, with marks in place of the values. None for one that finds nothing, whatever they are."""
        database = connections[DEFAULT_DB_ALIAS]
        count, marked = 0, list[Any]()
        for each in given:
            marks = [_mark(value, count + place) for place, value in enumerate(_flat([each]))]
            marked.append(marks if _is_list(each) else marks[0])
            count += len(marks)
        asked = self._write(*marked)
        compiler = asked.query.get_compiler(DEFAULT_DB_ALIAS)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return None
        marks = _flat(marked)
        names = {fold(mark): (which, True) for which, mark in enumerate(marks) if isinstance(mark, str)}
        found = names | {_prepared(mark, database): (which, False) for which, mark in enumerate(marks)}
        places = [(place, *found[value]) for place, value in enumerate(params) if _is_value(value) and value in found]
        if {which for _, which, _ in places} != set(range(count)):
            raise ValueError("A value of this statement is changed before it is asked for. Ask the query set itself.")
        compiler.connection = None  # each thread has its own
        return _Written(compiler, sql, params, places, asked._iterable_class)


def _is_list(given: Any) -> TypeGuard[Sequence[Any]]:
    return isinstance(given, Sequence) and not isinstance(given, str)


def _filled(values: Sequence[Value]) -> Sequence[Value]:
    if len(values) <= MOST:
        return values
    full = next(size for size in FULL if size >= len(values))
    return [*values, *[values[-1]] * (full - len(values))]


def _flat(given: Sequence[Any]) -> list[Any]:
    return [value for each in given for value in (each if _is_list(each) else [each])]


def _is_value(value: Any) -> bool:
    return isinstance(value, int | str | datetime) and not isinstance(value, bool)


def _mark(value: Any, place: int) -> Value:
    if isinstance(value, str):
        return f" Kept\tvalue\u200b {place} "  # whatever a field makes of texts, it makes something else of this
    return MOMENT + timedelta(seconds=place) if isinstance(value, datetime) else NUMBER + place


def _prepared(value: Any, database: BaseDatabaseWrapper) -> Any:
    return database.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
