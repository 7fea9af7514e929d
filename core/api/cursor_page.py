"""Lists of the API: a page of rows, and the cursor of the next. Rows that come meanwhile repeat none and hide none."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Model, QuerySet
from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.problems import Problem, in_query
from core.api.query_values import NO_NUL
from core.ui.list_page import LONGEST_CURSOR, Sorting, cursor_of, fetch, position

USUAL, MOST = 50, 200  # rows on a page
PARAMETERS = frozenset({"cursor", "limit"})
Written = Callable[[list[Any]], Iterable[Any]]
DESCRIBED = [
    OpenApiParameter(
        "cursor",
        {"type": "string", "maxLength": LONGEST_CURSOR, "pattern": NO_NUL},
        description="Where the page begins: “next_cursor” of the page before.",
    ),
    OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
        description="Rows on a page.",
    ),
]


def page(request: Request, rows: QuerySet[Any], by: Sorting, write: Written) -> Response:
    """Return the page of ``rows`` that the query asks for, in this order. ``write`` makes documents of model rows.

    Raises Problem for a cursor that is none of ours, and for a limit out of bounds.
    """
    limit = limit_of(request)
    asked = request._request.GET.get("cursor", "")
    after, _ = position(_as_address(asked), [rows], by)
    if "cursor" in request._request.GET and after is None:
        raise Problem("not_found", "There is no such page. Begin again without “cursor”.")
    found: list[Model] = fetch([rows], by, after=after, most=limit + 1)
    more, found = len(found) > limit, found[:limit]
    last = str(cursor_of(found[-1], by, 0)) if more else None
    return Response({"data": list(write(found)), "next_cursor": last})


def limit_of(request: Request) -> int:
    given = request._request.GET.get("limit")
    if given is None:
        return USUAL
    if not (given.isascii() and given.isdecimal() and len(given) < 6 and 1 <= int(given) <= MOST):
        raise in_query("limit", f"It must be a whole number from 1 to {MOST}.")
    return int(given)


def schema_of(row: type[serializers.Serializer[Any]]) -> Any:
    """Return what a page of these looks like, for the schema."""
    cursor = serializers.CharField(allow_null=True, help_text="Of the next page. Null on the last one.")
    name = row.__name__.removesuffix("Answer")
    return inline_serializer(f"{name}Page", {"data": row(many=True), "next_cursor": cursor})


def _as_address(cursor: str) -> QueryDict:
    query = QueryDict(mutable=True)
    query["after"] = cursor
    return query
