"""What was shipped, day by day: how much, and how much of it in time."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from core.ui.day_bars import DayBar, day_bars
from shipping.performance.flow_steps import Counts


@dataclass(frozen=True, slots=True)
class ShippedDays:
    """``on_time`` is the share of the orders with a ship-by time that were shipped by then, in per cent."""

    days: Sequence[DayBar]
    on_time: int | None
    promised: int  # orders the share is of

    @property
    def total(self) -> int:
        return sum(day.number for day in self.days)


def shipped_days(flow: Mapping[datetime, Counts], *, now: datetime, zone: tzinfo) -> ShippedDays:
    """Return the last two weeks where the organization is, by when the portal was told that an order left whole."""
    by_day: dict[date, Counts] = {}
    for began_at, counts in flow.items():
        by_day.setdefault(began_at.astimezone(zone).date(), Counter()).update(counts)
    days = day_bars({day: counts["shipped"] for day, counts in by_day.items()}, today=now.astimezone(zone).date())
    shown = [by_day.get(bar.day, Counter()) for bar in days]
    promised, late = sum(each["promised"] for each in shown), sum(each["late"] for each in shown)
    return ShippedDays(days, _share(promised - late, promised), promised)


def _share(part: int, whole: int) -> int | None:
    """Rounded down: 100 per cent means that none was late."""
    return 100 * part // whole if whole else None
