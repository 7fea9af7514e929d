"""The flow: how many orders took each step in the last hour and day, and today beside the usual day of the week."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from core.accounts.access import Access
from shipping.performance import flow_steps
from shipping.performance.flow_steps import Flowed

STEPS = {
    "downloaded": ("Downloaded", "cart → here"),
    "handed_over": ("Handed over", "here → warehouse"),
    "shipped": ("Shipped", "warehouse → buyer"),
    "confirmed": ("Confirmed", "here → cart"),
}
HOUR, DAY, WEEK = flow_steps.HOUR, timedelta(days=1), timedelta(days=7)
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


def read(access: Access, *, now: datetime) -> Flowed:
    """Read what flowed: the days that make up what is usual, and the quarters of a day, and of then by now."""
    zone = access.organization.zone
    then = [(begin, last + flow_steps.STEP) for _, begin, last in _then(now, zone)]
    return flow_steps.since(access.organization, now - READ, spans=[*then, (now - DAY - 2 * HOUR, now)], now=now)


def _then(now: datetime, zone: tzinfo) -> Iterator[tuple[date, datetime, datetime]]:
    """Yield the same days of the weeks before: when each began, and the quarter that this time of day is in."""
    there = now.astimezone(zone)
    for weeks in range(1, WEEKS + 1):
        day = there.date() - weeks * WEEK
        last = flow_steps.floor(datetime.combine(day, there.time(), zone))
        yield day, datetime.combine(day, time(), zone), last


def of_day(access: Access, flowed: Flowed, *, now: datetime) -> Flow:
    """Return the flow from what was read."""
    zone = access.organization.zone
    hour, day = flowed.last_hour, flowed.between(flow_steps.floor(now - DAY) + flow_steps.STEP, now)
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
    today, usual = flowed.between(midnight, now), _usual(flowed, now, zone)
    rows = [
        FlowRow(label, way, hour[name], day[name], today[name], None if usual is None else round(usual[name]))
        for name, (label, way) in STEPS.items()
    ]
    return Flow(rows, f"{now.astimezone(zone):%A}", _by_hour(flowed, now))


def _usual(flowed: Flowed, now: datetime, zone: tzinfo) -> dict[str, float] | None:
    """Return the mean of the days a week, two, three and four ago, each until this time of day. A day before the
    first that anything is known of is left out.

    Of the quarter of an hour that is not over by this time of day, as large a part is taken as has passed of it now.
    """
    passed = (now - flow_steps.floor(now)) / flow_steps.STEP
    sums = []
    for day, begin, last in _then(now, zone):
        if any(known <= day for known in flowed.days):
            whole, part = flowed.between(begin, last), flowed.between(last, last + flow_steps.STEP)
            sums.append({name: whole[name] + passed * part[name] for name in STEPS})
    return {name: sum(each[name] for each in sums) / len(sums) for name in STEPS} if sums else None


def _by_hour(flowed: Flowed, now: datetime) -> list[HourRow]:
    last = flow_steps.floor(now).replace(minute=0)
    hours = [last - back * HOUR for back in reversed(range(HOURS))]
    counted = [(hour, flowed.between(hour, hour + HOUR)) for hour in hours]
    return [HourRow(hour, [counts[name] for name in STEPS]) for hour, counts in counted]
