"""Signs of life. Every process writes its own, and whoever looks compares them by the clock of the database.

Nothing here is compared between the clocks of two machines: those of hosts differ, and then a worker would seem alive
that is not, or the other way round. How far a clock is off is written down with each sign.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from core.common import clock
from core.upkeep.models import Heartbeat

RARELY = 15.0  # seconds between two signs of one thing from one process
FORGOTTEN = timedelta(days=1)  # a worker that was taken away for good

_written: dict[str, float] = {}


@dataclass(frozen=True, slots=True)
class Sign:
    """The last sign of life of something."""

    name: str
    kind: str
    age: timedelta
    busy: bool
    clock_ahead: float


def now() -> datetime:
    """The time of the database, which is nobody's own clock. SQLite's is this machine's."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT statement_timestamp()")
            found: datetime = cursor.fetchone()[0]
            return found
    return clock.now()


def beat(name: str, kind: Heartbeat.Kind, *, busy: bool = False) -> None:
    """Write a sign of life."""
    here, there = clock.now(), now()
    sign = Heartbeat(name=name, kind=kind, at=there, busy=busy, clock_ahead=(here - there).total_seconds())
    Heartbeat.objects.bulk_create(
        [sign], update_conflicts=True, unique_fields=["name"], update_fields=["kind", "at", "busy", "clock_ahead"]
    )


def beat_rarely(name: str, kind: Heartbeat.Kind) -> None:
    """Write a sign of life, unless this process just did."""
    if time.monotonic() - _written.get(name, float("-inf")) >= RARELY:
        beat(name, kind)
        _written[name] = time.monotonic()


def take_turn(name: str, *, every: timedelta) -> bool:
    """Whether it is this process's turn to do what one of several does ``every`` so often."""
    there = now()
    if Heartbeat.objects.filter(name=name, at__lte=there - every).update(at=there):
        return True
    _, made = Heartbeat.objects.get_or_create(name=name, defaults={"kind": Heartbeat.Kind.WATCH, "at": there})
    return made


def signs() -> list[Sign]:
    """Return the last sign of everything, the freshest first."""
    there = now()
    rows: Iterable[Heartbeat] = Heartbeat.objects.filter(at__gt=there - FORGOTTEN).order_by("-at", "name")
    return [Sign(row.name, row.kind, there - row.at, row.busy, row.clock_ahead) for row in rows]
