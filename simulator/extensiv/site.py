"""The WSGI application: tokens, the API, the staff's page, and what tests and people do to it."""

import base64
import binascii
import gzip
import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from simulator.extensiv import bench_page, catalog_api, order_api
from simulator.extensiv.requests import MOST_BYTES, ApiAnswer, ApiCall, ExtensivRefusal, written
from simulator.extensiv.warehouse_world import WarehouseWorld, invented, now_utc

StartResponse = Callable[[str, list[tuple[str, str]]], Any]
TOKENS = "/AuthServer/api/Token"
NOT_REGISTERED = {"Message": "invalid_client: client not registered"}
WAIT_SECONDS = 35.0
FAULTS = {
    "429": "too many requests",
    "500": "500, plain text",
    "503": "503 with an HTML page",
    "401": "the access token is forgotten",
    "403": "these credentials may not do it",
    "timeout": "silence, then 504; nothing is done",
    "lost_answer": "the call is done, its answer never arrives: silence, then 504",
    "dropped": "the call is done, the connection ends in the middle of the answer",
    "html_200": "200 with an HTML page",
    "truncated": "the call is done, half of its answer arrives",
}
DONE_FIRST = {"lost_answer", "dropped", "truncated"}


@dataclass(slots=True)
class WarehouseFault:
    """The next calls whose method and path begin so go wrong."""

    call: str  # "POST /orders"
    kind: str
    times: int = 1
    seconds: float = WAIT_SECONDS


class WarehouseSite:
    """3PL Warehouse Manager, played. Safe to call from several threads.

    ``sleep`` is what silent faults call; in-process tests pass one that returns at once.
    """

    def __init__(
        self,
        world: WarehouseWorld | None = None,
        *,
        clock: Callable[[], datetime] = now_utc,
        sleep: Callable[[float], None] = time.sleep,
        delay: float = 0,
    ) -> None:
        self.world = world or invented()
        self.clock, self.sleep, self.delay = clock, sleep, delay
        self.faults: list[WarehouseFault] = []
        self.lock = threading.RLock()

    def __call__(self, environ: Mapping[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        call = _read(environ)
        if self.delay:
            self.sleep(self.delay)
        answer = self._with_faults(call)
        if "gzip" in call.headers.get("accept-encoding", "") and len(answer.body) > 500:
            answer.body = gzip.compress(answer.body, 6)
            answer.headers = [*answer.headers, ("Content-Encoding", "gzip")]
        start_response(answer.line, answer.all_headers())
        return [b"" if answer.status == 204 else answer.body]

    def fail(self, call: str, kind: str, times: int = 1, seconds: float = WAIT_SECONDS) -> None:
        """Let the next calls go wrong: ``fail("POST /orders", "lost_answer")``."""
        if kind not in FAULTS:
            raise ValueError(f"Unknown kind of fault: {kind}. Known: {', '.join(FAULTS)}")
        with self.lock:
            self.faults.append(WarehouseFault(call, kind, times, seconds))

    def journal(self, what: str = "") -> list[dict[str, Any]]:
        with self.lock:
            return [dict(entry) for entry in self.world.journal if what in ("", entry["what"])]

    # -- one call
    def _with_faults(self, call: ApiCall) -> ApiAnswer:
        fault = self._fault(call)
        if fault is None:
            return self._answered(call)
        answer = self._answered(call) if fault.kind in DONE_FIRST else ApiAnswer(504)
        if fault.kind in ("timeout", "lost_answer"):
            self.sleep(fault.seconds)
            return ApiAnswer(504, b"Gateway Timeout", "text/plain")
        return _spoiled(fault.kind, answer)

    def _fault(self, call: ApiCall) -> WarehouseFault | None:
        with self.lock:
            for fault in self.faults:
                if f"{call.method} {call.path}".startswith(fault.call):
                    fault.times -= 1
                    if fault.times <= 0:
                        self.faults.remove(fault)
                    return fault
        return None

    def _answered(self, call: ApiCall) -> ApiAnswer:
        with self.lock:
            try:
                return self._answer(call)
            except ExtensivRefusal as refusal:
                body = b"" if refusal.body is None else written(refusal.body)
                return ApiAnswer(refusal.answered_with, body)

    def _answer(self, call: ApiCall) -> ApiAnswer:
        now = self.clock()
        if len(call.body) > MOST_BYTES:
            raise ExtensivRefusal(413)
        if call.path.lower().rstrip("/") == TOKENS.lower() and call.method == "POST":
            return self._token(call, now)
        if call.path in ("/", "/_bench") or call.path.startswith(("/_bench/", "/_control", "/_journal", "/_health")):
            return bench_page.answer(self, call, now)
        kind, _, token = call.headers.get("authorization", "").partition(" ")
        token = token.strip() if kind.lower() == "bearer" else ""
        holder = self.world.holder(token, now)
        if holder is None:
            raise ExtensivRefusal(401, {"Message": "Authorization has been denied for this request."})
        call = replace(call, path=call.path.lower().rstrip("/"))
        if call.path == "/orders" or call.path.startswith("/orders/"):
            return order_api.answer(self.world, holder, call, now)
        return catalog_api.answer(self.world, holder, call, now)

    def _token(self, call: ApiCall, now: datetime) -> ApiAnswer:
        client_id, secret = _basic(call.headers.get("authorization", ""))
        known = self.world.credentials.get(client_id)
        if known is None or known.client_secret != secret:
            raise ExtensivRefusal(401, NOT_REGISTERED)
        asked = _token_request(call)
        if asked.get("grant_type") != "client_credentials":
            raise ExtensivRefusal(400, {"Message": "unsupported_grant_type"})
        if not (asked.get("user_login") or asked.get("user_login_id")):
            raise ExtensivRefusal(400, {"Message": "invalid_request: user_login is required"})
        token = self.world.issue_token(client_id, now)
        self.world.note("token", now, client_id=client_id)
        body = {"access_token": token, "token_type": "Bearer", "expires_in": 3600, "refresh_token": None, "scope": None}
        return ApiAnswer(200, written(body))


def _spoiled(kind: str, answer: ApiAnswer) -> ApiAnswer:
    if kind == "dropped":
        answer.headers = [*answer.headers, ("Content-Length", str(len(answer.body) + 100))]
        return answer
    if kind == "truncated":
        answer.body = answer.body[: len(answer.body) // 2]
        return answer
    if kind in ("503", "html_200"):
        page = b"<html><body><h1>Service Unavailable</h1></body></html>"
        return ApiAnswer(503 if kind == "503" else 200, page, "text/html")
    if kind == "401":
        return ApiAnswer(401, written({"Message": "Authorization has been denied for this request."}))
    if kind == "403":
        return ApiAnswer(403, written({"ErrorCode": "NotAuthorized", "Hint": "The role OrderWrite is missing."}))
    return ApiAnswer(int(kind), b"Something went wrong.", "text/plain")


def _basic(header: str) -> tuple[str, str]:
    try:
        kind, _, packed = header.partition(" ")
        text = base64.b64decode(packed.strip(), validate=True).decode() if kind.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    name, _, secret = text.partition(":")
    return name, secret


def _token_request(call: ApiCall) -> dict[str, Any]:
    """The body as JSON, as the docs have it, or as a form."""
    if call.body.lstrip().startswith(b"{"):  # whatever it is called
        try:
            document = json.loads(call.body or b"{}")
        except ValueError:
            return {}
        return document if isinstance(document, dict) else {}
    return dict(call.form())


def _read(environ: Mapping[str, Any]) -> ApiCall:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_") or name == "CONTENT_TYPE"
    }
    body = environ["wsgi.input"].read(min(length, MOST_BYTES + 1)) if length else b""
    query = {name.lower(): value for name, value in parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)}
    path, prefix = str(environ.get("PATH_INFO") or "/"), str(environ.get("SCRIPT_NAME") or "")
    return ApiCall(environ["REQUEST_METHOD"], path, query, headers, body, prefix)
