"""How long things took, as counts of steps that grow by a tenth: of any number of them a median is read at once.

A step's middle is at most 5 % off what it stands for. That is what a person reads from "4 h 10 min" anyway, and sums of
steps can be added up, which medians cannot.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta

GROWTH = math.log(1.1)
TO_WAREHOUSE, TO_SHIP, TO_CONFIRM = "warehouse", "ship", "confirm"  # placed → there → left → the cart knows
KINDS = (TO_WAREHOUSE, TO_SHIP, TO_CONFIRM)

Steps = Counter[int]


def step(took: timedelta) -> int:
    """Return the step of a duration. What seems to have ended before it began took no time."""
    seconds = took.total_seconds()
    return 0 if seconds <= 1 else round(math.log(seconds) / GROWTH)


def middle(of: int) -> timedelta:
    return timedelta(seconds=math.exp(of * GROWTH)) if of else timedelta(0)


def packed(steps: Mapping[str, Steps]) -> dict[str, dict[str, int]]:
    """Return what a row keeps."""
    return {kind: {str(each): number for each, number in sorted(found.items())} for kind, found in steps.items()}


def added(rows: Iterable[Mapping[str, Mapping[str, int]]]) -> dict[str, Steps]:
    """Return the sum of what rows keep."""
    total: dict[str, dict[str, int]] = {kind: {} for kind in KINDS}
    for row in rows:
        for kind, steps in row.items():
            sums = total[kind]
            for each, number in steps.items():
                sums[each] = sums.get(each, 0) + number
    return {kind: Counter({int(each): number for each, number in steps.items()}) for kind, steps in total.items()}


def together(several: Iterable[Mapping[str, Steps]]) -> dict[str, Steps]:
    total: dict[str, Steps] = {kind: Counter() for kind in KINDS}
    for each in several:
        for kind, steps in each.items():
            total[kind].update(steps)
    return total


def quantile(steps: Steps, share: float) -> timedelta | None:
    """Return the duration that this share of them did not exceed, within 5 %; None of none."""
    number = sum(steps.values())
    if not number:
        return None
    wanted, seen = max(1, math.ceil(number * share)), 0
    for each in sorted(steps):
        seen += steps[each]
        if seen >= wanted:
            return middle(each)
    raise AssertionError("the steps add up to their sum")
