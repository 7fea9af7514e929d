"""Moments as the custom store writes them: month first, in UTC, to the minute."""

import re
from datetime import UTC, datetime

WRITTEN = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4})"
    r"(?:[ T+]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([AaPp])?\.?[Mm]?\.?)?\s*(?:UTC|Z|GMT)?",
    re.ASCII,
)
NOON = 12
FORM = "Write it as MM/dd/yyyy HH:mm in UTC, like 03/23/2026 21:09."


class NoDate(ValueError):
    """It is no moment. The message says how one is written."""


def read(text: str) -> datetime:
    """Return a moment in UTC, from "3/7/2024 1:05 PM", "03/07/2024 13:05" and what is seen between the two.

    "21:56 PM" is seen as well: an hour that no half of a day has means itself. ISO 8601 is understood, too. Raises
    NoDate.
    """
    said = text.strip()
    try:
        if found := WRITTEN.fullmatch(said):
            month, day, year, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
            return datetime(year, month, day, _of_day(hour, found[7]), minute, second, tzinfo=UTC)
        moment = datetime.fromisoformat(said)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise NoDate(f"“{said[:30]}” is not a date. {FORM}") from None


def _of_day(hour: int, half: str | None) -> int:
    if half is None or hour > NOON:
        return hour
    return hour % NOON + (NOON if half in "Pp" else 0)


def write(moment: datetime) -> str:
    """Return a moment as the custom store reads it; seconds are cut off."""
    return moment.astimezone(UTC).strftime("%m/%d/%Y %H:%M")
