"""Splitting an order over warehouses none of which has all of it: over as few as can be, then in the rules' sequence.

Lines stay whole: only one that no warehouse has whole is divided. What they do not have together is not split. Pure.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

MOST_WAREHOUSES = 4  # a buyer gets that many parcels at the most
MOST_ALLOWED = 12  # warehouses that are looked at

Units = dict[int, int]  # by the line's id
Most = Callable[[int, int, Mapping[int, int]], int]  # units of a line at a warehouse, beside what it ships already


def split(wanted: Sequence[tuple[int, int]], warehouse_ids: Sequence[int], most: Most) -> dict[int, Units]:
    """Return by the warehouse's id what it ships, in their sequence; empty where they do not have it together.

    ``wanted`` are the lines' ids and units. ``most`` says how many of a line a warehouse has.
    """
    allowed = warehouse_ids[:MOST_ALLOWED]
    whole = {line for line, units in wanted if any(most(each, line, {}) >= units for each in allowed)}
    for count in range(2, min(MOST_WAREHOUSES, len(allowed)) + 1):
        for some in combinations(allowed, count):
            found = _fill(wanted, some, most, whole)
            if found and all(found.values()):
                return found
    return {}


def _fill(
    wanted: Sequence[tuple[int, int]], warehouse_ids: Sequence[int], most: Most, whole: set[int]
) -> dict[int, Units] | None:
    """Give each line to the first of these that has it. None where something is left over."""
    found: dict[int, Units] = {each: {} for each in warehouse_ids}
    # What must be divided takes what is there first; what one warehouse has whole finds its place beside it.
    for line, units in sorted(wanted, key=lambda each: each[0] in whole):
        at = next((each for each in warehouse_ids if most(each, line, found[each]) >= units), None)
        if at is not None:
            found[at][line] = units
            continue
        if line in whole:
            return None
        left = units
        for each in warehouse_ids:
            taken = min(left, max(0, most(each, line, found[each])))
            if taken:
                found[each][line] = taken
                left -= taken
        if left:
            return None
    return found
