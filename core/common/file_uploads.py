"""Files that come with a form: only a view that says so takes one. Anywhere else none is kept, not for a moment."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import TooManyFilesSent
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.urls import Resolver404, resolve

V = TypeVar("V", bound=Callable[..., Any])


def takes_file(view: V) -> V:
    """Let a view take a file. It stands above all its other decorators."""
    view.takes_file = True  # type: ignore[attr-defined]
    return view


class ExpectedFiles(MemoryFileUploadHandler):
    """Keeps a file in memory, for a view that takes one. Middleware reads forms before Django knows the view."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        try:
            view = resolve(self.request.path_info).func if self.request else None
        except Resolver404:
            view = None
        if not getattr(view, "takes_file", False):
            raise TooManyFilesSent("This page takes no file.")
        super().new_file(*args, **kwargs)
