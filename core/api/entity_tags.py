"""ETags: what a thing was like when it was read, so that nobody changes what somebody else has changed meanwhile."""

import hashlib
from typing import Any

from django.http import HttpRequest
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from core.api.problems import Problem

MOST = 50  # tags in one header


def tag_of(document: Any) -> str:
    """Return the tag of what is answered: the same for the same document."""
    return f'"{hashlib.sha256(JSONRenderer().render(document)).hexdigest()[:32]}"'


def answer(request: HttpRequest, document: Any) -> Response:
    """Return a document with its tag; 304 without a body for who has it already."""
    tag = tag_of(document)
    if tag in _tags(request.headers.get("If-None-Match", "")):
        return Response(status=304, headers={"ETag": tag})
    return Response(document, headers={"ETag": tag})


def require(request: HttpRequest, document: Any, *, needed: bool = True) -> None:
    """Let a change go on if the client has read the thing as it is now. Raises Problem: 412, or 428 where it says none.

    Ask it under the lock that the change is made under.
    """
    given = request.headers.get("If-Match", "")
    if not given:
        if needed:
            raise Problem("state_required")
        return
    if given.strip() != "*" and tag_of(document) not in _tags(given):
        raise Problem("changed_meanwhile")


def _tags(header: str) -> list[str]:
    return [part.strip().removeprefix("W/") for part in header.split(",")[:MOST]]
