"""A value of its own for each of many rows, in one UPDATE: what ``bulk_update`` does, without a WHEN for each row.

    rows.filter(pk__in=units).update(on_hand=keyed_values.of(StockLevel, "on_hand", units))

The values go along as one JSON document, in which each row looks its own up by its key. Django needs a quarter of a
millisecond to write one WHEN, and the database takes each of them apart again.
"""

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection, models
from django.db.models import F, Func

NOT_CARRIED = (models.JSONField, models.BinaryField)


def of(model: type[models.Model], column: str, values: Mapping[int, Any]) -> Any:
    """Return what to set a column to, so that each row gets the value under its key: just that where all are alike.

    The caller narrows the rows to those keys: any other one would become empty. Raises TypeError for columns whose
    values JSON can't carry as they are.
    """
    field = model._meta.get_field(column)
    if isinstance(field, NOT_CARRIED) or not isinstance(field, models.Field):
        raise TypeError(f"{column} is a {type(field).__name__}.")
    alike = list(values.values())
    if alike and all(value == alike[0] for value in alike):
        return alike[0]
    prepared = {key: field.get_db_prep_save(value, connection) for key, value in values.items()}
    return _ByKey(json.dumps(prepared, default=str), field)


class _ByKey(Func):
    """What a JSON document holds under the row's key, as the column keeps it."""

    def __init__(self, document: str, field: "models.Field[Any, Any]") -> None:
        super().__init__(F("pk"), output_field=field)
        self.document = document

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:
        key, params = compiler.compile(self.source_expressions[0])
        # Without its length: what is too long must be refused, and a cast would cut it off.
        kept_as = str(self.output_field.db_type(connection)).partition("(")[0]
        return f"(%s::jsonb ->> ({key})::text)::{kept_as}", [self.document, *params]

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> Any:
        key, params = compiler.compile(self.source_expressions[0])
        return f"""JSON_EXTRACT(%s, '$."' || {key} || '"')""", [self.document, *params]
