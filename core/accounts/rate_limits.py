"""How often an address may ask, and how often a thing may be asked for: doors without a log-in have nothing else."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.common import clock, vault

View = Callable[..., HttpResponse]


def limited(what: str, *, most: int, per: timedelta) -> Callable[[View], View]:
    """Answer an address only so often."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not within(what, address(request), most=most, per=per):
                return too_often(request)
            return view(request, *args, **kwargs)

        return answer

    return decorate


def within(what: str, who: str, *, most: int, per: timedelta) -> bool:
    """Count one use of ``what`` by ``who``. False when there were more than ``most`` in this stretch of time.

    Counted in the cache, which all web processes share in production. What is counted is kept as a digest.
    """
    length = int(per.total_seconds())
    stretch = int(clock.now().timestamp()) // length
    key = f"limit:{what}:{vault.digest(who)}:{stretch}"
    cache.add(key, 0, length)
    try:
        return int(cache.incr(key)) <= most
    except ValueError:  # it ended between the two lines
        return True


def address(request: HttpRequest) -> str:
    """Return where the request comes from, behind the proxies that ALLAUTH_TRUSTED_PROXY_COUNT says are ours."""
    return str(get_adapter().get_client_ip(request))


def too_often(request: HttpRequest) -> HttpResponse:
    """Return the page for whoever asks too often."""
    return render(request, "429.html", status=429)
