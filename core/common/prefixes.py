"""Finding what begins or ends with a text, whatever the case of its letters.

``number__begins="113-"`` is served by ``Index(F("organization"), Beginning("number"), …)``. PostgreSQL reads a pattern
off an index only when the index compares byte by byte, which text_pattern_ops says; SQLite never does for a LIKE that
ignores case, so there the beginning is written as a range. What ends with a text is read off an index of the reversed
column, which only PostgreSQL is given: SQLite could not be written to any more by a program that knows no REVERSE.
"""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Func, Lookup
from django.db.models.functions import Upper
from django.db.models.indexes import IndexExpression
from django.db.models.sql.compiler import SQLCompiler

LAST = chr(0x10FFFF)  # sorts behind every letter


class Beginning(Func):
    """A column in an index, as ``begins`` looks for it."""

    template = "%(expressions)s"

    def __init__(self, column: Any) -> None:
        super().__init__(Upper(column) if isinstance(column, str) else column)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template="%(expressions)s text_pattern_ops", **context)


IndexExpression.register_wrappers(*(IndexExpression.wrapper_classes or ()), Beginning)


@CharField.register_lookup
class Begins(Lookup):
    lookup_name = "begins"

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:  # type: ignore[override]
        column, given = self.process_lhs(compiler, connection)
        text = str(self.rhs)
        if connection.vendor == "postgresql":
            pattern = connection.ops.prep_for_like_query(text) + "%"
            return f"UPPER({column}) LIKE UPPER(%s)", [*given, pattern]
        both = f"(UPPER({column}) >= UPPER(%s) AND UPPER({column}) < UPPER(%s))"
        return both, [*given, text, *given, text + LAST]


@CharField.register_lookup
class Ends(Lookup):
    lookup_name = "ends"

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:  # type: ignore[override]
        column, given = self.process_lhs(compiler, connection)
        text = str(self.rhs)
        if connection.vendor == "postgresql":
            pattern = connection.ops.prep_for_like_query(text[::-1]) + "%"
            return f"REVERSE(UPPER({column})) LIKE UPPER(%s)", [*given, pattern]
        pattern = "%" + connection.ops.prep_for_like_query(text)
        return f"UPPER({column}) LIKE UPPER(%s) ESCAPE '\\'", [*given, pattern]
