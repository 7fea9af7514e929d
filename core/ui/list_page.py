"""One page of a list: sorted by a column, fifty rows, then "Older".

Pages go by cursor (the last row's value and id), so rows that arrive meanwhile neither repeat nor hide any.
The cursor comes from the address and is not trusted: one we cannot read starts the list over.

A list may be given as several branches, whose rows together are the list: a search that looks in three tables asks each
by its own index, which no database does for three conditions joined by OR.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import BooleanField, F, Field, Func, Model, Q, QuerySet, Value
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest, QueryDict
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from core.accounts import workplace

PER_PAGE = 50
LONGEST_CURSOR = 3000  # of the longest name somebody can give, each character escaped
MOST_PASSED = 1_000_000_000
LARGEST = 2**63 - 1
Branches = Sequence[QuerySet[Any]]


class RowCount(int):
    """How many there are, or that there are more: "10,000+". Counting on would take longer than anybody waits."""

    more: bool

    def __new__(cls, number: int, *, more: bool = False) -> "RowCount":
        made = super().__new__(cls, number)
        made.more = more
        return made

    def __str__(self) -> str:
        return f"{int(self):,}{'+' if self.more else ''}"


def count_some(rows: QuerySet[Any], *, most: int = 1_000) -> RowCount:
    """Return how many rows there are, or that there are more than so many."""
    number = rows.order_by().values("pk")[: most + 1].count()
    return RowCount(min(number, most), more=number > most)


@dataclass(frozen=True)
class Sorting:
    """By which field, and which way. What has no value comes after everything that has one."""

    key: str
    field: str
    descending: bool

    @property
    def order(self) -> list[Any]:
        if self.descending:
            return [F(self.field).desc(nulls_first=True), F("pk").desc()]
        return [F(self.field).asc(nulls_last=True), F("pk").asc()]


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: after the row with this value and id, ``passed`` rows from the top."""

    value: str | None
    id: str
    passed: int

    def __str__(self) -> str:
        return urlsafe_base64_encode(json.dumps([self.value, self.id, self.passed]).encode())


@dataclass(frozen=True)
class ListPage:
    """What a list page and its partials (sort_header, core/ui/pager.html) need to know."""

    rows: list[Any]
    total: int | None  # None: nobody counted
    passed: int
    sorted_by: str
    descending: bool
    older: str
    query: QueryDict
    rising: Collection[str] = ()  # columns of which the smallest is wanted first

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
        """Return the query that sorts by a column: the way it is mostly wanted first, the other on the second click."""
        down = not self.descending if key == self.sorted_by else key not in self.rising
        return self.query_with(sort=f"-{key}" if down else key, after="")

    @property
    def query_older(self) -> str:
        return self.query_with(after=self.older) if self.older else ""

    @property
    def query_newest(self) -> str:
        return self.query_with(after="") if self.passed else ""


def sorting(query: QueryDict, *, sorts: Mapping[str, str], default: str) -> Sorting:
    """Return how the address asks to sort. ``sorts`` maps what stands in ?sort= to a field; "-" is for descending."""
    wanted = query.get("sort", default)
    if wanted.removeprefix("-") not in sorts:
        wanted = default
    key = wanted.removeprefix("-")
    return Sorting(key, sorts[key], wanted.startswith("-"))


def listing(
    request: HttpRequest,
    rows: QuerySet[Any] | Branches,
    *,
    sorts: Mapping[str, str],
    default: str,
    per_page: int = PER_PAGE,
    total: int | None = None,
    rising: Collection[str] = (),
) -> ListPage:
    """Return the page of ``rows`` the address asks for.

    ``sorts`` maps what stands in ``?sort=`` to a field, or to an annotation that is never null; several branches are
    sorted by fields only. ``default`` is one of its keys, with "-" for descending. ``total`` is how many there are,
    where the page knows; a single queryset is counted otherwise. ``rising``: sorts whose smallest come first.
    """
    branches = [rows] if isinstance(rows, QuerySet) else rows
    if total is None and isinstance(rows, QuerySet):
        total = rows.count()
    by = sorting(request.GET, sorts=sorts, default=default)
    after, passed = position(request.GET, branches, by)
    found = fetch(branches, by, after=after, most=per_page + 1)
    more, found = len(found) > per_page, found[:per_page]
    older = str(cursor_of(found[-1], by, passed + per_page)) if more else ""
    query = request.GET.copy()
    for name, value in workplace.mark_for_address(request).items():
        query[name] = value
    return ListPage(found, total, passed, by.key, by.descending, older, query, rising)


def position(query: QueryDict, branches: Branches, by: Sorting) -> "tuple[Q | Beyond | None, int]":
    """Return the condition for rows behind where the address says that the page begins, and how many are before it."""
    cursor = _read(query.get("after", ""))
    after = _after(branches[0], by, cursor) if cursor else None
    return after, cursor.passed if cursor and after is not None else 0


def fetch(branches: Branches, by: Sorting, *, after: "Q | Beyond | None", most: int) -> list[Any]:
    """Return the next rows. Of several branches the database puts in order what each of them found."""
    return list(_next(branches, by, after=after, most=most))


def fetch_ids(branches: Branches, by: Sorting, *, after: "Q | Beyond | None", most: int) -> list[int]:
    """Return the ids of the next rows, in their order."""
    return list(_next(branches, by, after=after, most=most).values_list("pk", flat=True))


def cursor_behind(branches: Branches, by: Sorting, row_id: int, passed: int) -> Cursor:
    """Return where the page after this row begins. Raises DoesNotExist."""
    value = branches[0].model._default_manager.values_list(by.field, flat=True).get(pk=row_id)
    return _cursor_at(value, row_id, passed)


def _next(branches: Branches, by: Sorting, *, after: "Q | Beyond | None", most: int) -> QuerySet[Any]:
    found = [branch if after is None else branch.filter(after) for branch in branches]
    if len(found) == 1:
        return found[0].order_by(*by.order)[:most]
    ids = {pk for branch in found for pk in branch.order_by(*by.order).values_list("pk", flat=True)[:most]}
    together = branches[0].model._default_manager.filter(pk__in=ids)
    together.query.select_related = branches[0].query.select_related
    together.query.deferred_loading = branches[0].query.deferred_loading
    return together.order_by(*by.order)[:most]


def chunks(branches: Branches, by: Sorting, *, size: int) -> Iterator[list[Any]]:
    """Return all rows, so many at a time, each time going on behind the last one."""
    after = None
    while rows := fetch(branches, by, after=after, most=size):
        yield rows
        if len(rows) < size:
            return
        after = _beyond(branches[0], by, _value(rows[-1], by.field), rows[-1].pk)


class Beyond(Func):
    """(field, id) behind (value, id), as one comparison that an index answers."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, *expressions: Any, descending: bool = False) -> None:
        super().__init__(*expressions)
        self.descending = descending

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **context: Any) -> tuple[str, Any]:
        parts = [compiler.compile(each) for each in self.source_expressions]
        field, pk, value, row_id = (text for text, _ in parts)
        given = [each for _, several in parts for each in several]
        return f"(({field}, {pk}) {'<' if self.descending else '>'} ({value}, {row_id}))", given


def _read(text: str) -> Cursor | None:
    if len(text) > LONGEST_CURSOR:
        return None
    try:
        value, row_id, passed = json.loads(urlsafe_base64_decode(text))
    except (ValueError, TypeError, RecursionError):
        return None
    if not (
        (value is None or _storable(value)) and _storable(row_id) and type(passed) is int and 0 <= passed <= MOST_PASSED
    ):
        return None
    return Cursor(value, row_id, passed)


def _storable(text: object) -> bool:
    """A database can be asked for neither NUL nor halves of characters."""
    return isinstance(text, str) and not any(each == "\0" or "\ud800" <= each <= "\udfff" for each in text)


def _cursor_at(value: Any, row_id: Any, passed: int) -> Cursor:
    return Cursor(None if value is None else str(value), str(row_id), passed)


def cursor_of(row: Model, by: Sorting, passed: int) -> Cursor:
    """Return where the page after this row begins."""
    return _cursor_at(_value(row, by.field), row.pk, passed)


def _after(rows: QuerySet[Any], by: Sorting, cursor: Cursor) -> "Q | Beyond | None":
    """Return the condition for rows beyond the cursor, or None when it was not written by us."""
    field = _field(rows, by.field)
    if cursor.value is None and not field.null:
        return None
    try:
        value = None if cursor.value is None else field.to_python(cursor.value)
        row_id = rows.model._meta.pk.to_python(cursor.id)
        if isinstance(value, datetime):
            value = _aware(value)
    except (ValidationError, ValueError, OverflowError):
        return None
    return _beyond(rows, by, value, row_id)


def _beyond(rows: QuerySet[Any], by: Sorting, value: Any, row_id: Any) -> "Q | Beyond":
    field, pk = _field(rows, by.field), rows.model._meta.pk
    if value is None:  # among those without a value; sorted down, all others follow
        rest = Q(**{f"{by.field}__isnull": True, f"pk__{'lt' if by.descending else 'gt'}": row_id})
        return rest | Q(**{f"{by.field}__isnull": False}) if by.descending else rest
    ends = [Value(_small(value), output_field=field), Value(_small(row_id), output_field=pk)]
    behind = Beyond(F(by.field), F("pk"), *ends, descending=by.descending)
    return Q(behind) | Q(**{f"{by.field}__isnull": True}) if field.null and not by.descending else behind


def _small(value: Any) -> Any:
    """Return a number no larger than a database can be asked for."""
    return max(-LARGEST, min(value, LARGEST)) if isinstance(value, int) else value


def _aware(moment: datetime) -> datetime:
    """Return the moment in UTC. Raises ValueError for one without an offset, OverflowError at the ends of time."""
    if moment.tzinfo is None:
        raise ValueError("Without an offset it is no moment.")
    return moment.astimezone(UTC)


def _field(rows: QuerySet[Any], name: str) -> "Field[Any, Any]":
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
