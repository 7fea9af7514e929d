"""What is kept in the session of a browser that comes for a consent: its own mark, and with what it began."""

import secrets
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest

from carts.marketplaces.values import LoginRequest
from carts.models import SetupLink

BROWSER = "consent_browser"  # the session's own random value, to which a consent is bound
LINK = "setup_link"  # the id of the setup link that this browser began with
DONE = "setup_done"  # the names on the last page: organization, place, store
VISITS = "consent_visits"  # the marketplace's visits that wait for a person to choose a cart
MOST_VISITS = 5


def mark(request: HttpRequest) -> str:
    """Return the browser's mark, made when it has none."""
    made: str = request.session.setdefault(BROWSER, secrets.token_urlsafe(32))
    return made


def mark_of(request: HttpRequest) -> str:
    return str(request.session.get(BROWSER, ""))


def link_begun_with(request: HttpRequest) -> SetupLink | None:
    number = request.session.get(LINK)
    found: SetupLink | None = SetupLink.objects.filter(pk=number).first() if number else None
    return found


def came_to_authorize(request: HttpRequest) -> bool:
    """Whether a seller without an account here set out to authorize us in this browser, and has not done it yet."""
    return not request.user.is_authenticated and bool(mark_of(request)) and DONE not in request.session


# -- Visits that wait --------------------------------------------------------------------------------------------------
def keep_visit(request: HttpRequest, kind: str, visit: LoginRequest) -> str:
    """Keep what the marketplace brought, and return a name for it that is no secret."""
    name = secrets.token_hex(8)
    waiting: dict[str, Any] = request.session.get(VISITS, {})
    kept = dict(list(waiting.items())[1 - MOST_VISITS :])
    request.session[VISITS] = kept | {name: [kind, asdict(visit)]}
    return name


def visit_of(request: HttpRequest, name: str) -> tuple[str, LoginRequest] | None:
    """Return the kind of marketplace, and what it brought."""
    kept = request.session.get(VISITS, {}).get(name)
    return (kept[0], LoginRequest(**kept[1])) if kept else None


def forget_visit(request: HttpRequest, name: str) -> None:
    waiting = dict(request.session.get(VISITS, {}))
    waiting.pop(name, None)
    request.session[VISITS] = waiting
