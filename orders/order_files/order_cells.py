"""What stands in the cells of a client's file: dates in its own order of day and month, amounts, whole units. Pure."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.db import models

FIRST_YEAR, LAST_YEAR = 1995, 2200
MOST_UNITS = 999_999
ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
PARTS = re.compile(r"(\d{1,2})([./-])(\d{1,2})[./-](\d{4}|\d{2})")
TIMED = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*")
AMOUNT = re.compile(r"-?\d[\d.,' ]*")
SIGNS = re.compile(r"[A-Z]{3}|[$€£¥]|\s")


class DateOrder(models.TextChoices):
    """How a file writes dates that do not begin with the year."""

    DAY_FIRST = "day", "Day first: 28.11.2026, 28/11/2026"
    MONTH_FIRST = "month", "Month first: 11/28/2026"


class NotWritten(ValueError):
    """The message goes on after the column's name and the cell: "is no date like 2026-11-28"."""


def guess_order(cells: Iterable[str]) -> DateOrder | None:
    """Return how dates are written, where a day beyond 12 or a point between tells; None where it may be either."""
    found = None
    for cell in cells:
        if parts := PARTS.match(cell):
            first, sign, second, _ = parts.groups()
            if int(second) > 12:
                return DateOrder.MONTH_FIRST
            if int(first) > 12:
                return DateOrder.DAY_FIRST
            found = DateOrder.DAY_FIRST if sign == "." else found
    return found


def day(cell: str, order: DateOrder | None) -> str:
    """Return a day or a moment as ISO 8601, "" where there is none. Raises NotWritten."""
    if not cell:
        return ""
    try:
        if TIMED.fullmatch(cell):
            return _between(datetime.fromisoformat(cell.replace(" ", "T", 1).replace(" ", ""))).isoformat()
        if found := ISO.match(cell):
            return _between(date(*map(int, found.groups()))).isoformat()
        if found := PARTS.match(cell):
            first, _, second, year = found.groups()
            if order is None:
                raise NotWritten("may be read in two ways. Say above whether the day or the month stands first")
            days, month = (first, second) if order is DateOrder.DAY_FIRST else (second, first)
            return _between(date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(days))).isoformat()
    except NotWritten:
        raise
    except ValueError:
        pass
    raise NotWritten("is no date like 2026-11-28")


def _between(read: date) -> date:
    if not FIRST_YEAR <= read.year <= LAST_YEAR:
        raise NotWritten(f"is not between {FIRST_YEAR} and {LAST_YEAR}")
    return read


def amount(cell: str) -> str:
    """Return an amount with a point before its cents, "" where there is none. Raises NotWritten."""
    written = SIGNS.sub("", cell.upper()).replace("'", "")
    if not written:
        return ""
    if not AMOUNT.fullmatch(written):
        raise NotWritten("is no amount like 19.99")
    points, commas = written.count("."), written.count(",")
    if points and commas:  # the later one stands before the cents
        cents = max(written.rfind("."), written.rfind(","))
        written = f"{re.sub('[.,]', '', written[:cents])}.{written[cents + 1 :]}"
    elif points + commas > 1:
        written = re.sub("[.,]", "", written)
    elif points + commas == 1:
        whole, cents_ = re.split("[.,]", written)
        if len(cents_) == 3 and whole.strip("-0"):
            raise NotWritten("may be thousands or not. Write it like 1234.50")
        written = f"{whole}.{cents_}"
    read = Decimal(written.rstrip("."))
    if abs(read) >= 10**12:
        raise NotWritten("is no amount like 19.99")
    return format(read, "f")


def units(cell: str) -> str:
    """Return a whole number of units, at least one: also of "2.0". Raises NotWritten."""
    written = re.sub(r"[.,]0+\Z", "", cell)
    if not (written.isascii() and written.isdecimal() and len(written) <= 6 and 1 <= int(written) <= MOST_UNITS):
        raise NotWritten(f"is no whole number from 1 to {MOST_UNITS:,}" if cell else "is missing")
    return str(int(written))
