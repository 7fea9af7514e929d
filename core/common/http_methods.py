"""Methods as HTTP has them: HEAD is answered without a body, and what no page answers is refused before all else.

Not every server takes the body off an answer to HEAD: waitress leaves it to us. And what no page answers would be
refused by the first door that happens to look, with a log-in page or with a word about cookies.
"""

from collections.abc import Callable
from http import HTTPMethod

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from core.common.machine_paths import is_for_machines

ANSWERED = ("GET", "HEAD", "POST", "OPTIONS")  # each page says itself which of them it is for
KNOWN = {str(method) for method in HTTPMethod}


class HttpMethodsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "HEAD":
            return without_body(self.get_response(request))
        if request.method in ANSWERED or is_for_machines(request):
            return self.get_response(request)
        if request.method in KNOWN:
            return HttpResponseNotAllowed(ANSWERED)
        return HttpResponse("There is no such method.\n", status=501, content_type="text/plain")


def without_body(response: HttpResponse) -> HttpResponse:
    """Leave the headers as they are with the body, its length among them."""
    if response.streaming:
        response.close()
        response.streaming_content = ()  # type: ignore[attr-defined]
    else:
        response.headers.setdefault("Content-Length", str(len(response.content)))
        response.content = b""
    return response
