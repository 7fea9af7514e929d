"""What stands around every call: the key, its rate and rights, the body, and the form of the answer."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from carts.models import Cart
from core.accounts.access import Access
from core.accounts.models import Merchant
from core.api import call_log, json_body
from core.api.models import ApiKey
from core.api.problems import Problem
from core.api.request_ids import id_of
from core.api.scopes import Scope
from core.common import clock
from integration_manager.cartrover import caller
from integration_manager.cartrover.caller import Caller
from integration_manager.cartrover.envelope import FAILURE, PROCESS, REMAINING, Answer, Refused, refusal, well

log = structlog.get_logger(__name__)
METHODS = ("GET", "POST")  # CartRover knows no other


@dataclass(frozen=True, slots=True)
class Asked:
    """One call. ``cart`` is None for the key of a merchant, or of the organization."""

    request: HttpRequest
    caller: Caller
    now: datetime

    @property
    def key(self) -> ApiKey:
        return self.caller.key

    @property
    def cart(self) -> Cart:
        """The cart whose key it is. Raises Refused for another key."""
        if self.caller.cart is None:
            raise Refused("This call needs the key of a cart. Make one on the cart's page.")
        return self.caller.cart

    @property
    def merchant(self) -> Merchant:
        return self.caller.merchant(self.request)

    @property
    def access(self) -> Access:
        return self.caller.access(self.merchant)

    @property
    def body(self) -> Any:
        """What was sent, read as JSON whatever its media type says. Raises Refused."""
        try:
            sent = self.request.body
        except (RequestDataTooBig, UnreadablePostError):
            raise Refused("The body is too large, or was cut off.") from None
        if not sent.strip():
            raise Refused("The body is empty: send JSON.")
        try:
            return json_body.read(sent)
        except Problem as problem:
            raise Refused(problem.detail) from None

    def said(self, name: str) -> str:
        """Return a value of the query."""
        value = self.request.GET.get(name, "").strip()
        if "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
            raise Refused(f"{name} holds a character that nothing has.")
        return value


Call = Callable[..., Answer]
View = Callable[..., HttpResponse]


def call(
    scope: Scope, *, posted: bool = False, limited: bool = True, basic_only: bool = False
) -> Callable[[Call], View]:
    """Make a view of a call. ``posted``: it is a POST, else a GET; ``limited``: it takes one from the key's rate."""

    def around(answers: Call) -> View:
        @csrf_exempt
        @wraps(answers)
        def view(request: HttpRequest, **named: Any) -> HttpResponse:
            begun, now, who, left = time.perf_counter(), clock.now(), None, None
            try:
                who = caller.recognize(request, basic_only=basic_only, now=now)
                left = caller.spend(who.key, limited=limited, now=now)
                _check_method(request, "POST" if posted else "GET")
                who.may(scope)
                made, code = well(answers(Asked(request, who, now), **named)), ""
            except Refused as refused:
                made, code = refusal(refused), refused.code
            except Exception:  # its clients read nothing but the envelope, so even our own fault comes in one
                log.exception("cartrover.failed", request_id=id_of(request))
                made, code = (
                    refusal(Refused(f"Something went wrong here. Ask with {id_of(request)}.", status=500)),
                    FAILURE,
                )
            made[PROCESS] = id_of(request)
            made["Cache-Control"] = "no-store"
            if who is not None:
                made[REMAINING] = str(left or 0)
                _note(request, who, made, code, begun, now)
            return made

        return view

    return around


def _check_method(request: HttpRequest, wanted: str) -> None:
    if request.method == wanted:
        return
    if request.method not in METHODS:
        raise Refused(f"Send {wanted}, not {str(request.method)[:10]}.", status=405, Allow=wanted)
    raise no_such_call(request)


def no_such_call(request: HttpRequest) -> Refused:
    return Refused(
        f"{request.method} {request.path[:100]} is none of the calls answered here: they are listed in the page “Move "
        "from CartRover”. Calls that could not be verified are not imitated; /api/v1/docs has what else there is."
    )


@csrf_exempt
def unknown(request: HttpRequest) -> HttpResponse:
    """Say that a call is not answered here, to whoever has a key; under each address that is no verified call's."""
    view = call(Scope.ORDERS_READ, posted=request.method == "POST")(_unknown)
    return view(request)


def _unknown(asked: Asked) -> Answer:
    raise no_such_call(asked.request)


def _note(request: HttpRequest, who: Caller, made: HttpResponse, code: str, begun: float, now: datetime) -> None:
    took = round((time.perf_counter() - begun) * 1000)
    status = 400 if code and made.status_code == 200 else made.status_code  # as a refusal is counted elsewhere
    sent = len(made.content)
    call_log.note(who.key, request, status=status, milliseconds=took, now=now, code=code, sent=sent)
