"""Answers that say what is wrong with a request, as problem documents (RFC 9457).

An endpoint raises ``Problem``, or lets a serializer raise what it found. What names a value of the body, the query or
a header points to it. The request's id stands in a header: the same problem has the same bytes.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import Http404, HttpResponse, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response

from core.api.problem_kinds import BY_CODE, BY_STATUS, ProblemKind

MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 100  # named in one answer


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one value. ``pointer`` is a JSON pointer as a fragment, "#/lines/0/sku"."""

    pointer: str
    detail: str
    where: str = "body"  # body, query, path or header

    @property
    def document(self) -> dict[str, str]:
        return {"pointer": self.pointer, "detail": self.detail, "in": self.where}


class Problem(Exception):
    """Ends a request with a problem document. ``code`` is one of problem_kinds.py."""

    def __init__(
        self, code: str, detail: str = "", *, faults: Iterable[Fault] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.kind, self.detail = BY_CODE[code], detail
        self.faults, self.headers = tuple(faults), dict(headers or {})

    @property
    def document(self) -> dict[str, Any]:
        return document_of(self.kind, self.detail, self.faults)


def at(*steps: str | int) -> str:
    """Return the pointer to a value of the body: at("lines", 0, "sku") is "#/lines/0/sku"."""
    return "#" + "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def in_query(name: str, detail: str) -> Problem:
    """Return the problem of one value of the query."""
    return Problem("invalid", f"“{name}”: {detail}", faults=[Fault(at(name), detail, "query")])


def document_of(kind: ProblemKind, detail: str = "", faults: Iterable[Fault] = ()) -> dict[str, Any]:
    found = list(faults)
    return {
        "type": kind.doc_url,
        "title": kind.title,
        "status": kind.status,
        "detail": detail or kind.mend,
        "code": kind.code,
        "doc_url": kind.doc_url,
        "errors": [fault.document for fault in found[:MOST_ERRORS]],
    }


def plain_answer(status: int) -> HttpResponse:
    """Return the problem document for what was answered with this status before any endpoint was asked."""
    kind = BY_STATUS.get(status) or BY_CODE["failed" if status >= 500 else "unreadable"]
    return JsonResponse(document_of(kind), status=status, content_type=MEDIA_TYPE)


def answer_to(problem: Problem) -> Response:
    return Response(problem.document, status=problem.kind.status, headers=problem.headers, content_type=MEDIA_TYPE)


# -- What Django and REST framework raise ------------------------------------------------------------------------------
def handle(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """REST framework's exception handler. None for what nobody foresaw: it is reported, and answered as 500."""
    problem = error if isinstance(error, Problem) else _translated(error)
    if problem is None or isinstance(error, DatabaseError):
        return None
    if problem.kind.status == 401:
        problem.headers.setdefault("WWW-Authenticate", 'Bearer realm="api"')
    return answer_to(problem)


def _translated(error: Exception) -> Problem | None:
    match error:
        case exceptions.ValidationError():
            faults = list(faults_of(error.detail))
            return Problem("invalid", _summary(faults), faults=faults)
        case Http404() | exceptions.NotFound():
            return Problem("not_found")
        case exceptions.ParseError():
            return Problem("unreadable", str(error.detail))
        case exceptions.UnsupportedMediaType():
            return Problem("wrong_media_type")
        case exceptions.MethodNotAllowed():
            return Problem("method_not_allowed", str(error.detail))
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return Problem("not_authenticated", str(error.detail) if error.detail else "")
        case PermissionDenied() | exceptions.PermissionDenied():
            return Problem("forbidden", str(error))
    return None


def faults_of(detail: Any, *steps: str | int) -> Iterator[Fault]:
    """Yield what a serializer found wrong, each with a pointer to the value."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from faults_of(inner, *steps) if name == "non_field_errors" else faults_of(inner, *steps, name)
        return
    if not isinstance(detail, list | tuple):
        yield Fault(at(*steps), str(detail))
        return
    for index, inner in enumerate(detail):
        if isinstance(inner, Mapping | list | tuple):
            yield from faults_of(inner, *steps, index)
        else:
            yield Fault(at(*steps), str(inner))


def _summary(faults: list[Fault]) -> str:
    first = f"{faults[0].pointer}: {faults[0].detail}" if faults else ""
    return f"{first} Nothing was stored." if first else ""
