"""Puts the request's id on each answer to a program, and makes a problem document of what no endpoint answered."""

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from core.api import problems
from core.api.request_ids import HEADER, id_of
from core.common.machine_paths import is_for_machines

API = "/api/"
KEPT = ("Allow", "Retry-After", "WWW-Authenticate")


class ProblemAnswersMiddleware:
    """Stands outside whatever may refuse a request with a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_for_machines(request):
            return self.get_response(request)
        with structlog.contextvars.bound_contextvars(request_id=id_of(request)):
            answer = self.get_response(request)
        is_page = not answer.get("Content-Type", "").startswith(problems.MEDIA_TYPE)
        if request.path_info.startswith(API) and answer.status_code >= 400 and is_page:
            page, answer = answer, problems.plain_answer(answer.status_code)
            for name in KEPT:
                if name in page:
                    answer[name] = page[name]
        answer[HEADER] = id_of(request)
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer
