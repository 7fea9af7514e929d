"""Moments as shipping desks write them."""

from datetime import UTC, datetime

import pytest

from shipping.warehouses.shipstation import wire_dates
from shipping.warehouses.shipstation.wire_dates import NoDate


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("03/23/2012 21:09", (2012, 3, 23, 21, 9)),
        ("3/7/2024 9:05", (2024, 3, 7, 9, 5)),
        ("12/8/2011 12:56 PM", (2011, 12, 8, 12, 56)),
        ("12/8/2011 12:56 AM", (2011, 12, 8, 0, 56)),
        ("12/8/2011 1:05 pm", (2011, 12, 8, 13, 5)),
        ("12/8/2011 1:05PM", (2011, 12, 8, 13, 5)),
        ("12/8/2011 1:05 a.m.", (2011, 12, 8, 1, 5)),
        ("10/18/2019 21:56 PM", (2019, 10, 18, 21, 56)),
        ("03/23/2012 21:09:30", (2012, 3, 23, 21, 9, 30)),
        ("03/23/2012+21:09", (2012, 3, 23, 21, 9)),
        (" 03/23/2012 ", (2012, 3, 23)),
        ("2026-03-23T21:09:00Z", (2026, 3, 23, 21, 9)),
        ("2026-03-23 21:09", (2026, 3, 23, 21, 9)),
        ("2026-03-23T21:09:00-05:00", (2026, 3, 24, 2, 9)),
    ],
)
def test_a_moment_is_read_in_each_form_that_is_seen(written: str, meant: tuple[int, ...]) -> None:
    assert wire_dates.read(written) == datetime(*meant, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize("written", ["", "yesterday", "23/03/2012 21:09", "02/30/2026 10:00", "03/23/2012 25:00", "0"])
def test_what_is_no_moment_says_how_one_is_written(written: str) -> None:
    with pytest.raises(NoDate, match="MM/dd/yyyy HH:mm in UTC"):
        wire_dates.read(written)


def test_a_moment_is_written_as_it_is_read() -> None:
    moment = datetime(2026, 3, 7, 4, 5, 59, tzinfo=UTC)

    assert wire_dates.write(moment) == "03/07/2026 04:05"
    assert wire_dates.read(wire_dates.write(moment)) == moment.replace(second=0)
