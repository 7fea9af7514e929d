"""The body of a request: JSON as it is meant, and nothing that two readers would read as two things.

Refused with a sentence: other encodings than UTF-8, a name twice in one object, NaN, NUL and halves of characters,
numbers nobody can hold, what is nested too deep, and more bytes than one request may bring.
"""

import json
import re
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.parsers import BaseParser

from core.api.problems import Problem

DEEPEST = 20
LONGEST_NUMBER = 30  # digits
BRACKETS = re.compile(r"[\[\]{}]")


class JsonBody(BaseParser):
    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        request = (parser_context or {})["request"]
        if request.META.get("HTTP_CONTENT_ENCODING", "identity").lower() not in {"", "identity"}:
            raise Problem("wrong_media_type", "Compressed bodies are not taken. Send it without “Content-Encoding”.")
        if (charset := _charset(media_type or "")) not in {"utf-8", "utf8"}:
            raise Problem("wrong_media_type", f"Send the body in UTF-8, not in {charset[:20]}.")
        return read(stream.read(settings.MOST_SENT + 1))


def read(body: bytes) -> Any:
    """Return what is written. Raises Problem."""
    if len(body) > settings.MOST_SENT:
        raise Problem("too_large", f"A request may have up to {settings.MOST_SENT:,} bytes.")
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise Problem("unreadable", f"The body is not UTF-8: byte {error.start} can't be read.") from None
    if text.startswith("\ufeff"):
        raise Problem("unreadable", "The body begins with a byte order mark. Leave it out.")
    if deepest(text) > DEEPEST:
        raise Problem("unreadable", f"The body is nested deeper than {DEEPEST}.")
    try:
        found = json.loads(text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_number)
    except json.JSONDecodeError as error:
        raise Problem("unreadable", f"The body is not JSON: line {error.lineno}, column {error.colno}.") from None
    except RecursionError:
        raise Problem("unreadable", f"The body is nested deeper than {DEEPEST}.") from None
    if "\\u" in text:
        _check_signs(found)
    elif "\0" in text:
        raise Problem("unreadable", "The body holds NUL, which no text has.")
    return found


def deepest(text: str) -> int:
    """Return how deep objects and lists are nested, outside of texts."""
    depth = most = 0
    parts = text.replace("\\\\", "").replace('\\"', "").split('"')
    for outside in parts[::2]:
        for sign in BRACKETS.findall(outside):
            if sign in "[{":
                depth += 1
                most = max(most, depth)
            else:
                depth -= 1
    return most


def _charset(media_type: str) -> str:
    parts = [part.strip().partition("=") for part in media_type.split(";")[1:]]
    return next((value.strip('" ').lower() for name, _, value in parts if name.lower() == "charset"), "utf-8")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Problem("unreadable", f"One object has “{twice[:60]}” twice.")
    return made


def _constant(word: str) -> Any:
    raise Problem("unreadable", f"{word} is not JSON.")


def _number(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise Problem("unreadable", f"A number has more than {LONGEST_NUMBER} digits.")
    return int(digits)


def _check_signs(value: Any) -> None:
    """Refuse what no database holds, written as escapes."""
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
            raise Problem("unreadable", "A text holds NUL or half of a character.")
    elif isinstance(value, dict):
        for name, inner in value.items():
            _check_signs(name)
            _check_signs(inner)
    elif isinstance(value, list):
        for inner in value:
            _check_signs(inner)
