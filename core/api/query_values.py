"""Values in a query, and how the schema describes them."""

from collections.abc import Iterable
from datetime import datetime

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from core.api.fields import EARLIEST, LATEST, moment
from core.api.problems import in_query

NO_NUL = "^[^\\u0000]*$"  # no database can be asked for it


def text_parameter(name: str, longest: int, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, {"type": "string", "maxLength": longest, "pattern": NO_NUL}, description=description)


def choice_parameter(name: str, values: Iterable[str], description: str = "") -> OpenApiParameter:
    return OpenApiParameter(name, {"type": "string", "enum": list(values)}, description=description)


def moment_parameter(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, {"type": "string", "format": "date-time"}, description=description)


def query_text(request: Request, name: str, longest: int) -> str:
    """Return a text of the query. Raises Problem for one that is too long."""
    given = request._request.GET.get(name, "")
    if len(given) > longest:
        raise in_query(name, f"It may have up to {longest} characters.")
    return given


def query_choice(request: Request, name: str, values: Iterable[str]) -> str:
    """Return one of these values, or nothing where the query says none. Raises Problem."""
    given = request._request.GET.get(name)
    if given is None:
        return ""
    if given not in (known := list(values)):
        raise in_query(name, f"It must be one of {', '.join(known)}.")
    return given


def query_moment(request: Request, name: str) -> datetime | None:
    """Return a moment of the query, one far off as the nearest that anything can have. Raises Problem."""
    given = request._request.GET.get(name)
    if given is None:
        return None
    try:
        return min(max(moment(given, bounded=False), EARLIEST), LATEST)
    except ValueError as error:
        raise in_query(name, str(error)) from None
