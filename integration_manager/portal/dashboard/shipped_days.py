"""What was shipped, day by day: how much, and how much of it in time."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from core.ui.day_bars import DayBar, day_bars
from shipping.performance.flow_steps import Flowed


@dataclass(frozen=True, slots=True)
class ShippedDays:
    """``on_time`` is the share of the orders with a ship-by time that were shipped by then, in per cent."""

    days: Sequence[DayBar]
    on_time: int | None
    promised: int  # orders the share is of

    @property
    def total(self) -> int:
        return sum(day.number for day in self.days)


def shipped_days(flowed: Flowed, *, now: datetime, zone: tzinfo) -> ShippedDays:
    """Return the last two weeks where the organization is, by when the portal was told that an order left whole."""
    bars = day_bars({day: counts["shipped"] for day, counts in flowed.days.items()}, today=now.astimezone(zone).date())
    shown = [flowed.days.get(bar.day, Counter()) for bar in bars]
    promised, late = sum(each["promised"] for each in shown), sum(each["late"] for each in shown)
    return ShippedDays(bars, _share(promised - late, promised), promised)


def _share(part: int, whole: int) -> int | None:
    """Rounded down: 100 per cent means that none was late."""
    return 100 * part // whole if whole else None
