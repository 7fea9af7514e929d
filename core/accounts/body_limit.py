"""How much a request may bring: looked at before any of it is read, files and all.

Behind this nothing is kept in memory, or written to disk, that is larger. Strangers may send less than people who are
logged in: their forms are short.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.accounts.portal_request import PortalRequest
from core.common.machine_paths import answers_by_itself, is_for_machines


class BodyLimitMiddleware:
    """Stands before whatever reads forms, and after what knows who asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or ""
        if not length and request.META.get("HTTP_TRANSFER_ENCODING"):
            return render(request, "411.html", status=411)  # sent in pieces: nobody says how many will come
        # Of a program's request nothing is read before its key is known.
        known = is_for_machines(request) or PortalRequest.of(request).user.is_authenticated
        most = settings.MOST_SENT if known else settings.MOST_SENT_BY_STRANGERS
        if length.isdecimal() and int(length) > most and not answers_by_itself(request):
            return render(request, "413.html", {"most": most}, status=413)
        return self.get_response(request)
