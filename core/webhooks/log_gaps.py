"""Numbers that are missing in the activity log, which somebody may still fill.

PostgreSQL hands out numbers before a transaction commits: 7 may be there while 6 is still being written. So whoever
reads the log by its numbers remembers what was missing, and looks again until every transaction that was running then
has ended. What is missing by then was rolled back. SQLite lets one write at a time, so nothing is missing there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from django.db import connection

# A number is handed out a moment before its transaction is known by one of its own.
UNKNOWN_FOR = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Horizon:
    """Numbers of transactions: before ``oldest`` all have ended, and ``following`` is the next that begins."""

    oldest: int
    following: int

    @classmethod
    def now(cls) -> "Horizon | None":
        """None where nothing that is missing can come any more."""
        if connection.vendor != "postgresql":
            return None
        asked = "SELECT pg_snapshot_xmin(now)::text::bigint, pg_snapshot_xmax(now)::text::bigint"
        with connection.cursor() as cursor:
            cursor.execute(f"{asked} FROM pg_current_snapshot() AS now")
            oldest, following = cursor.fetchone()
        return cls(oldest, following)


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers from ``first`` to ``last``, seen missing at a time when ``following`` was the next transaction."""

    first: int
    last: int
    following: int
    seen_at: datetime

    @classmethod
    def of_row(cls, row: Sequence[Any]) -> Self:
        return cls(int(row[0]), int(row[1]), int(row[2]), datetime.fromisoformat(row[3]))

    @property
    def kept(self) -> list[Any]:
        return [self.first, self.last, self.following, self.seen_at.isoformat()]

    def is_over(self, before: Horizon, *, now: datetime) -> bool:
        """Whether nobody could fill it any more when ``before`` was asked for."""
        return before.oldest >= self.following and now - self.seen_at >= UNKNOWN_FOR

    def without(self, found: Iterable[int]) -> "list[Gap]":
        """Return what is still missing."""
        left, first = [], self.first
        for number in sorted(each for each in found if self.first <= each <= self.last):
            if number > first:
                left.append(Gap(first, number - 1, self.following, self.seen_at))
            first = number + 1
        if first <= self.last:
            left.append(Gap(first, self.last, self.following, self.seen_at))
        return left


def between(read_to: int, found: Sequence[int], horizon: Horizon, *, now: datetime) -> list[Gap]:
    """Return what is missing between what was read before and the last that was found, in ascending order."""
    if not found:
        return []
    return Gap(read_to + 1, found[-1], horizon.following, now).without(found)
