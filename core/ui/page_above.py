"""Addresses that only take what is sent to them lead whoever opens one to the page they belong to.

After a form that was shown again with its mistakes, such an address stands in the browser's bar: Enter, a bookmark or a
link in a chat would open the browser's own blank page. The page is the nearest one above in the path.
"""

from collections.abc import Callable, Iterator

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve

from core.common.machine_paths import is_for_machines

READING = ("GET", "HEAD")
KEPT = ("Cache-Control", "Referrer-Policy", "X-Robots-Tag")  # of addresses that are a secret


class PageAboveMiddleware:
    """Stands last, so that what a door says to a stranger stays as it is, and cookies go along."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or request.method not in READING or is_for_machines(request):
            return response
        query = request.META.get("QUERY_STRING", "")
        answer = HttpResponseRedirect(page_above(request.path_info) + (f"?{query}" if query else ""))
        for name in KEPT:
            if name in response:
                answer[name] = response[name]
        return answer


def page_above(path: str) -> str:
    """Return the nearest address above that there is. One that cannot be opened either leads on from there."""
    return next(above for above in _above(path) if _exists(above))


def _above(path: str) -> Iterator[str]:
    parts = path.strip("/").split("/")
    for length in range(len(parts) - 1, 0, -1):
        yield f"/{'/'.join(parts[:length])}/"
    yield "/"


def _exists(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return path == "/"
    return True
