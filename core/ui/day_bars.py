"""A number a day as bars: places and heights for a picture without a script. The numbers stand beside it as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

HEIGHT = 100  # of the highest bar, in the picture's own units
DAYS = 14


@dataclass(frozen=True, slots=True)
class DayBar:
    day: date
    number: int
    height: int
    place: int  # from the left

    @property
    def top(self) -> int:
        return HEIGHT - self.height


def day_bars(numbers: Mapping[date, int], *, today: date, days: int = DAYS) -> Sequence[DayBar]:
    """Return a bar for each of the last days, the oldest first. A day with anything is seen, however little it is."""
    shown = [today - timedelta(days=back) for back in reversed(range(days))]
    highest = max((numbers.get(day, 0) for day in shown), default=0)
    return [
        DayBar(day, number, max(2, HEIGHT * number // highest) if number else 0, place)
        for place, day in enumerate(shown)
        for number in [numbers.get(day, 0)]
    ]
