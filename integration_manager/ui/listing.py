"""One page of a list: sorted by a column, fifty rows, then "Older".

Pages go by cursor (the last row's value and id), so rows that arrive meanwhile neither repeat nor hide any.
The cursor comes from the address and is not trusted: one we cannot read starts the list over.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import F, Field, Model, Q, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest, QueryDict
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

PER_PAGE = 50
LONGEST_CURSOR = 3000  # of the longest name somebody can give, each character escaped
MOST_PASSED = 1_000_000_000
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: after the row with this value and id, ``passed`` rows from the top."""

    value: str
    id: str
    passed: int

    def __str__(self) -> str:
        return urlsafe_base64_encode(json.dumps([self.value, self.id, self.passed]).encode())


@dataclass(frozen=True)
class Listing:
    """What a list page and its partials (sort_header, ui/pager.html) need to know."""

    rows: list[Any]
    total: int
    passed: int
    sorted_by: str
    descending: bool
    older: str
    query: QueryDict

    @property
    def first(self) -> int:
        return self.passed + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return self.passed + len(self.rows)

    def query_with(self, **changes: str) -> str:
        """Return the address's query with these changed; an empty value takes the key out."""
        query = self.query.copy()
        for key, value in changes.items():
            query.pop(key, None)
            if value:
                query[key] = value
        return "?" + query.urlencode()

    def query_sorted_by(self, key: str) -> str:
        """Return the query that sorts by a column: newest or largest first, the other way on the second click."""
        turned = key == self.sorted_by and self.descending
        return self.query_with(sort=key if turned else f"-{key}", after="")

    @property
    def query_older(self) -> str:
        return self.query_with(after=self.older) if self.older else ""

    @property
    def query_newest(self) -> str:
        return self.query_with(after="") if self.passed else ""


def listing(
    request: HttpRequest,
    rows: QuerySet[Row],
    *,
    sorts: Mapping[str, str],
    default: str,
    per_page: int = PER_PAGE,
) -> Listing:
    """Return the page of ``rows`` the address asks for.

    ``sorts`` maps what stands in ``?sort=`` to a field, or an annotation, that is never null; ``default`` is one of its
    keys, with "-" for descending.
    """
    wanted = request.GET.get("sort", default)
    if wanted.removeprefix("-") not in sorts:
        wanted = default
    descending, key = wanted.startswith("-"), wanted.removeprefix("-")
    name = sorts[key]
    cursor = _read(request.GET.get("after", ""))
    after = _after(rows, name, cursor, descending=descending) if cursor else None
    page = rows.filter(after) if after is not None else rows
    order = [F(name).desc(), F("pk").desc()] if descending else [F(name).asc(), F("pk").asc()]
    found = list(page.order_by(*order)[: per_page + 1])
    passed = cursor.passed if cursor and after is not None else 0
    more, found = len(found) > per_page, found[:per_page]
    older = str(Cursor(str(_value(found[-1], name)), str(found[-1].pk), passed + per_page)) if more else ""
    return Listing(found, rows.count(), passed, key, descending, older, request.GET)


def _read(text: str) -> Cursor | None:
    if len(text) > LONGEST_CURSOR:
        return None
    try:
        value, row_id, passed = json.loads(urlsafe_base64_decode(text))
    except (ValueError, TypeError, RecursionError):
        return None
    if not (_storable(value) and _storable(row_id) and type(passed) is int and 0 <= passed <= MOST_PASSED):
        return None
    return Cursor(value, row_id, passed)


def _storable(text: object) -> bool:
    """A database can be asked for neither NUL nor halves of characters."""
    return isinstance(text, str) and not any(each == "\0" or "\ud800" <= each <= "\udfff" for each in text)


def _after(rows: QuerySet[Row], name: str, cursor: Cursor, *, descending: bool) -> Q | None:
    """Return the condition for rows beyond the cursor, or None when it was not written by us."""
    beyond = "lt" if descending else "gt"
    try:
        value = _field(rows, name).to_python(cursor.value)
        row_id = rows.model._meta.pk.to_python(cursor.id)
        if isinstance(value, datetime):
            value = _aware(value)
    except (ValidationError, ValueError, OverflowError):
        return None
    return Q(**{f"{name}__{beyond}": value}) | Q(**{name: value, f"pk__{beyond}": row_id})


def _aware(moment: datetime) -> datetime:
    """Return the moment in UTC. Raises ValueError for one without an offset, OverflowError at the ends of time."""
    if moment.tzinfo is None:
        raise ValueError("Without an offset it is no moment.")
    return moment.astimezone(UTC)


def _field(rows: QuerySet[Row], name: str) -> "Field[Any, Any]":
    if name in rows.query.annotations:
        output: Field[Any, Any] = rows.query.annotations[name].output_field
        return output
    model: type[Model] = rows.model
    *relations, last = name.split(LOOKUP_SEP)
    for relation in relations:
        related = model._meta.get_field(relation).related_model
        if not isinstance(related, type):
            raise FieldDoesNotExist(f"{relation} of {model.__name__} leads nowhere")
        model = related
    field = model._meta.get_field(last)
    if not isinstance(field, Field):
        raise FieldDoesNotExist(f"{last} of {model.__name__} holds no value to sort by")
    return field


def _value(row: Any, name: str) -> Any:
    for part in name.split(LOOKUP_SEP):
        row = getattr(row, part)
    return row
