"""Puts every request behind the wall; who finds out whose it is says so (``tenant.work_for``)."""

from collections.abc import Callable, Iterable, Iterator

from django.http import HttpRequest
from django.http.response import HttpResponseBase, StreamingHttpResponse

from core.row_security import tenant


class RowSecurityMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with tenant.behind_wall():
            response = self.get_response(request)
            if isinstance(response, StreamingHttpResponse):
                parts: Iterable[bytes] = response.streaming_content  # type: ignore[assignment]
                response.streaming_content = _shown(parts, tenant.worked_for())
            return response


def _shown(parts: Iterable[bytes], organization_id: int | None) -> Iterator[bytes]:
    """What is read while it is sent is read behind the wall too."""
    with tenant.behind_wall():
        tenant.work_for(organization_id)
        yield from parts
