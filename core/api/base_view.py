"""What every endpoint of the API is: a class that names its scope, and has a method for each method of HTTP.

    class OrderList(ApiView):
        scope = Scope.ORDERS_READ

        def get(self, request: Request) -> Response:
            orders = Order.objects.visible_to(access_of(request))

Around it: the key, its rate and scope, Idempotency-Key on writes, problem documents, and the log of calls.
"""

import time
from typing import Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import bearer, call_log, call_rates, idempotency
from core.api.json_body import JsonBody
from core.api.models import ApiKey
from core.api.problems import Problem, answer_to, handle, in_query
from core.api.schema import ApiSchema
from core.api.scopes import Scope
from core.common import clock

SAFE = ("GET", "HEAD", "OPTIONS")


class AlwaysJson(BaseContentNegotiation):
    """There is one form of answer, whatever the client says it likes best."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        media_type = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == media_type), None)

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    """``scope`` is what reading needs, and writing too unless ``write_scope`` says another.

    ``needs_idempotency_key``: a write without one is refused. ``parameters``: the names its query may have.
    """

    scope: ClassVar[Scope]
    write_scope: ClassVar[Scope | None] = None
    needs_idempotency_key: ClassVar[bool] = False
    parameters: ClassVar[frozenset[str]] = frozenset()

    authentication_classes = (bearer.BearerKey,)
    permission_classes = (bearer.HasScope,)
    parser_classes = (JsonBody,)
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = AlwaysJson
    schema = ApiSchema()
    http_method_names: ClassVar[list[str]] = ["get", "head", "post", "put", "patch", "delete"]  # type: ignore[misc]

    _turn: idempotency.Turn | None = None

    def scope_for(self, method: str) -> Scope | None:
        return self.scope if method in SAFE else self.write_scope or self.scope

    # -- One request ---------------------------------------------------------------------------------------------------
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        begun = time.perf_counter()
        try:
            answer = super().dispatch(request, *args, **kwargs)
        except Exception:  # whatever it was goes on; only the turn is given back, and the call noted
            if self._turn:
                self._turn.drop()
            self._note(request, 500, "failed", begun)
            raise
        assert isinstance(answer, Response)
        code = answer.data.get("code", "") if answer.status_code >= 400 else ""
        sent = len(answer.render().content)
        self._note(request, answer.status_code, code, begun, sent=sent)
        return answer

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # who asks, and whether they may
        if not hasattr(self, (request.method or "").lower()):
            raise MethodNotAllowed(request.method or "")
        self._check_query(request)
        if request.method not in SAFE:
            body = request._request.body
            needed = self.needs_idempotency_key
            self._turn = idempotency.begin(
                bearer.key_of(request), request._request, body, now=clock.now(), needed=needed
            )

    def check_permissions(self, request: Request) -> None:
        call_rates.count(bearer.key_of(request), now=clock.now())
        super().check_permissions(request)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        finished = super().finalize_response(request, response, *args, **kwargs)
        turn, self._turn = self._turn, None
        if turn:
            turn.keep(finished)
        return finished

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, idempotency.Replayed):
            return exc.answer
        if isinstance(exc, Problem):
            answer: Response | None = answer_to(exc)
        else:
            answer = handle(exc, self.get_exception_handler_context())
        if answer is None:
            self.raise_uncaught_exception(exc)
        if answer.status_code == 401:
            answer["WWW-Authenticate"] = 'Bearer realm="api"'
        answer.exception = True
        return answer

    def _check_query(self, request: Request) -> None:
        query = request._request.GET
        for name, values in query.lists():
            if name not in self.parameters:
                known = ", ".join(sorted(self.parameters)) or "none"
                raise in_query(name[:60], f"There is no such parameter here. Known: {known}.")
            if len(values) > 1:
                raise in_query(name, "It is there more than once.")
            if "\0" in values[0] or any("\ud800" <= sign <= "\udfff" for sign in values[0]):
                raise in_query(name, "It holds a character that nothing has.")

    def _note(self, request: HttpRequest, status: int, code: str, begun: float, *, sent: int = 0) -> None:
        asked: Request | None = getattr(self, "request", None)
        key = getattr(asked, "_auth", None)
        if isinstance(key, ApiKey):
            took = round((time.perf_counter() - begun) * 1000)
            call_log.note(key, request, status=status, milliseconds=took, now=clock.now(), code=code, sent=sent)
