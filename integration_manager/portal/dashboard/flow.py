"""The flow: how many orders took each step in the last hour and day, and today beside the usual day of the week."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Any

from core.accounts.access import Access
from shipping.performance import flow_steps
from shipping.performance.flow_steps import Counts

STEPS = {
    "downloaded": ("Downloaded", "cart → here"),
    "handed_over": ("Handed over", "here → warehouse"),
    "shipped": ("Shipped", "warehouse → buyer"),
    "confirmed": ("Confirmed", "here → cart"),
}
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
HOURS = 24  # of the plot
WEEKS = 4  # that make up what is usual
READ = WEEKS * WEEK + 2 * DAY  # so far back is read: the day then began more than a day ago where clocks went back


@dataclass(frozen=True, slots=True)
class FlowRow:
    """One step of the way. ``usual`` is the mean of the same days of the week before, until this time of day."""

    label: str
    way: str
    hour: int
    day: int
    today: int
    usual: int | None  # None: there was no such day yet


@dataclass(frozen=True, slots=True)
class HourRow:
    began_at: datetime
    numbers: Sequence[int]


@dataclass(frozen=True, slots=True)
class Flow:
    rows: Sequence[FlowRow]
    weekday: str
    hours: Sequence[HourRow]

    @property
    def labels(self) -> Sequence[str]:
        return [row.label for row in self.rows]

    @property
    def plot(self) -> dict[str, Any]:
        """What static/plot.js draws."""
        return {
            "moments": [int(row.began_at.timestamp()) for row in self.hours],
            "names": self.labels,
            "values": [list(column) for column in zip(*(row.numbers for row in self.hours), strict=True)],
        }


def of_day(access: Access, steps: Mapping[datetime, Counts], *, now: datetime) -> Flow:
    """Return the flow from what was read: at least READ back."""
    zone = access.organization.zone
    hour = flow_steps.between(access.organization, now - HOUR, now=now)
    day = _sum(steps, flow_steps.floor(now - DAY) + flow_steps.STEP, now)
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
    today, usual = _sum(steps, midnight, now), _usual(steps, now, zone)
    rows = [
        FlowRow(label, way, hour[name], day[name], today[name], None if usual is None else round(usual[name]))
        for name, (label, way) in STEPS.items()
    ]
    return Flow(rows, f"{now.astimezone(zone):%A}", _by_hour(steps, now))


def _usual(steps: Mapping[datetime, Counts], now: datetime, zone: tzinfo) -> dict[str, float] | None:
    """Return the mean of the days a week, two, three and four ago, each until this time of day. A day before the
    first that anything is known of is left out."""
    first = min(steps, default=now)
    there = now.astimezone(zone)
    sums = []
    for weeks in range(1, WEEKS + 1):
        day = there.date() - weeks * WEEK
        if first <= datetime.combine(day + DAY, time(), zone):
            begin = datetime.combine(day, time(), zone)
            sums.append(_sum(steps, begin, datetime.combine(day, there.time(), zone)))
    if not sums:
        return None
    whole = sum(sums, Counter[str]())
    return {name: whole[name] / len(sums) for name in STEPS}


def _sum(steps: Mapping[datetime, Counts], begin: datetime, end: datetime) -> Counts:
    """Add the quarters that began from ``begin`` until before ``end``."""
    whole: Counts = Counter()
    for began_at, counts in steps.items():
        if begin <= began_at < end:
            whole.update(counts)
    return whole


def _by_hour(steps: Mapping[datetime, Counts], now: datetime) -> list[HourRow]:
    last = flow_steps.floor(now).replace(minute=0)
    by_hour: dict[datetime, Counts] = {last - back * HOUR: Counter() for back in reversed(range(HOURS))}
    for began_at, counts in steps.items():
        if (hour := began_at.replace(minute=0)) in by_hour:
            by_hour[hour].update(counts)
    return [HourRow(hour, [counts[name] for name in STEPS]) for hour, counts in by_hour.items()]
