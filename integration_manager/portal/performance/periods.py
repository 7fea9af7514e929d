"""The period an address asks for: one of those offered, or from one day to another."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import QueryDict

PERIODS = {
    "7": "Last 7 days",
    "30": "Last 30 days",
    "90": "Last 90 days",
    "365": "Last 365 days",
    "month": "This month",
    "last-month": "Last month",
}
USUAL = "30"
LONGEST = timedelta(days=3 * 366)


@dataclass(frozen=True, slots=True)
class Period:
    """Days of the organization's, first and last included. ``key`` is empty for one chosen by its days."""

    first: date
    last: date
    key: str = ""
    refused: str = ""  # why it is not what was asked for

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Period":
        """The period as long as this that ended when it began."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    def end(self, most: int) -> "Period":
        """Return its last days, as many as there are at most."""
        return Period(max(self.first, self.last - timedelta(days=most - 1)), self.last)

    @property
    def query(self) -> dict[str, str]:
        """Return what an address needs to ask for it again."""
        return {"period": self.key} if self.key else {"from": self.first.isoformat(), "to": self.last.isoformat()}


def read(query: QueryDict, *, today: date) -> Period:
    """Return the period asked for; the usual one, saying why, where that is none."""
    begin, end = query.get("from", ""), query.get("to", "")
    if not begin and not end:
        key = query.get("period", "") or USUAL
        return _offered(key, today) if key in PERIODS else _usual(today, "There is no such period.")
    try:
        first, last = date.fromisoformat(begin or end), date.fromisoformat(end) if end else today
    except ValueError:
        return _usual(today, "Enter both days as year, month and day, for example 2026-11-30.")
    if first > last:
        return _usual(today, "The first day is after the last one.")
    if last - first > LONGEST or first.year < 2000 or last.year > 2999:
        return _usual(today, "Choose up to three years.")
    return Period(first, last)


def _usual(today: date, refused: str) -> Period:
    usual = _offered(USUAL, today)
    return Period(usual.first, usual.last, usual.key, refused)


def _offered(key: str, today: date) -> Period:
    if key == "month":
        return Period(today.replace(day=1), today, key)
    if key == "last-month":
        end = today.replace(day=1) - timedelta(days=1)
        return Period(end.replace(day=1), end, key)
    return Period(today - timedelta(days=int(key) - 1), today, key)
