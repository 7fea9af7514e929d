"""The door for shipping desks: they come with a key as user and password, and are answered in XML or plain text."""

import base64
import binascii
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from core.api import call_log, call_rates, keys, public_ids
from core.api.models import ApiKey
from core.api.problems import Problem
from core.api.scopes import Scope
from core.common import clock
from shipping.custom_store import desk_notices
from shipping.custom_store.changed_orders import Span
from shipping.custom_store.desk_notices import NoticeRefused
from shipping.custom_store.export_pages import export_page
from shipping.models import Warehouse
from shipping.warehouses.shipstation import ship_notice, wire_dates
from shipping.warehouses.shipstation.ship_notice import MOST_BYTES, BadNotice
from shipping.warehouses.shipstation.system import ShipStation

LONGEST_PAGE = 6  # digits


Act = Callable[[HttpRequest, ApiKey, Warehouse, datetime], HttpResponse]


class DeskRefused(Exception):
    """The answer to a desk: a status, and a sentence that its log shows."""

    def __init__(self, status: int, sentence: str, **headers: str) -> None:
        super().__init__(sentence)
        self.code, self.headers = status, headers


@csrf_exempt
def desk(request: HttpRequest, warehouse: str) -> HttpResponse:
    """Answer a desk: ``action=export`` asks for orders, ``action=shipnotify`` reports a package."""
    begun, now = time.perf_counter(), clock.now()
    key: ApiKey | None = None
    try:
        key = _key(request, now)
        answer = _act(request, key, _warehouse(key, warehouse), now)
    except DeskRefused as refused:
        answer = _text(str(refused), refused.code, refused.headers)
    if key is not None:
        took = round((time.perf_counter() - begun) * 1000)
        call_log.note(key, request, status=answer.status_code, milliseconds=took, now=now, sent=len(answer.content))
    answer["Cache-Control"] = "no-store"
    return answer


# -- Who asks ----------------------------------------------------------------------------------------------------------
def _key(request: HttpRequest, now: datetime) -> ApiKey:
    user, password = _pair(request.META.get("HTTP_AUTHORIZATION", ""))
    try:
        if not user:
            raise keys.KeyRefused("not_authenticated", "Send the user name and the password of the store (HTTP Basic).")
        key = keys.admit(user, password, address=request.META.get("REMOTE_ADDR", ""), now=now)
        call_rates.count(key, now=now)
    except keys.KeyRefused as refused:
        challenge = {"WWW-Authenticate": 'Basic realm="ShipStation", charset="UTF-8"'}
        raise DeskRefused(401, str(refused), **challenge) from None
    except Problem as problem:
        raise DeskRefused(problem.kind.status, problem.detail, **problem.headers) from None
    return key


def _pair(header: str) -> tuple[str, str]:
    """Return user and password of HTTP Basic; empty where there are none."""
    scheme, _, given = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        user, _, password = base64.b64decode(given.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return user, password


def _warehouse(key: ApiKey, asked: str) -> Warehouse:
    """Return the desk's own warehouse: any other is not there at all."""
    try:
        number = public_ids.read(public_ids.WAREHOUSE, asked)
    except ValueError:
        number = 0
    own = Warehouse.objects.visible_to(key.access).filter(pk=number)
    found: Warehouse | None = own.first() if number == key.warehouse_id else None
    if found is None or not isinstance(found.system, ShipStation):
        raise DeskRefused(404, "This key has no such store. Check the address on the warehouse's page.")
    return found


# -- What it asks ------------------------------------------------------------------------------------------------------
def _act(request: HttpRequest, key: ApiKey, warehouse: Warehouse, now: datetime) -> HttpResponse:
    action = request.GET.get("action", "").strip().lower()
    acts: dict[str, tuple[str, Scope, Act]] = {
        "export": ("GET", Scope.ORDERS_CLAIM, _export),
        "shipnotify": ("POST", Scope.SHIPMENTS_WRITE, _ship_notify),
    }
    if action not in acts:
        raise DeskRefused(400, "action: write export or shipnotify.")
    method, scope, act = acts[action]
    if request.method != method:
        raise DeskRefused(405, f"Send {action} as {method}.", Allow=method)
    if not key.may(scope):
        raise DeskRefused(403, f"This key may not do that: it lacks the scope {scope.value}.")
    return act(request, key, warehouse, now)


def _export(request: HttpRequest, key: ApiKey, warehouse: Warehouse, now: datetime) -> HttpResponse:
    start = _moment(request, "start_date", now - timedelta(days=1))
    end = _moment(request, "end_date", now)
    if end < start:
        raise DeskRefused(400, "end_date is before start_date.")
    system = warehouse.system
    assert isinstance(system, ShipStation)
    page = export_page(warehouse, system.words, Span.asked_for(start, end), _page(request), now=now)
    return HttpResponse(page, content_type="application/xml; charset=utf-8")


def _moment(request: HttpRequest, name: str, otherwise: datetime) -> datetime:
    if not (text := request.GET.get(name, "").strip()):
        return otherwise
    try:
        return wire_dates.read(text)
    except wire_dates.NoDate as error:
        raise DeskRefused(400, f"{name}: {error}") from None


def _page(request: HttpRequest) -> int:
    text = request.GET.get("page", "").strip() or "1"
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_PAGE and int(text)):
        raise DeskRefused(400, "page: write a number, from 1.")
    return int(text)


def _ship_notify(request: HttpRequest, key: ApiKey, warehouse: Warehouse, now: datetime) -> HttpResponse:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MOST_BYTES:
        raise DeskRefused(413, f"The body is larger than {MOST_BYTES:,} bytes.")
    try:
        notice = ship_notice.read({name: str(request.GET.get(name, "")) for name in request.GET}, request.body)
        said = desk_notices.take(warehouse, notice, access=key.access, now=now)
    except BadNotice as bad:
        raise DeskRefused(400, str(bad)) from None
    except NoticeRefused as refused:
        raise DeskRefused(refused.code, str(refused)) from None
    return _text(said, 200)


def _text(sentence: str, status: int, headers: "dict[str, str] | None" = None) -> HttpResponse:
    return HttpResponse(sentence, status=status, headers=headers, content_type="text/plain; charset=utf-8")
