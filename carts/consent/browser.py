"""What is kept in the session of a browser that comes for a consent: its own mark, and with what it began."""

import secrets

from django.http import HttpRequest

BROWSER = "consent_browser"  # the session's own random value, to which a consent is bound
LINK = "setup_link"  # the id of the setup link that this browser began with
DONE = "setup_done"  # the names on the last page: organization, place, store


def mark(request: HttpRequest) -> str:
    """Return the browser's mark, made when it has none."""
    made: str = request.session.setdefault(BROWSER, secrets.token_urlsafe(32))
    return made


def mark_of(request: HttpRequest) -> str:
    return str(request.session.get(BROWSER, ""))
