"""Files come in where a page asks for one and nowhere else: elsewhere a request with a file is refused, unread."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import TooManyFilesSent
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse

View = TypeVar("View", bound=Callable[..., HttpResponse])


def takes_file(view: View) -> View:
    """Mark a view whose form has a file. Below its door, which passes the mark on."""
    view.takes_file = True  # type: ignore[attr-defined]
    return view


class UploadsMiddleware:
    """Stands before whatever reads a form: the check of its CSRF token is the first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: list[Any], kwargs: dict[str, Any]) -> None:
        if not getattr(view, "takes_file", False):
            request.upload_handlers = [NoFiles(request)]


class NoFiles(FileUploadHandler):
    def new_file(self, *args: Any, **kwargs: Any) -> None:
        raise TooManyFilesSent("This page takes no files.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None
