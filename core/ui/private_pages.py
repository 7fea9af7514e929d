"""Pages whose address is a secret, or holds one: what their answers say to browsers, proxies and search engines.

A link that opens nothing is answered with the same bytes, whatever is wrong with it: no page says who guessed well.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

View = Callable[..., HttpResponse]
HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


def private_page(view: View) -> View:
    """Keep the address of a page to itself: no browser keeps the answer, and none tells the next page where it was.

    No such page has a form that needs a CSRF token: a browser that tells nothing sends forms without their origin.
    """
    return _keeping(view, referrer="no-referrer")


def private_form(view: View) -> View:
    """Keep the address of a page to this site, which is told it: the page has a form that is guarded by it."""
    return _keeping(view, referrer="same-origin")


def no_such_link(template: str) -> HttpResponse:
    """Return the page for every link that opens nothing. Rendered without the request: it knows nothing of it."""
    return HttpResponse(render_to_string(template), status=404)


def _keeping(view: View, *, referrer: str) -> View:
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        for name, value in HEADERS.items():
            response[name] = value
        response["Referrer-Policy"] = referrer
        return response

    answer.referrer = referrer  # type: ignore[attr-defined]
    return answer
