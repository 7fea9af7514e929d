"""What people write about stock."""

import re
from collections.abc import Iterable, Mapping

from inventory.models import StockLevel
from inventory.stock_count import StockCount
from inventory.stock_table import StockRow

MOST = 999_999
WRONG = f"Enter a whole number from 0 to {MOST}."
EMPTY = "Enter 0 if there is none."
SEEN = re.compile(r"-?[0-9]{1,9}")
_GROUPED = re.compile(r"[0-9]{1,3}([, \u00a0\u202f])[0-9]{3}(\1[0-9]{3})*")  # 1,000 or 1 000


def is_whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9


def read_number(text: str) -> int:
    """Return what somebody counted; groups of three may be set apart. Raises ValueError with a sentence for people."""
    if grouped := _GROUPED.fullmatch(text):
        text = text.replace(grouped[1], "")
    if not text:
        raise ValueError(EMPTY)
    if not is_whole(text) or int(text) > MOST:
        raise ValueError(WRONG)
    return int(text)


class CountForm:
    """The fields of the page: for every level ``on_hand_<id>``, and ``seen_<id>``, what stood there before.

    Written by hand: a page of fifty one-field forms would be slower than this, and longer.
    """

    def __init__(self, posted: Mapping[str, str]) -> None:
        self.posted = posted
        self.errors: dict[int, str] = {}

    @property
    def shown_ids(self) -> list[int]:
        """The levels that stood on the page."""
        names = (name.removeprefix("seen_") for name in self.posted if name.startswith("seen_"))
        return [int(level_id) for level_id in names if is_whole(level_id)]

    @property
    def level_ids(self) -> list[int]:
        """The levels that are not as they were seen."""
        return [
            int(name.removeprefix("seen_"))
            for name, seen in self.posted.items()
            if name.startswith("seen_") and is_whole(name.removeprefix("seen_")) and self._typed(name[5:]) != seen
        ]

    def read(self, levels: Iterable[StockLevel]) -> list[StockCount]:
        """Return what was counted. What cannot be read is in ``errors``."""
        counts = []
        for level in levels:
            seen = self.posted.get(f"seen_{level.pk}", "")
            try:
                counted = read_number(self._typed(str(level.pk)))
            except ValueError as error:
                self.errors[level.pk] = str(error)
                continue
            # What we did not write there counts as never counted, and a level that was is then said to have moved.
            counts.append(StockCount(level, counted, int(seen) if SEEN.fullmatch(seen) else None))
        return counts

    def keep_inputs(self, rows: Iterable[StockRow]) -> None:
        """Show people what they wrote, and what was wrong with it."""
        for row in rows:
            row.error = self.errors.get(row.level.pk, "")
            if row.error:
                row.typed = self._typed(str(row.level.pk))

    def _typed(self, level_id: str) -> str:
        return self.posted.get(f"on_hand_{level_id}", "").strip()
