"""New rows: what ``bulk_create`` does, by COPY where the database has it.

For what comes by the hundred and holds up other work: a page of orders with its lines, what happened to them. Of an
INSERT of thousands of values every value is prepared, quoted, and parsed again; COPY takes rows as they are. Of a few
rows an INSERT is quicker, once it is written down. The rows are those ``bulk_create`` would store:
tests/core/common/test_bulk_insert.py stores them both ways.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from core.common.sealed_field import SealedField
from core.row_security import tenant

# Whose values go to the database as they stand on the row. A subclass may do something with them first.
AS_THEY_STAND = frozenset({
    models.BigAutoField, models.BigIntegerField, models.BinaryField, models.BooleanField, models.CharField,
    models.DateTimeField, models.DecimalField, models.ForeignKey, models.IntegerField, models.OneToOneField,
    models.PositiveIntegerField, models.PositiveSmallIntegerField, models.TextField, SealedField,
})  # fmt: skip

FEW = 3  # rows


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table, and how a row's values for them are found."""

    names: Sequence[str]
    types: Sequence[str]
    values: Callable[[models.Model], tuple[Any, ...]]
    prepared: Sequence[tuple[int, "models.Field[Any, Any]"]]  # by their place: what the field does something with first

    @classmethod
    def of(cls, model: type[models.Model], *, keyed: bool) -> "Columns":
        fields = [
            each for each in model._meta.concrete_fields if not each.generated and (keyed or not each.primary_key)
        ]
        return cls(
            [str(each.column) for each in fields],
            [(each.db_type(connection) or "").partition("(")[0] for each in fields],
            attrgetter(*(each.attname for each in fields)),
            [(place, each) for place, each in enumerate(fields) if not _goes_as_it_stands(each)],
        )

    def of_row(self, row: models.Model, database: BaseDatabaseWrapper) -> Sequence[Any]:
        values = self.values(row)
        if not self.prepared:
            return values
        changed = list(values)
        for place, field in self.prepared:
            changed[place] = field.get_db_prep_save(field.pre_save(row, add=True), connection=database)
        return changed


def insert(rows: Sequence[models.Model], *, keyed: bool = False) -> None:
    """Store new rows of one model, all of them or none. ``keyed``: they know their ids afterwards.

    What they belong to is stored already and named by its id, and no value is an expression. Raises what
    ``bulk_create`` raises.
    """
    if not rows:
        return
    model = type(rows[0])
    database = connections[DEFAULT_DB_ALIAS]  # looked up once: ``connection`` asks for its thread at every use
    if database.vendor != "postgresql":
        model._default_manager.bulk_create(rows)
        return
    if len(rows) <= FEW:
        _insert_few(rows, keyed, database)
    else:
        # Under a policy COPY is refused, whatever it would store: so whose the rows are is looked at here.
        tenant.refuse_others(row.organization_id for row in rows)  # type: ignore[attr-defined]
        with (
            transaction.atomic(savepoint=False),
            database.wrap_database_errors,
            tenant.every_tenant(),
            database.cursor() as cursor,
        ):
            if keyed:
                _take_ids(cursor, rows)
            _copy(cursor, rows, columns_of(model, keyed=keyed), database)
    for row in rows:
        row._state.adding, row._state.db = False, database.alias


@cache
def columns_of(model: type[models.Model], *, keyed: bool) -> Columns:
    return Columns.of(model, keyed=keyed)


@cache
def _statement(model: type[models.Model], count: int, keyed: bool) -> str:
    names = ", ".join(map(connection.ops.quote_name, columns_of(model, keyed=False).names))
    one = f"({', '.join(['%s'] * len(columns_of(model, keyed=False).names))})"
    asked = f" RETURNING {connection.ops.quote_name(str(model._meta.pk.column))}" if keyed else ""
    table = connection.ops.quote_name(model._meta.db_table)
    return f"INSERT INTO {table} ({names}) VALUES {', '.join([one] * count)}{asked}"


def _insert_few(rows: Sequence[models.Model], keyed: bool, database: BaseDatabaseWrapper) -> None:
    model = type(rows[0])
    columns = columns_of(model, keyed=False)
    values = [value for row in rows for value in columns.of_row(row, database)]
    with transaction.mark_for_rollback_on_error(using=database.alias), database.cursor() as cursor:
        cursor.execute(_statement(model, len(rows), keyed), values)
        if keyed:
            for row, (number,) in zip(rows, cursor.fetchall(), strict=True):
                setattr(row, str(model._meta.pk.attname), number)


def _goes_as_it_stands(field: "models.Field[Any, Any]") -> bool:
    stamped = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    return type(field) in AS_THEY_STAND and not stamped


def _take_ids(cursor: Any, rows: Sequence[models.Model]) -> None:
    key, table = rows[0]._meta.pk, connection.ops.quote_name(rows[0]._meta.db_table)
    taken = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
    cursor.execute(taken, [table, key.column, len(rows)])
    for row, (number,) in zip(rows, cursor.fetchall(), strict=True):
        setattr(row, key.attname, number)


def _copy(cursor: Any, rows: Sequence[models.Model], columns: Columns, database: BaseDatabaseWrapper) -> None:
    quote = database.ops.quote_name
    names = ", ".join(map(quote, columns.names))
    with cursor.copy(f"COPY {quote(rows[0]._meta.db_table)} ({names}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(columns.types)
        for row in rows:
            copy.write_row(columns.of_row(row, database))
