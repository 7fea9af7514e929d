"""Single values as old clients write them, and as they read them: numbers and booleans as texts, dates unpadded."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
MOMENT = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|[+-]?\d{2}:?\d{2})?")
MOST_DIGITS = 14
EARLIEST, LATEST = 1995, 2200


class NotWritten(ValueError):
    """The message goes on after the name of the field: "is no date like 2026-11-28"."""


def text(value: Any) -> str:
    """Return a text, or a number as one; None is none."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise NotWritten("has to be a text")
    return str(value)


def flag(value: Any) -> str:
    """Return Y, N, or nothing where nothing was said."""
    if value is None or value == "":
        return ""
    said = str(value).strip().upper() if isinstance(value, (str, bool, int)) else "?"
    if said in ("Y", "YES", "TRUE", "1"):
        return "Y"
    if said in ("N", "NO", "FALSE", "0"):
        return "N"
    raise NotWritten("has to be true or false, or Y or N")


def day_or_moment(value: Any) -> str:
    """Return a day or a moment as ISO 8601, the moment in UTC. One without a zone is UTC."""
    written = text(value)
    if not written:
        return ""
    if found := DAY.fullmatch(written):
        return _built(lambda: date(*map(int, found.groups()))).isoformat()
    return moment(written).isoformat()


def moment(written: str) -> datetime:
    """Read a day, or a moment, as a moment in UTC. A blank before an offset was a plus that nobody escaped."""
    if found := DAY.fullmatch(written):
        day: date = _built(lambda: date(*map(int, found.groups())))
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    found = MOMENT.fullmatch(written)
    if found is None:
        raise NotWritten("is no date like 2026-11-28, and no moment like 2026-11-28T15:30:00+00:00")
    *parts, zone = found.groups()
    offset = "+00:00" if zone in (None, "Z") else zone if zone[0] in "+-" else f"+{zone}"
    year, month, day_, hour, minute, second = (int(part or 0) for part in parts)
    iso = f"{year:04}-{month:02}-{day_:02}T{hour:02}:{minute:02}:{second:02}{offset}"
    read: datetime = _built(lambda: datetime.fromisoformat(iso))
    return read.astimezone(UTC)


def _built(make: Any) -> Any:
    try:
        made = make()
    except (ValueError, OverflowError):
        raise NotWritten("is a day or a time that there is not") from None
    if not EARLIEST <= made.year <= LATEST:
        raise NotWritten(f"is not between {EARLIEST} and {LATEST}")
    return made


def amount(value: Any) -> str:
    written = text(value)
    if not written:
        return ""
    try:
        read = Decimal(written)
    except InvalidOperation:
        raise NotWritten("has to be an amount like 19.99") from None
    if not read.is_finite() or abs(read) >= 10**MOST_DIGITS:
        raise NotWritten("has to be an amount like 19.99")
    return format(read, "f")


def units(value: Any, *, most: int) -> str:
    """Return a whole number of units, at least one: also of "8.0000"."""
    wrong = NotWritten(f"has to be a whole number from 1 to {most:,}")
    try:
        read = Decimal(amount(value) or 0)
    except NotWritten:
        raise wrong from None
    if read != read.to_integral_value() or not 1 <= read <= most:
        raise wrong
    return str(int(read))


# -- As they are read --------------------------------------------------------------------------------------------------
def shown(value: str | None) -> str | None:
    """Nothing is null."""
    return value or None


def number(value: Decimal | int | None) -> str | None:
    return None if value is None else format(Decimal(value), "f")


def yes(value: bool) -> str:
    return "Y" if value else "N"


def stamp(value: datetime | None) -> str | None:
    """A moment in UTC, with ``+00:00`` and without fractions."""
    return None if value is None else value.astimezone(UTC).replace(microsecond=0).isoformat()
