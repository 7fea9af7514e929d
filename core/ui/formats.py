"""How times and amounts are told to people. Pure: the time zone and the present are handed in."""

import unicodedata
from datetime import datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import get_currency_symbol

from core.common.money import minor_digits

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ENGLISH = Locale("en")
# Written out: strftime takes several times as long, a page of a list tells a hundred times, and its words are those of
# the machine's language.
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def tell_distance(when: datetime, *, now: datetime, zone: tzinfo) -> str:
    """Return "4 min ago", "in 3 h", or the date when it is more than a month away."""
    away = abs(now - when)
    if away < timedelta(seconds=45):
        return "just now"
    if away >= 30 * DAY:
        return tell_date(when, zone=zone)
    # Whole units, as people read them: 1 h 59 min ago is "1 h ago", never "2 h ago".
    # Up to two days in hours: 47 h told as "1 day" would promise half of what is left.
    if away >= 2 * DAY:
        words = f"{away // DAY} days"
    elif away >= HOUR:
        words = f"{away // HOUR} h"
    else:
        words = f"{max(away // MINUTE, 1)} min"
    return f"{words} ago" if when <= now else f"in {words}"


def tell_due(when: datetime, *, now: datetime, zone: tzinfo) -> str:
    """Return how much time is left, "in 3 h", or how much too late it is, "4 h late"."""
    words = tell_distance(when, now=now, zone=zone)
    if words == "just now":
        return "now"
    return f"{words.removesuffix(' ago')} late" if words.endswith(" ago") else words


def tell_duration(took: timedelta) -> str:
    """Return how long something took in the two units that matter: "4 h 10 min", "2 days 3 h", "35 s"."""
    if took < MINUTE:
        return f"{int(took.total_seconds())} s"
    if took < HOUR:
        return f"{took // MINUTE} min"
    big, unit, small, rest = (DAY, "days", HOUR, "h") if took >= 2 * DAY else (HOUR, "h", MINUTE, "min")
    over = took % big // small
    return f"{took // big} {unit} {over} {rest}" if over else f"{took // big} {unit}"


def tell_share(share: float | Decimal) -> str:
    """Return a share that is given in per cent: "4.5%"."""
    return f"{float(share):g}%"


def tell_number(number: int) -> str:
    """Return a whole number with its thousands apart: "2,500,000"."""
    return f"{number:,}"


def tell_date(when: datetime, *, zone: tzinfo) -> str:
    local = when.astimezone(zone)
    return f"{_day(local)} {local.year}"


def tell_moment(when: datetime, *, now: datetime, zone: tzinfo) -> str:
    """Return "21 Nov 10:29 UTC"; the year is told when it is not this one."""
    local = when.astimezone(zone)
    year = "" if local.year == now.astimezone(zone).year else f" {local.year}"
    return f"{_day(local)}{year} {_hour(local)} {local.tzname()}"


def tell_weekday(when: datetime, *, zone: tzinfo) -> str:
    """Return "Sat 21 Nov, 14:00 PST": for what is due soon."""
    local = when.astimezone(zone)
    return f"{WEEKDAYS[local.weekday()][:3]} {_day(local)}, {_hour(local)} {local.tzname()}"


@lru_cache(maxsize=1024)  # of one report, all rows of a page say the same
def tell_moment_fully(when: datetime, *, zone: tzinfo) -> str:
    """Return the moment to the second, with day, year and zone: what a title says."""
    local = when.astimezone(zone)
    day = f"{WEEKDAYS[local.weekday()]}, {local.day} {MONTHS[local.month - 1]} {local.year}"
    return f"{day}, {_hour(local)}:{local.second:02} {local.tzname()}"


def tell_clock(when: datetime, *, now: datetime, zone: tzinfo) -> str:
    """Return "Today 10:31:04" and "20 Nov 10:31:04" before; for histories that name their zone once."""
    local, today = when.astimezone(zone), now.astimezone(zone)
    if local.date() == today.date():
        return f"Today {_hour(local)}:{local.second:02}"
    year = "" if local.year == today.year else f" {local.year}"
    return f"{_day(local)}{year} {_hour(local)}:{local.second:02}"


def _day(local: datetime) -> str:
    return f"{local.day} {MONTHS[local.month - 1][:3]}"


def _hour(local: datetime) -> str:
    return f"{local.hour:02}:{local.minute:02}"


def tell_money(amount: Decimal | int | str, currency: str) -> str:
    """Return "$48.20", "¥1,200" or "12.500 KWD". A float is refused: it has already lost what we would show."""
    if isinstance(amount, float):
        raise TypeError("money is never a float")
    digits = minor_digits(currency)
    value = Decimal(amount).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    minus, figures = ("−" if value < 0 else ""), f"{abs(value):,}"
    sign = get_currency_symbol(currency, ENGLISH)
    # Signs no reader takes for another currency's, like CA$; what ends with a letter would grow into the figures.
    if unicodedata.category(sign[-1:] or " ") == "Sc":
        return f"{minus}{sign}{figures}"
    return f"{minus}{figures} {currency}".rstrip()
