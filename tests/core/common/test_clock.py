"""A clock that goes on from a time that was passed on."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from core.common import clock


def test_it_counts_whole_seconds_and_parts_of_one_where_they_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    since, moment = datetime(2026, 11, 29, 12, tzinfo=UTC), [100.0]
    monkeypatch.setattr(clock, "time", SimpleNamespace(monotonic=lambda: moment[0]))
    whole, exactly = clock.running(since), clock.running(since, exactly=True)

    moment[0] = 101.5

    assert whole() == since + timedelta(seconds=1)
    assert exactly() == since + timedelta(seconds=1.5)
