"""What a digest counts: told by the apps that know. Each registers when Django starts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # an app registers its counters before any model is loaded
    from core.alerts.audience.recipients import MailScope

DAY = timedelta(days=1)
WEEKS = 4  # what is usual is reckoned from as many


@dataclass(frozen=True, slots=True)
class Span:
    """From ``begin``, up to ``end``."""

    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Figure:
    """How many there were, and how many there usually are at this time of the week; None where nobody can know yet."""

    label: str
    count: int
    usual: float | None = None


# A label, and how many in each of these spans.
DoneCounter = Callable[["MailScope", Sequence[Span]], Sequence[tuple[str, Sequence[int]]]]
# A label, and how many there are now; the first are the worst.
LateCounter = Callable[["MailScope", datetime], Sequence[tuple[str, int]]]
_done: list[DoneCounter] = []
_late: list[LateCounter] = []


def register(done: DoneCounter, late: LateCounter) -> None:
    """Say who counts what was done, and what is late. Saying the same again changes nothing."""
    if done not in _done:
        _done.append(done)
        _late.append(late)


def done(scope: "MailScope", *, now: datetime, zone: tzinfo) -> list[Figure]:
    """Return what was done in the last day, beside the same hours of the weeks before, by the clock of the zone."""
    spans = [Span(begin - DAY, begin) for begin in (_weeks_ago(now, weeks, zone) for weeks in range(WEEKS + 1))]
    found = []
    for counter in _done:
        for label, (count, *before) in counter(scope, spans):
            found.append(Figure(label, count, sum(before) / len(before) if any(before) else None))
    return found


def late(scope: "MailScope", *, now: datetime) -> list[Figure]:
    """Return what is late or soon will be, the worst first; what there is none of, too."""
    return [Figure(label, count) for counter in _late for label, count in counter(scope, now)]


def _weeks_ago(now: datetime, weeks: int, zone: tzinfo) -> datetime:
    """Return when the clock showed the same weeks ago, though it may have been set since."""
    local = now.astimezone(zone)
    return (local.replace(tzinfo=None) - weeks * 7 * DAY).replace(tzinfo=zone)
