"""What the doors of a consent share: pages that keep their address to themselves, and the browser's own mark."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from core.accounts import rate_limits

BROWSER = "consent_browser"  # the session's own random value, to which a consent is bound
LINK = "setup_link"  # the id of the setup link that this browser began with
DONE = "setup_done"  # the names on the last page: organization, place, store

View = Callable[..., HttpResponse]


def unwatched(view: View) -> View:
    """Keep the address of a page to itself: no browser keeps the answer, and none tells the next page where it was.

    No page of these has a form that needs a CSRF token: a browser that tells nothing sends forms without their origin.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        response["Cache-Control"] = "no-store"
        return response

    return answer


def limited(what: str, *, most: int, per: timedelta) -> Callable[[View], View]:
    """Answer an address only so often."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not rate_limits.within(what, rate_limits.address(request), most=most, per=per):
                return rate_limits.too_often(request)
            return view(request, *args, **kwargs)

        return answer

    return decorate


def mark(request: HttpRequest) -> str:
    """Return the browser's mark, made when it has none."""
    made: str = request.session.setdefault(BROWSER, secrets.token_urlsafe(32))
    return made


def mark_of(request: HttpRequest) -> str:
    return str(request.session.get(BROWSER, ""))
