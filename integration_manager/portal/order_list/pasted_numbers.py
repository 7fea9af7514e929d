"""Several numbers at once, as somebody pastes them: a column of a sheet, or a line of a mail."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from core.accounts.access import Access
from core.common.typed_signs import fold_signs
from orders.models import Order
from shipping.models import Package, Release

MOST = 200  # numbers at once: an address holds no more
SHORTEST = 7  # signs of a number that only a blank parts from the next; tracking numbers are written in groups
BETWEEN = re.compile(r"[\s,;|]+")
GLUED = re.compile(r"\d{3}-\d{7}-\d{7}")  # a browser takes the line breaks out of what is pasted into one line
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class FoundNumbers:
    ids: set[int]  # of orders
    missing: Sequence[str]  # the numbers that none has

    @property
    def note(self) -> str:
        """Return which were not found, as a sentence; nothing when all were."""
        if not self.missing:
            return ""
        more = len(self.missing) - MOST_NAMED
        return f"Not found: {', '.join(self.missing[:MOST_NAMED])}{f' and {more} more' if more > 0 else ''}."


def split(text: str) -> list[str]:
    """Return the numbers, each once; none when the text is not a list of them but something to look for itself."""
    written = fold_signs(text)
    glued = GLUED.findall(written)
    if len(glued) > 1 and not BETWEEN.sub("", GLUED.sub("", written)):
        return list(dict.fromkeys(glued))
    parts = list(dict.fromkeys(filter(None, BETWEEN.split(written))))
    shortest = 1 if re.search("[,;|]", written) else SHORTEST
    if len(parts) > 1 and all(len(part) >= shortest and re.search(r"\d", part) for part in parts):
        return parts
    return []


def find(access: Access, numbers: Sequence[str]) -> FoundNumbers:
    """Return the orders that have one of these numbers: their own, the warehouse's or a package's."""
    wanted = {each for number in numbers for each in (number, number.upper())}
    found: dict[str, set[int]] = defaultdict(set)
    for model, field, order in (
        (Order, "number", "pk"),
        (Release, "number", "order"),
        (Package, "tracking_number", "order"),
    ):
        rows = model.objects.visible_to(access).filter(**{f"{field}__in": wanted})
        for number, pk in rows.values_list(field, order):
            found[number.upper()].add(pk)
    missing = [number for number in numbers if number.upper() not in found]
    return FoundNumbers(set().union(*found.values()), missing)
