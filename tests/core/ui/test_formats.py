"""Times and amounts in people's words."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from core.ui import formats

pytestmark = pytest.mark.one_database

NOW = datetime(2026, 11, 21, 10, 41, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("away", "words"),
    [
        (timedelta(seconds=-10), "just now"),
        (timedelta(seconds=-50), "1 min ago"),
        (timedelta(minutes=-4), "4 min ago"),
        (timedelta(minutes=-119), "1 h ago"),
        (timedelta(hours=3), "in 3 h"),
        (timedelta(days=-1), "24 h ago"),
        (timedelta(hours=47, minutes=59), "in 47 h"),
        (timedelta(days=2), "in 2 days"),
        (timedelta(days=-40), "12 Oct 2026"),
    ],
)
def test_a_distance_is_told_in_whole_units(away: timedelta, words: str) -> None:
    assert formats.tell_distance(NOW + away, now=NOW, zone=UTC) == words


def test_a_moment_names_its_zone_and_a_year_only_when_it_is_another() -> None:
    assert formats.tell_moment(NOW, now=NOW, zone=BERLIN) == "21 Nov 11:41 CET"
    assert formats.tell_moment(NOW - timedelta(days=365), now=NOW, zone=UTC) == "21 Nov 2025 10:41 UTC"
    assert formats.tell_moment_fully(NOW, zone=BERLIN) == "Saturday, 21 November 2026, 11:41:00 CET"


def test_a_history_says_today_or_the_day() -> None:
    late = NOW.replace(hour=23, minute=30)

    assert formats.tell_clock(late, now=NOW, zone=UTC) == "Today 23:30:00"
    assert formats.tell_clock(late, now=NOW, zone=BERLIN) == "22 Nov 00:30:00"


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        (Decimal("48.2"), "USD", "$48.20"),
        (Decimal("1200"), "JPY", "¥1,200"),
        (Decimal("12.5"), "KWD", "12.500 KWD"),
        (Decimal("-5"), "EUR", "−€5.00"),
        (0, "PLN", "0.00 PLN"),
        ("19.995", "GBP", "£20.00"),
        (Decimal("7"), "CAD", "CA$7.00"),
        (Decimal("1200"), "KRW", "₩1,200"),
        (Decimal("1200"), "XOF", "1,200 XOF"),
        (Decimal("2"), "QQQ", "2.00 QQQ"),
        (Decimal("2"), "", "2.00"),
    ],
)
def test_an_amount_has_the_digits_of_its_currency(amount: Decimal | int | str, currency: str, words: str) -> None:
    assert formats.tell_money(amount, currency) == words


def test_a_large_number_is_told_with_its_thousands_apart() -> None:
    assert [formats.tell_number(number) for number in (0, 999, 2_500_000)] == ["0", "999", "2,500,000"]


def test_a_float_is_no_money() -> None:
    with pytest.raises(TypeError, match="never a float"):
        formats.tell_money(0.1, "USD")  # type: ignore[arg-type]
