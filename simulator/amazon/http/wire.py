"""What comes in over HTTP and what goes out, without any framework."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit


@dataclass(slots=True)
class Call:
    """One request to the simulator."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes
    base_url: str
    now: datetime
    seller_id: str = ""  # set once the access token is checked
    fault: str = ""  # the kind of a fault that the operation itself must play

    @property
    def silent(self) -> bool:
        """A fault: say yes and do nothing."""
        return self.fault == "silent"

    def one(self, name: str, default: str = "") -> str:
        """The first value of a query parameter."""
        return self.query.get(name, [default])[0]

    def many(self, name: str) -> list[str]:
        """All values of a query parameter, repeated or joined by commas: Amazon's clients send both."""
        return [part for value in self.query.get(name, []) for part in value.split(",") if part]

    def form(self) -> dict[str, str]:
        """The body as an HTML form."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def document(self) -> dict[str, Any]:
        """The body as a JSON object, or a refusal as Amazon words it."""
        try:
            document = json.loads(self.body or b"{}")
        except ValueError:
            raise Refusal(400, "InvalidInput", "Request body is not valid JSON.") from None
        if not isinstance(document, dict):
            raise Refusal(400, "InvalidInput", "Request body must be a JSON object.")
        return document


@dataclass(slots=True)
class Answer:
    """One answer of the simulator."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: list[tuple[str, str]] = field(default_factory=list)

    @property
    def line(self) -> str:
        """The status line, as WSGI wants it."""
        return f"{self.status} {HTTPStatus(self.status).phrase}"

    def all_headers(self) -> list[tuple[str, str]]:
        """Headers to send. A 204 has neither a type nor a length."""
        if self.status == 204:
            return self.headers
        given = {name.lower() for name, _ in self.headers}
        length = [] if "content-length" in given else [("Content-Length", str(len(self.body)))]
        return [("Content-Type", self.content_type), *length, *self.headers]


class Refusal(Exception):
    """Amazon's way of saying no: a status and one error in a list."""

    def __init__(self, status: int, code: str, message: str, details: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.error = {"code": code, "message": message, "details": details}

    def answer(self) -> Answer:
        """The refusal as it goes over the wire."""
        return json_answer({"errors": [self.error]}, self.status)


def json_answer(document: Any, status: int = 200) -> Answer:
    """A JSON document."""
    return Answer(status, json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode())


def html_answer(page: str, status: int = 200) -> Answer:
    """A page for people."""
    return Answer(status, page.encode(), "text/html; charset=utf-8", [("Referrer-Policy", "no-referrer")])


def redirect(url: str, parameters: Mapping[str, str] | None = None, status: int = 302) -> Answer:
    """Send the browser elsewhere; parameters are added to those the address already has."""
    parts = urlsplit(url)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *(parameters or {}).items()])
    location = urlunsplit((parts.scheme, parts.netloc, parts.path, query, parts.fragment))
    return Answer(status, headers=[("Location", location), ("Referrer-Policy", "no-referrer")])


def read_call(environ: Mapping[str, Any], base_url: str, now: datetime) -> Call:
    """Read a WSGI environ. The Host header is not looked at: some clients send a wrong one."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length) if length else b""
    if not length and environ.get("REQUEST_METHOD") in {"POST", "PUT", "PATCH"}:
        body = environ["wsgi.input"].read()
    headers = {key[5:].replace("_", "-").lower(): value for key, value in environ.items() if key.startswith("HTTP_")}
    headers["content-type"] = environ.get("CONTENT_TYPE", "")
    return Call(
        method=environ["REQUEST_METHOD"],
        path=_text(environ.get("PATH_INFO", "/")) or "/",
        query=parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True),
        headers=headers,
        body=body,
        base_url=base_url or _own_address(environ),
        now=now,
    )


def _own_address(environ: Mapping[str, Any]) -> str:
    name, port = environ.get("SERVER_NAME", ""), str(environ.get("SERVER_PORT") or "")
    host = name if name and not name.endswith(".invalid") else "127.0.0.1"  # waitress does not tell its own name
    return f"{environ.get('wsgi.url_scheme', 'http')}://{host}" + (f":{port}" if port not in {"", "0", "None"} else "")


def _text(path: str) -> str:
    """WSGI gives bytes dressed as Latin-1; in-process transports give text."""
    try:
        return path.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return path


def stamp(moment: datetime) -> str:
    """A moment as Amazon writes it. Sorted as text these are sorted in time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def moment(text: str) -> datetime:
    """A moment as clients write it; ValueError when it is no ISO 8601 date and time with an offset."""
    if "T" not in text:
        raise ValueError(text)
    read = datetime.fromisoformat(text)
    if read.tzinfo is None:
        raise ValueError(text)
    return read.astimezone(UTC)


def merged(base: Any, over: Any) -> Any:
    """``over`` laid deep over ``base``: objects key by key, lists place by place, None takes a key away."""
    if isinstance(base, dict) and isinstance(over, Mapping):
        both = {key: merged(base.get(key), value) for key, value in over.items() if value is not None}
        return {**{key: value for key, value in base.items() if key not in over}, **both}
    if isinstance(base, list) and isinstance(over, list) and _objects(over):
        return [merged(base[n] if n < len(base) else {}, value) for n, value in enumerate(over)] + base[len(over) :]
    return over


def _objects(values: Iterable[Any]) -> bool:
    return all(isinstance(value, Mapping) for value in values)
