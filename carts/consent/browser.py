"""What is kept of a browser that comes for a consent: its own mark, and with what it began.

In its session; the mark in a cookie besides. A session ends when somebody logs out, and the tabs at the marketplace do
not: what the next person begins must not be taken for theirs.
"""

import secrets
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from carts.consent.requests import CONSENT_KEPT
from carts.marketplaces.values import LoginRequest
from carts.models import Cart, SetupLink
from core.row_security import tenant

BROWSER = "consent_browser"  # the browser's own random value, to which a consent is bound: in session and cookie
SHORTEST_MARK = 32  # characters; what somebody wrote into the cookie by hand is shorter
LINK = "setup_link"  # the id of the setup link that this browser began with
DONE = "setup_done"  # the names on the last page: organization, place, store
AT_AMAZON = "consent_cart"  # the cart for which somebody of ours was sent to the marketplace, until they are back
VISITS = "consent_visits"  # the marketplace's visits that wait for a person to choose a cart
MOST_VISITS = 5


def mark(request: HttpRequest) -> str:
    """Return the browser's mark, made when it has none."""
    made: str = request.session.setdefault(BROWSER, mark_of(request) or secrets.token_urlsafe(32))
    return made


def mark_of(request: HttpRequest) -> str:
    """Return the browser's mark, "" where it has none."""
    kept = request.COOKIES.get(BROWSER, "")
    return str(request.session.get(BROWSER) or (kept if len(kept) >= SHORTEST_MARK else ""))


def keep_mark(request: HttpRequest, answer: HttpResponse) -> None:
    """Let the browser keep its mark when the session ends."""
    answer.set_cookie(
        BROWSER,
        mark(request),
        max_age=CONSENT_KEPT,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def link_begun_with(request: HttpRequest) -> SetupLink | None:
    number = request.session.get(LINK)
    return tenant.find(SetupLink.objects.filter(pk=number)) if number else None


def came_to_authorize(request: HttpRequest) -> bool:
    """Whether a seller without an account here set out to authorize us in this browser, and has not done it yet."""
    return not request.user.is_authenticated and BROWSER in request.session and DONE not in request.session


# -- Staff who leave the marketplace -----------------------------------------------------------------------------------
def sent_away(request: HttpRequest, cart: Cart) -> None:
    """Remember for which cart this person was sent to the marketplace."""
    request.session[AT_AMAZON] = cart.pk


def came_back(request: HttpRequest) -> int | None:
    """Return the id of the cart they were sent away for, once; nothing when they did not come from there."""
    if AT_AMAZON not in request.session or not _from_elsewhere(request):
        return None
    cart_id: int = request.session.pop(AT_AMAZON)
    return cart_id


def _from_elsewhere(request: HttpRequest) -> bool:
    """Whether a link of another site led here. Where the browser does not say, its referrer tells, or nothing does."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("cross-site", "same-site")
    return urlsplit(request.headers.get("Referer", "")).netloc != request.get_host()


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
