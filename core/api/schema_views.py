"""Doors to what the API says of itself: its schema, readable pages of it, and what each problem means. Open to all.

The schema is the same for everybody and as long as a process lives: it is made once, for programs and for the page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import problem_kinds
from core.api.base_view import AlwaysJson


@dataclass(frozen=True, slots=True)
class Operation:
    """One line of the page: what can be asked, and where the viewer below shows it."""

    method: str
    path: str
    summary: str
    place: str  # the id that Swagger UI gives it


class SchemaDocument(APIView):
    """The schema as JSON."""

    authentication_classes: Any = ()
    permission_classes: Any = ()
    renderer_classes: Any = (JSONRenderer,)
    content_negotiation_class: type[BaseContentNegotiation] = AlwaysJson
    http_method_names: ClassVar[list[str]] = ["get", "head"]  # type: ignore[misc]
    schema = None

    def get(self, request: Request) -> Response:
        return Response(_document())


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Every operation with what it does, to be read at once; below it the viewer, which takes its time to start."""
    context = {"groups": _operations(), "introduction": _document()["info"]["description"]}
    return render(request, "core/api/docs.html", context)


@require_safe
def problem_list(request: HttpRequest) -> HttpResponse:
    return render(request, "core/api/problems.html", {"kinds": problem_kinds.KINDS})


@cache
def _document() -> Mapping[str, Any]:
    document: Mapping[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return document


@cache
def _operations() -> Mapping[str, Sequence[Operation]]:
    """Return the operations by what they are about, in the order of the schema."""
    found: dict[str, list[Operation]] = {}
    for path, methods in _document()["paths"].items():
        for method, said in methods.items():
            tag = said["tags"][0]
            place = f"operations-{tag}-{said['operationId']}"
            about = tag.replace("-", " ").capitalize()
            found.setdefault(about, []).append(Operation(method.upper(), path, said["summary"], place))
    return found
