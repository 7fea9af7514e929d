"""Pages that follow by themselves: static/live.js asks for a page again, and gets it only when something is new.

It asks for the page's own address with the header ``X-Live``: the question goes through the page's own door, so nobody
is told by it what a reload would not show. What the page is made from has a version, which costs about one statement;
as long as that is the ETag the browser has, the answer is 304 and nothing is rendered. Parts of a page that follow say
so by ``data-live="name"``; the others stay as they were opened.
"""

import hashlib
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers

from core.accounts.doors import access_of
from core.accounts.portal_request import LIVE, PortalRequest

SHOWN = "X-Live-Shown"  # the rows in view, by their numbers
LONGEST_SHOWN = 4000
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
Version = Callable[Concatenate[HttpRequest, P], Iterable[object]]


def follows(version: Version[P]) -> Callable[[View[P]], View[P]]:
    """Let a page follow by itself. It stands behind the door: ``@door(…)`` before ``@follows(…)``.

    ``version`` takes what the view takes, and returns the values the page is made from, or what changes when they do.
    It is asked before the page is made: what changes meanwhile makes the next answer new.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def following(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.method not in {"GET", "HEAD"}:
                return view(request, *args, **kwargs)
            tag = tag_of(request, version(request, *args, **kwargs))
            PortalRequest.of(request).live_tag = tag
            if not is_asked(request):
                return view(request, *args, **kwargs)
            vars(request).pop("_messages", None)  # what is to be told once is told on a page, not swallowed here
            answer = _answer(request, tag, lambda: view(request, *args, **kwargs))
            answer["Cache-Control"] = "no-store"
            patch_vary_headers(answer, [LIVE, SHOWN])
            return answer

        return following

    return decorate


def _answer(request: HttpRequest, tag: str, make: Callable[[], HttpResponse]) -> HttpResponse:
    answer = HttpResponseNotModified() if request.headers.get("If-None-Match") == tag else make()
    if answer.status_code in {200, 304}:
        answer["ETag"] = tag
    return answer


def tag_of(request: HttpRequest, values: Iterable[object]) -> str:
    """Return the ETag of these values for who looks: never that of somebody else, or of another organization."""
    access = access_of(request)
    who = (access.user_id, access.organization.pk, access.role, access.merchant_id)
    return f'"{hashlib.sha256(repr((who, tuple(values))).encode()).hexdigest()[:32]}"'


def is_asked(request: HttpRequest) -> bool:
    """Whether a page that is open asks by itself: nobody pressed anything."""
    return LIVE in request.headers


def shown(request: HttpRequest) -> list[int]:
    """Return the numbers of the rows that are in view, as the page says."""
    said = request.headers.get(SHOWN, "")[:LONGEST_SHOWN].split(",")
    return list(dict.fromkeys(int(each) for each in said if each.isascii() and each.isdigit() and len(each) < 19))
