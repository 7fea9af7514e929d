"""Doors to what the API says of itself: its schema, readable pages of it, and what each problem means. Open to all."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularAPIView
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import JSONRenderer

from core.api import problem_kinds
from core.api.base_view import AlwaysJson


class SchemaDocument(SpectacularAPIView):
    """The schema as JSON."""

    authentication_classes: Any = ()
    permission_classes: Any = ()
    renderer_classes: Any = (JSONRenderer,)
    content_negotiation_class: type[BaseContentNegotiation] = AlwaysJson
    http_method_names: ClassVar[list[str]] = ["get", "head"]  # type: ignore[misc]
    schema = None


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    return render(request, "core/api/docs.html")


@require_safe
def problem_list(request: HttpRequest) -> HttpResponse:
    return render(request, "core/api/problems.html", {"kinds": problem_kinds.KINDS})
