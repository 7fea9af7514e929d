"""How long a log-in lasts, and which log-ins end when something about a person changes.

A session ends after some time without a request, and after some time whatever happens (settings SESSION_IDLE_SECONDS
and SESSION_COOKIE_AGE). Every session is listed for the person, who may end it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from core.accounts.models import User
from core.accounts.portal_request import LIVE
from core.common import clock

BEGAN, SEEN, LISTED = "began", "seen", "listed_as"
NOTED_EVERY = timedelta(minutes=1)  # a write a minute, not one a request
FRESH = timedelta(minutes=5)  # who logged in this lately need not say their password again


class SessionsMiddleware:
    """Ends sessions that lasted too long, and notes the others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = clock.now()
            if reason := over(request, now):
                logout(request)
                messages.info(request, reason)
                return _to_login(request)
            if LIVE not in request.headers:  # a page left open is nobody at work
                note(request, now)
        return self.get_response(request)


def over(request: HttpRequest, now: datetime) -> str:
    """Return why this session ends, or nothing."""
    began, seen = _moment(request, BEGAN), _moment(request, SEEN)
    if began and now - began > timedelta(seconds=settings.SESSION_COOKIE_AGE):
        return "You were logged out because your session has ended. Log in again."
    if seen and now - seen > timedelta(seconds=settings.SESSION_IDLE_SECONDS):
        return "You were logged out after a period of inactivity. Log in again."
    return ""


def begin(request: HttpRequest, user: User, now: datetime) -> None:
    """Note that somebody just logged in."""
    request.session[BEGAN] = request.session[SEEN] = now.timestamp()
    request.session[LISTED] = request.session.session_key  # allauth lists it
    _know_address(user)


def note(request: HttpRequest, now: datetime) -> None:
    """Keep when the session was last seen, and list it under the key it has now."""
    seen = _moment(request, SEEN)
    if seen is None:
        return  # logged in by a program, as tests and the demonstration do
    if now - seen >= NOTED_EVERY or request.session.get(LISTED) != request.session.session_key:
        request.session[SEEN] = now.timestamp()
        request.session[LISTED] = request.session.session_key
        UserSession.objects.create_from_request(request)


def just_began(request: HttpRequest, now: datetime) -> bool:
    began = _moment(request, BEGAN)
    return began is not None and now - began < FRESH


def end(user: User, *, but: str | None = None) -> None:
    """End the sessions of a person, but the one with this key."""
    found = UserSession.objects.filter(user=user)
    get_adapter().end_sessions(found.exclude(session_key=but) if but else found)


def _know_address(user: User) -> None:
    """Note the address people log in with as theirs: given by whoever runs the portal.

    One that came with an invitation is noted already, and confirmed unless the invitation's link was handed over.

    allauth would take an address it never saw confirmed for one that somebody wants to change to.
    """
    if not EmailAddress.objects.filter(user=user, email=user.email, primary=True).exists():
        EmailAddress.objects.filter(user=user, primary=True).exclude(email=user.email).update(primary=False)
        EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})


def _moment(request: HttpRequest, name: str) -> datetime | None:
    stamp = request.session.get(name)
    return datetime.fromtimestamp(stamp, tz=clock.now().tzinfo) if isinstance(stamp, int | float) else None


def _to_login(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(reverse("account_login"))
    # What was sent is lost; a page can be opened again.
    return redirect_to_login(request.get_full_path() if request.method in {"GET", "HEAD"} else "/")
