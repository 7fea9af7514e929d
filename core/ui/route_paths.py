"""The paths of routes without arguments: asked for many times on a page, and the same as long as a process runs."""

from functools import cache

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse


def path_of(route: str) -> str:
    """Return what ``reverse`` does, which looks it up anew each time."""
    return _kept(route, get_script_prefix(), get_urlconf() or settings.ROOT_URLCONF)


@cache
def _kept(route: str, prefix: str, urlconf: str) -> str:
    return reverse(route)
