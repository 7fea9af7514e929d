"""Browsers somebody has logged in with: strangers cannot lock them out.

A signed cookie says which addresses a browser was logged in with. It opens nothing: it only has its wrong passwords
counted apart from everybody else's (lock_outs). https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
"""

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from core.accounts.portal_request import PortalRequest
from core.common import vault

COOKIE = "known_device"
LIVES = timedelta(days=180)  # since the last log-in
MOST = 8  # people who share a browser


class KnownDevicesMiddleware:
    """Sends the cookie after a log-in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        known: dict[str, str] | None = getattr(request, "known_device", None)
        if known is not None:
            response.set_cookie(
                COOKIE,
                signing.dumps(known, salt=COOKIE),
                max_age=LIVES,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


def remember(request: HttpRequest, email: str) -> None:
    """Know this browser from now on as one of this person's."""
    known, name = _known(request), _name(email)
    device = known.pop(name, "") or secrets.token_urlsafe(16)
    PortalRequest.of(request).known_device = dict([*known.items(), (name, device)][-MOST:])


def find(request: HttpRequest, email: str) -> str:
    """Return what this browser is known as for this address, or "" for one that nobody logged in from."""
    return _known(request).get(_name(email), "")


def _known(request: HttpRequest) -> dict[str, str]:
    try:
        kept: Any = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=LIVES)
    except signing.BadSignature:
        return {}
    return dict(kept)


def _name(email: str) -> str:
    return vault.digest(email.strip().lower())[:32]
