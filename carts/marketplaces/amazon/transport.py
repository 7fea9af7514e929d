"""The checked transport: the only door to Amazon's servers, put in place of python-amazon-sp-api's own.

The library takes an answer it cannot read for an empty one: a 503 with a page of HTML looks like "no orders". Here only
a well-formed 2xx is an answer; everything else is one of the three errors.
"""

import json
import logging
import math
import os
import platform
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from weakref import WeakKeyDictionary

import httpx

from carts.marketplaces.amazon import errors, scrub
from carts.marketplaces.exchange import WireExchange
from carts.marketplaces.values import Ledger
from core.common import clock, json_documents
from core.common.bounded_http import BoundedHttp
from core.common.remote import Unavailable

# httpx logs whole addresses at INFO, presigned ones too; the library logs headers, with tokens, at DEBUG.
for _name in ("httpx", "httpcore", "sp_api", "sp_api.base.client", "sp_api.auth.access_token_client"):
    logging.getLogger(_name).setLevel(logging.WARNING)

NAME, VERSION = "IntegrationManager", "0.1"
DOCUMENT_SECONDS, DOCUMENT_MOST = 60.0, 64 * 1024 * 1024  # one document, up or down, and unpacked
UNREADABLE = "Amazon's response could not be read."
LONGEST_WAIT = timedelta(hours=1)
_DOCUMENT = "integration_manager.document"  # what was read of an answer, among the answer's own extensions

# Operations whose success is 204 with no body. For these a 200 is as strange as a 204 is for all others.
WITHOUT_BODY = frozenset({"confirmShipment"})


@dataclass(frozen=True, slots=True)
class Answer:
    """A success."""

    status: int
    body: Mapping[str, Any]


# Amazon's clock minus ours, by the connections it was last seen on: what a process learned outlives one conversation.
_skews: WeakKeyDictionary[BoundedHttp, timedelta] = WeakKeyDictionary()
PROMPT = timedelta(seconds=3)  # an answer that took longer says little about the time

_lock = threading.Lock()
_shared: list[BoundedHttp] = []


def make_http(transport: httpx.BaseTransport | None = None) -> BoundedHttp:
    """Return the connections to use: this process's own, or others made of ``transport``.

    One for all sellers: it holds no token and no cookie, and making a TLS context costs 70 ms. Nothing is read from
    the environment, so no proxy and no .netrc of the machine can come between us and Amazon.
    """
    if transport is not None:
        return BoundedHttp(transport)
    with _lock:
        if not _shared:
            _shared.append(BoundedHttp())
        return _shared[0]


# A child must not speak over its parent's connections. A lock held while forking would stay held in the child.
def _start_afresh() -> None:
    global _lock
    _lock = threading.Lock()
    _shared.clear()


os.register_at_fork(after_in_child=_start_afresh)


def user_agent(app_id: str) -> str:
    """Say who asks, as Amazon's agent policy wants it: name, version, language, platform and registered application."""
    language = f"Python/{platform.python_version()}"
    ours = app_id if app_id.isascii() and app_id.isprintable() and not set(app_id) & set("();") else ""
    return f"{NAME}/{VERSION} (Language={language}; Platform={platform.system()}; AppId={ours or 'none'})"


class CheckedTransport:
    """Sends one request and judges the answer. Has the shape the library expects of a transport."""

    def __init__(
        self,
        http: BoundedHttp,
        *,
        ledger: Ledger,
        on_exchange: Callable[[WireExchange], None] | None = None,
        app_id: str = "",
    ) -> None:
        # Set by the client before each request: the library does not tell.
        self.operation = ""
        self.order_number = ""  # where the request is about one order alone
        self.clock_skew: timedelta | None = None  # Amazon's clock minus ours, at the last answer
        self._took = timedelta(0)  # the last answer
        self._http = http
        self._ledger = ledger
        self._on_exchange = on_exchange
        self._says_who = {"user-agent": user_agent(app_id)}

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        content: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Called by the library. Raises RemoteError for all but success."""
        answer = self._send(
            method, url, params=params or None, content=content, headers={**(headers or {}), **self._says_who}
        )
        self._learn(answer)
        if answer.is_success:
            return _read(answer, self.operation)
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            self._ledger.drain(self.operation)
        raise errors.error(self.operation, answer.status_code, json_or_none(answer), retry_in=_retry_in(answer))

    def document(self, method: str, url: str, *, content: bytes | None = None, content_type: str = "") -> bytes:
        """Send or fetch a document at an address Amazon gave us. The address itself is the key: no token goes along."""
        headers = {**self._says_who, **({"content-type": content_type} if content_type else {})}
        bounds = {"seconds": DOCUMENT_SECONDS, "most": DOCUMENT_MOST}
        answer = self._send(method, url, content=content, headers=headers, **bounds)
        if not answer.is_success:
            # Expired or not: a new address has to be asked for, and then it may well work.
            raise Unavailable(f"Amazon's document store answered {answer.status_code}.", retry_in=_retry_in(answer))
        return answer.content

    def close(self) -> None:
        """Nothing: the connections are shared."""

    def _send(self, method: str, url: str, **request: Any) -> httpx.Response:
        started = time.monotonic()
        answer: httpx.Response | None = None
        try:
            answer = self._http.ask(method, url, call=f"amazon {self.operation}", **request)
        except httpx.TimeoutException:
            raise Unavailable("Amazon didn't respond in time.") from None
        except (httpx.RequestError, httpx.InvalidURL) as problem:
            # "from None": the problem carries the request, and the request carries the token.
            raise Unavailable(f"Amazon could not be reached at {server(url)} ({type(problem).__name__}).") from None
        finally:
            self._took = timedelta(seconds=time.monotonic() - started)
            if self._on_exchange is not None:
                took = round(self._took.total_seconds() * 1000)
                self._on_exchange(_exchange(self.operation, self.order_number, method, url, request, answer, took))
        return answer

    @property
    def last_skew(self) -> timedelta | None:
        """Amazon's clock minus ours, as this process last saw it."""
        return _skews.get(self._http)

    def _learn(self, answer: httpx.Response) -> None:
        self.clock_skew = _skew(answer) if self._took <= PROMPT else None
        if self.clock_skew is not None:
            _skews[self._http] = self.clock_skew
        try:
            rate = float(answer.headers.get("x-amzn-RateLimit-Limit", ""))
        except ValueError:
            return
        if rate > 0 and math.isfinite(rate):
            self._ledger.learn(self.operation, rate)


def _read(answer: httpx.Response, operation: str) -> Answer:
    if operation in WITHOUT_BODY:
        if answer.status_code != httpx.codes.NO_CONTENT:
            raise Unavailable(UNREADABLE)
        return Answer(answer.status_code, {})
    body = json_or_none(answer)
    if not isinstance(body, dict) or body.get("errors"):
        raise Unavailable(UNREADABLE)
    return Answer(answer.status_code, body)


def server(url: str) -> str:
    """Return host and port of an address, and nothing else of it: the rest may be a key."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        return "an address that is none"


def json_or_none(answer: httpx.Response) -> Any:
    """Return the document of an answer, or None for what is not JSON: HTML, nothing, something cut short.

    Read once, though the exchange is kept as well: a page of orders takes milliseconds.
    """
    if _DOCUMENT not in answer.extensions:
        try:
            answer.extensions[_DOCUMENT] = json_documents.read(answer.content)
        except (ValueError, RecursionError):
            answer.extensions[_DOCUMENT] = None
    return answer.extensions[_DOCUMENT]


def _retry_in(answer: httpx.Response) -> timedelta | None:
    said = answer.headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit():
        return min(timedelta(seconds=min(int(said), 86_400)), LONGEST_WAIT)
    moment = _moment(said)
    if moment is None:
        return None
    return min(max(moment - clock.now(), timedelta(0)), LONGEST_WAIT)


def _skew(answer: httpx.Response) -> timedelta | None:
    moment = _moment(answer.headers.get("Date", ""))
    return None if moment is None else moment - clock.now()


def _moment(said: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(said)
    except (ValueError, TypeError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _exchange(
    operation: str,
    order_number: str,
    method: str,
    url: str,
    request: Mapping[str, Any],
    answer: httpx.Response | None,
    took: int,
) -> WireExchange:
    return WireExchange(
        operation=operation,
        method=method,
        path=urlsplit(url).path,
        status=None if answer is None else answer.status_code,
        milliseconds=took,
        request_id="" if answer is None else answer.headers.get("x-amzn-RequestId", "")[:100],
        request=_sent(request),
        answer="" if answer is None else _answered(answer),
        sent=_bytes(request.get("content")),
        received=None if answer is None else int(answer.extensions.get("bytes_received", len(answer.content))),
        order_number=order_number,
    )


def _bytes(content: str | bytes | None) -> int:
    return len(content.encode() if isinstance(content, str) else content or b"")


def _sent(request: Mapping[str, Any]) -> str:
    content = request.get("content")
    if isinstance(content, bytes):
        return f"{len(content)} bytes"
    shown = dict(parse_qsl(str(httpx.QueryParams(request.get("params"))), keep_blank_values=True))
    return scrub.document(json.loads(content) if content else shown)


def _answered(answer: httpx.Response) -> str:
    if not answer.content:
        return ""
    body = json_or_none(answer)
    if body is None:
        return f"{len(answer.content)} bytes of {answer.headers.get('content-type', 'unknown type')[:80]}"
    return scrub.document(body)
