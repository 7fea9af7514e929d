"""The wire to 3PL Warehouse Manager: one function that every request goes through.

It is asked for ``application/hal+json``: the spelling of names depends on that header alone. Tokens live for half an
hour to an hour and are kept by whoever made this; a request that a token was refused for was not done, so it is made
once more with another one.
"""

import base64
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx

from carts.marketplaces.exchange import WireExchange
from core.common import json_documents
from core.common.bounded_http import BoundedHttp
from core.common.remote import Disconnected, Rejected, Unavailable
from shipping.warehouses.base import Meter, TokenKeeper
from shipping.warehouses.extensiv import refusals, shown_fields

HAL = "application/hal+json"
PLAIN_LISTS = ("summaries", "resourceList")  # of stock; and of a server that doesn't listen to what it is asked for
TOKENS = "/AuthServer/api/Token"
UNREADABLE = "3PL Warehouse Manager’s response could not be read."
UNREACHABLE = "3PL Warehouse Manager can’t be reached."
TOKEN_LIFE = timedelta(minutes=30)  # where it doesn't say
MOST_SECONDS = 30.0
REQUEST_IDS = ("x-request-id", "request-id", "x-correlation-id")  # undocumented: whatever stands in front may add one
_DOCUMENT = "integration_manager.document"  # what was read of an answer, among its own extensions
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Account:
    """What its support portal hands out for one customer of the 3PL, or for several."""

    base_url: str
    client_id: str
    client_secret: str
    user_login: str
    tpl: str = ""  # the key of the 3PL; only some credentials need it

    def __repr__(self) -> str:
        return f"Account({self.client_id})"


@dataclass(frozen=True, slots=True)
class HalAnswer:
    """A success: the document, and the version it has."""

    body: Mapping[str, Any]
    etag: str = ""

    def embedded(self) -> list[Mapping[str, Any]]:
        """Return the rows of a list. Raises Unavailable where it is none: an empty list must be said to be empty."""
        lists = self.body.get("_embedded")
        plain = next((self.body[name] for name in PLAIN_LISTS if name in self.body), None)
        rows = next(iter(lists.values()), None) if isinstance(lists, Mapping) else plain
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
            if self.body.get("totalResults") == 0:
                return []
            raise Unavailable(UNREADABLE)
        return rows


class ExtensivClient:
    """Speaks with one set of credentials. Not for two threads."""

    def __init__(
        self,
        account: Account,
        tokens: TokenKeeper,
        http: BoundedHttp,
        meter: Meter,
        on_exchange: Callable[[WireExchange], None] | None = None,
    ) -> None:
        self._account, self._tokens, self._http, self._meter = account, tokens, http, meter
        self._on_exchange = on_exchange

    def get(self, path: str, **query: str | int) -> HalAnswer:
        return self._ask("GET", path, query=query)

    def post(self, path: str, document: Mapping[str, Any], *, etag: str = "") -> HalAnswer:
        return self._ask("POST", path, document=document, etag=etag)

    def pages(self, path: str, size: int, **query: str | int) -> Iterator[list[Mapping[str, Any]]]:
        """Yield a list page by page, all of it or an error. For lists that don't change under one's hands."""
        number, seen = 1, 0
        while True:
            answer = self.get(path, pgsiz=size, pgnum=number, **query)
            rows, total = answer.embedded(), answer.body.get("totalResults")
            if not isinstance(total, int):
                raise Unavailable(UNREADABLE)
            yield rows
            seen, number = seen + len(rows), number + 1
            if seen >= total:
                return
            if not rows:
                raise Unavailable("3PL Warehouse Manager’s list ended before its end.")

    def prove(self) -> None:
        """Get a new token. Raises Disconnected when the credentials are refused."""
        self._fetch_token()

    # -- one request
    def _ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int] | None = None,
        document: Mapping[str, Any] | None = None,
        etag: str = "",
    ) -> HalAnswer:
        token = self._tokens.token(self._fetch_token)
        answer = self._send(method, path, token, query, document, etag)
        if answer.status_code == 401:  # it was not done
            token = self._tokens.token(self._fetch_token, refused=token)
            answer = self._send(method, path, token, query, document, etag)
        return self._judged(answer)

    def _send(
        self,
        method: str,
        path: str,
        token: str,
        query: Mapping[str, str | int] | None,
        document: Mapping[str, Any] | None,
        etag: str,
    ) -> httpx.Response:
        headers = {"accept": HAL, "authorization": f"Bearer {token}"}
        content = None
        if document is not None:
            content = json_documents.write(document)
            headers["content-type"] = HAL
        if etag:
            headers["if-match"] = etag
        return self._over_the_wire(method, path, headers=headers, params=query or None, content=content)

    def _over_the_wire(self, method: str, path: str, **request: Any) -> httpx.Response:
        sent, begun = len(request.get("content") or b""), time.monotonic()
        try:
            answer = self._http.ask(
                method, self._account.base_url + path, call=_named(method, path), seconds=MOST_SECONDS, **request
            )
        except httpx.RequestError:
            self._meter(calls=1, sent=sent, failed=1)
            self._tell(method, path, request, None, begun, sent, None)
            raise Unavailable(UNREACHABLE) from None
        received = int(answer.extensions.get("bytes_received", len(answer.content)))
        self._meter(calls=1, sent=sent, received=received, failed=int(not answer.is_success))
        self._tell(method, path, request, answer, begun, sent, received)
        return answer

    def _tell(
        self,
        method: str,
        path: str,
        request: Mapping[str, Any],
        answer: httpx.Response | None,
        begun: float,
        sent: int,
        received: int | None,
    ) -> None:
        if self._on_exchange is None:
            return
        content = request.get("content")
        told = WireExchange(
            operation=f"{method} {_plain(path)}",
            method=method,
            path=urlsplit(self._account.base_url).path + path,
            status=None if answer is None else answer.status_code,
            milliseconds=round((time.monotonic() - begun) * 1000),
            request_id="" if answer is None else _request_id(answer),
            request=shown_fields.document(json_documents.read(content) if content else request.get("params")),
            answer="" if answer is None else _shown(answer),
            sent=sent,
            received=received,
        )
        self._on_exchange(told)

    def _judged(self, answer: httpx.Response) -> HalAnswer:
        if answer.status_code == 204:
            return HalAnswer({}, answer.headers.get("etag", ""))
        body = _json_or_none(answer)
        if not answer.is_success:
            raise refusals.error(answer.status_code, body, retry_in=_retry_in(answer))
        if not isinstance(body, dict):
            raise Unavailable(UNREADABLE)
        if any(name[:1].isupper() for name in body):
            body = _in_camel_case(body)
        return HalAnswer(body, answer.headers.get("etag", ""))

    def _fetch_token(self) -> tuple[str, timedelta]:
        account = self._account
        secret = base64.b64encode(f"{account.client_id}:{account.client_secret}".encode()).decode()
        # Numbers are sent as an id, names as a login: public clients do either.
        login = "user_login_id" if account.user_login.isdigit() else "user_login"
        asked = {"grant_type": "client_credentials", login: account.user_login}
        if account.tpl:
            asked["tpl"] = account.tpl
        headers = {"authorization": f"Basic {secret}", "content-type": "application/json", "accept": "application/json"}
        answer = self._over_the_wire("POST", TOKENS, headers=headers, content=json_documents.write(asked))
        body = _json_or_none(answer)
        if answer.status_code in (400, 401, 403):
            raise Disconnected(
                "3PL Warehouse Manager doesn’t accept the client ID, secret and user login. Check them in its Support "
                "Portal, under Manage Credentials."
            )
        token = body.get("access_token") if answer.is_success and isinstance(body, dict) else None
        if not isinstance(token, str) or not token:
            raise refusals.error(max(answer.status_code, 500), None, retry_in=_retry_in(answer))
        seconds = body.get("expires_in") if isinstance(body, dict) else None
        return token, timedelta(seconds=seconds) if isinstance(seconds, int) and seconds > 0 else TOKEN_LIFE


def is_gone(error: Rejected) -> bool:
    """Whether what was asked for is not there."""
    return error.code == "404"


def _named(method: str, path: str) -> str:
    """Name a request by what is the same in all of its kind."""
    return f"extensiv {method} {_plain(path)}"


def _plain(path: str) -> str:
    return _NUMBER.sub("N", path.partition("?")[0])


def _request_id(answer: httpx.Response) -> str:
    """Return what its support may find a request by, where it says so."""
    return next((answer.headers[name] for name in REQUEST_IDS if name in answer.headers), "")[:80]


def _in_camel_case(value: Any) -> Any:
    """Return a document with the first letter of each name small: some servers write them the other way."""
    if isinstance(value, dict):
        return {name[:1].lower() + name[1:]: _in_camel_case(inner) for name, inner in value.items()}
    return [_in_camel_case(each) for each in value] if isinstance(value, list) else value


def _json_or_none(answer: httpx.Response) -> Any:
    """Return the answer's JSON; None where there is none, and the text where something else spoke. Read once."""
    if _DOCUMENT not in answer.extensions:
        answer.extensions[_DOCUMENT] = _read(answer)
    return answer.extensions[_DOCUMENT]


def _shown(answer: httpx.Response) -> str:
    return shown_fields.answered(_json_or_none(answer), len(answer.content), went_well=answer.is_success)


def _read(answer: httpx.Response) -> Any:
    if not answer.content:
        return None
    try:
        return json_documents.read(answer.content)
    except (ValueError, RecursionError):
        return answer.text[:200]


def _retry_in(answer: httpx.Response) -> timedelta | None:
    said = answer.headers.get("retry-after", "")
    return timedelta(seconds=min(int(said), 3600)) if said.isdigit() else None
