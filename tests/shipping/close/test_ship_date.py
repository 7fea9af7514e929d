"""The ship date: a day somebody named, compared as a moment with the purchase."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from orders.models import Order
from shipping.shipments import ship_date

TOKYO, NEW_YORK = ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")
PLACED = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)  # the 21st in Tokyo, the 20th in New York
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def wrong(day: int, zone: ZoneInfo, now: datetime = NOW) -> str:
    order = Order(placed_at=PLACED)
    moment = ship_date.moment_of(date(2026, 11, day), order, now=now, zone=zone)
    return ship_date.wrong(moment, order, now=now)


def test_the_day_before_the_purchase_in_tokyo_is_before_it_though_it_is_its_day_elsewhere() -> None:
    assert wrong(20, TOKYO) == "The ship date is before the purchase."


@pytest.mark.parametrize(("day", "zone"), [(21, TOKYO), (20, NEW_YORK), (21, NEW_YORK)])
def test_the_day_of_the_purchase_and_later_ones_can_be(day: int, zone: ZoneInfo) -> None:
    assert wrong(day, zone) == ""


def test_a_ship_date_days_ahead_cannot_be_and_one_of_tomorrow_is_asked_about() -> None:
    order = Order(placed_at=PLACED)
    tomorrow = ship_date.moment_of(date(2026, 11, 23), order, now=NOW, zone=ZoneInfo("UTC"))

    assert wrong(25, TOKYO) == "The ship date is in the future."
    assert "in the future" in ship_date.doubt(tomorrow, now=NOW)
    assert ship_date.doubt(NOW, now=NOW) == ""
