"""Pages and spans of time of lists. A limit that is too high is lowered to the highest there is, and not refused."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from integration_manager.cartrover import written_values
from integration_manager.cartrover.endpoint import Asked
from integration_manager.cartrover.envelope import Refused

DEFAULT, MOST, LAST_PAGE = 20, 100, 1_000_000


def page_of(asked: Asked, rows: QuerySet[Any] | Sequence[Any]) -> Any:
    """Return the part of a list that is asked for. Raises Refused."""
    limit = min(_number(asked, "limit", DEFAULT), MOST)
    first = (_number(asked, "page", 1) - 1) * limit
    return rows[first : first + limit]


def _number(asked: Asked, name: str, default: int) -> int:
    written = asked.said(name)
    if not written:
        return default
    if not (written.isascii() and written.isdecimal() and 1 <= len(written) <= 7 and 1 <= int(written) <= LAST_PAGE):
        raise Refused(f"{name} has to be a whole number, at least 1.")
    return int(written)


def window_of(asked: Asked) -> tuple[datetime | None, datetime | None]:
    """Return from_date and to_date. A day alone is the whole of it. Raises Refused."""
    since, until = _moment(asked, "from_date"), _moment(asked, "to_date")
    if until is not None and written_values.DAY.fullmatch(asked.said("to_date")):
        until = until.replace(hour=23, minute=59, second=59, microsecond=999_999)
    if since is not None and until is not None and since > until:
        raise Refused("from_date is later than to_date.")
    return since, until


def _moment(asked: Asked, name: str) -> datetime | None:
    written = asked.said(name)
    try:
        return written_values.moment(written) if written else None
    except written_values.NotWritten as fault:
        raise Refused(f"{name} {fault}.") from None
