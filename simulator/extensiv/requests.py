"""What comes in over HTTP and what goes out, and how 3PL Warehouse Manager says no."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

MOST_BYTES = 5_000_000
NAMESPACE = "WMS.V2.Generic.Models.Exceptions"


class ExtensivRefusal(Exception):
    """An answer that is no success. ``body`` is sent as it is: its names are in PascalCase whatever was asked for."""

    def __init__(self, status: int, body: Mapping[str, Any] | None = None) -> None:
        super().__init__(str(body))
        self.answered_with, self.body = status, body


def invalid(model: str, code: str, name: str, value: Any = None, hint: str = "") -> ExtensivRefusal:
    """A value that was sent is no good: 400."""
    properties = [{"Name": name, "Value": value}]
    return _refused(400, "ModelValidationException", code, hint, ModelType=model, Properties=properties)


def not_now(action: str, code: str, hint: str = "") -> ExtensivRefusal:
    """The order is in no state for what is asked: 403."""
    return _refused(403, "OperationException", code, hint, ActionNameType="Order", ActionName=action)


def bad_query(name: str, hint: str = "") -> ExtensivRefusal:
    """A parameter of the query is no good: 400."""
    return _refused(400, "QueryParameterException", "ValueNotSupported", hint, Parameters=[{"Name": name}])


def not_allowed(hint: str) -> ExtensivRefusal:
    """These credentials may not see or do it: 403."""
    return _refused(403, "AuthorizationException", "NotAuthorized", hint)


def _refused(status: int, kind: str, code: str, hint: str, **more: Any) -> ExtensivRefusal:
    typed = f"{NAMESPACE}.{kind}, WMS.V2.Generic.Models"
    return ExtensivRefusal(status, {"$type": typed, "ErrorCode": code, "Hint": hint, **more})


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One request."""

    method: str
    path: str
    query: Mapping[str, str]  # names in lower case
    headers: Mapping[str, str]  # likewise
    body: bytes
    prefix: str = ""  # of all paths, where it shares a port

    @property
    def speaks_hal(self) -> bool:
        return "hal+json" in self.headers.get("accept", "").lower()

    def number(self, name: str, default: int) -> int:
        text = self.query.get(name, "")
        if not text:
            return default
        if not text.isdigit() or int(text) < 1:
            raise bad_query(name)
        return int(text)

    def document(self) -> dict[str, Any]:
        """The body as a JSON object with names in camelCase, whichever way it was written."""
        try:
            document = json.loads(self.body or b"{}")
        except ValueError:
            raise invalid("Body", "Required", "body", hint="The body is not JSON.") from None
        if not isinstance(document, dict):
            raise invalid("Body", "Required", "body", hint="The body is not a JSON object.")
        camel: dict[str, Any] = in_camel_case(document)
        return camel

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


@dataclass(slots=True)
class ApiAnswer:
    """One answer."""

    status: int
    body: bytes = b""
    content_type: str = "application/json; charset=utf-8"
    headers: list[tuple[str, str]] = field(default_factory=list)

    @property
    def line(self) -> str:
        return f"{self.status} {HTTPStatus(self.status).phrase}"

    def all_headers(self) -> list[tuple[str, str]]:
        if self.status == 204:
            return self.headers
        given = {name.lower() for name, _ in self.headers}
        length = [] if "content-length" in given else [("Content-Length", str(len(self.body)))]
        return [("Content-Type", self.content_type), *length, *self.headers]


def in_camel_case(value: Any) -> Any:
    """Return a document with the first letter of each name small."""
    if isinstance(value, dict):
        return {name[:1].lower() + name[1:]: in_camel_case(inner) for name, inner in value.items()}
    return [in_camel_case(inner) for inner in value] if isinstance(value, list) else value


def in_pascal_case(value: Any) -> Any:
    """Return a document with the first letter of each name capital."""
    if isinstance(value, dict):
        return {name[:1].upper() + name[1:]: in_pascal_case(inner) for name, inner in value.items()}
    return [in_pascal_case(inner) for inner in value] if isinstance(value, list) else value


def written(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
