"""RQL, as the lists of 3PL Warehouse Manager take it: ``referenceNum==A;readOnly.isClosed==false``.

The server decodes a value twice: what comes here was decoded once, and each value is once more.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from simulator.extensiv.requests import bad_query

Row = Mapping[str, Any]
Condition = Callable[[Row], bool]
_CONDITION = re.compile(
    r"(?P<field>[A-Za-z][\w.]*)(?P<operator>==|!=|=(?:gt|ge|lt|le|in|out|hv)=)(?P<value>\([^()]*\)|[^;,()]*)"
)


def condition(text: str) -> Condition:
    """Return what a row must be. Raises a refusal where the text is no RQL."""
    read, rest = _either(text)
    if rest:
        raise bad_query("rql", f"Cannot read: {rest[:80]}")
    return read


def _either(text: str) -> tuple[Condition, str]:
    first, rest = _both(text)
    several = [first]
    while rest.startswith(","):
        one, rest = _both(rest[1:])
        several.append(one)
    return (first if len(several) == 1 else lambda row: any(one(row) for one in several)), rest


def _both(text: str) -> tuple[Condition, str]:
    first, rest = _one(text)
    several = [first]
    while rest.startswith(";"):
        one, rest = _one(rest[1:])
        several.append(one)
    return (first if len(several) == 1 else lambda row: all(one(row) for one in several)), rest


def _one(text: str) -> tuple[Condition, str]:
    if text.startswith("("):
        inner, rest = _either(text[1:])
        if not rest.startswith(")"):
            raise bad_query("rql", "A parenthesis is not closed.")
        return inner, rest[1:]
    if not (found := _CONDITION.match(text)):
        raise bad_query("rql", f"Cannot read: {text[:80]}")
    return _comparison(found["field"], found["operator"], found["value"]), text[found.end() :]


def _comparison(field: str, operator: str, text: str) -> Condition:
    if operator in ("=in=", "=out="):
        if not text.startswith("("):
            raise bad_query("rql", f"{field}{operator} needs a list in parentheses.")
        values = [unquote(part) for part in text[1:-1].split(",")]
        return lambda row: any(_equal(value_of(row, field), value) for value in values) == (operator == "=in=")
    value = unquote(text)
    if operator == "=hv=":
        return lambda row: (value_of(row, field) not in (None, "")) == (value.lower() == "true")
    if operator in ("==", "!="):
        return lambda row: _equal(value_of(row, field), value) == (operator == "==")
    return lambda row: _ordered(value_of(row, field), operator, value)


def value_of(row: Row, field: str) -> Any:
    """Return the value under a dotted name, whatever the case of its letters."""
    value: Any = row
    for part in field.split("."):
        if not isinstance(value, Mapping):
            return None
        if part in value:
            value = value[part]
            continue
        value = {name.lower(): inner for name, inner in value.items()}.get(part.lower())
    return value


def _equal(value: Any, wanted: str) -> bool:
    if isinstance(value, bool):
        return str(value).lower() == wanted.lower()
    text = "" if value is None else str(value)
    if "*" in wanted:
        pattern = ".*".join(re.escape(part) for part in wanted.split("*"))
        return re.fullmatch(pattern, text, re.IGNORECASE | re.DOTALL) is not None
    return text.lower() == wanted.lower()


def _ordered(value: Any, operator: str, wanted: str) -> bool:
    if value is None:
        return False
    left, right = _pair(value, wanted)
    less, same = left < right, left == right
    return {"=gt=": not less and not same, "=ge=": not less, "=lt=": less, "=le=": less or same}[operator]


def _pair(value: Any, wanted: str) -> tuple[Any, Any]:
    """Return both sides as what they are: numbers, moments, or texts."""
    if isinstance(value, int | float):
        return float(value), _number(wanted)
    try:
        return _moment(str(value)), _moment(wanted)
    except ValueError:
        return str(value), wanted


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=None)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise bad_query("rql", f"{text} is no number.") from None


def arranged(rows: Iterable[Row], sort: str) -> Sequence[Row]:
    """Return the rows in the order that ``sort=a,-b`` asks for."""
    found = list(rows)
    for part in reversed([part for part in sort.split(",") if part]):
        field = part.lstrip("-+")
        found.sort(key=lambda row: _key(value_of(row, field)), reverse=part.startswith("-"))  # noqa: B023 — used at once
    return found


def _key(value: Any) -> tuple[bool, float, str]:
    number = float(value) if isinstance(value, int | float) else 0.0
    return value is not None, number, "" if value is None else str(value)
