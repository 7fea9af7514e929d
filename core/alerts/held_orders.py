"""How many orders an alert holds up, and by when the first of them has to leave: counted by the apps that have orders.

Each registers a counter for its kinds of subjects when Django starts. Which orders of a subject wait is said by the
cause (``Cause.holds``); an alert about an order holds that order.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Waiting(StrEnum):
    """Which of a thing's orders wait."""

    NONE = ""
    UNFINISHED = "unfinished"
    TO_SHIP = "to ship"
    TO_RELEASE = "to release"
    TO_CONFIRM = "to confirm"
    # Those that are soon too late: orders/ship_by_risk.py says what that is.
    AT_RISK_DAY = "at risk, within a day"
    AT_RISK_HOURS = "at risk, within hours"
    AT_RISK_NOW = "at risk, now"


@dataclass(frozen=True, slots=True)
class Held:
    """``ship_by`` is the earliest of them; None where no order has one."""

    count: int = 0
    ship_by: datetime | None = None

    def with_also(self, other: "Held") -> "Held":
        earliest = [each for each in (self.ship_by, other.ship_by) if each]
        return Held(self.count + other.count, min(earliest, default=None))


Counter = Callable[[Collection[int], Waiting], Mapping[int, Held]]
Key = tuple[str, str, int]  # a cause, a kind of subject, its number
_counters: dict[str, Counter] = {}


def register(subject_kind: str, counter: Counter) -> None:
    """Say who counts for things of this kind: asked for many at once, and which of their orders wait."""
    _counters[subject_kind] = counter


def count(keys: Iterable[Key], holding: Mapping[str, Waiting]) -> dict[Key, Held]:
    """Return what each holds; one question for all things of a kind. ``holding``: causes.holding()."""
    asked: dict[tuple[str, Waiting], set[int]] = defaultdict(set)
    wanted = list(keys)
    for cause, kind, number in wanted:
        if kind in _counters and (kind == "order" or cause in holding):
            asked[kind, holding.get(cause, Waiting.NONE)].add(number)
    found = {(kind, which): _counters[kind](numbers, which) for (kind, which), numbers in asked.items()}
    return {key: found.get((key[1], holding.get(key[0], Waiting.NONE)), {}).get(key[2], Held()) for key in wanted}
