"""Each request of a program has an id: in its answer, in our log, and in the log of the key's page."""

import secrets

from django.http import HttpRequest

HEADER = "X-Request-Id"
_PLACE = "_im_request_id"


def id_of(request: HttpRequest) -> str:
    """Return the request's id; made when first asked for."""
    found: str | None = getattr(request, _PLACE, None)
    if found is None:
        found = f"req_{secrets.token_hex(10)}"
        setattr(request, _PLACE, found)
    return found
