"""Which column a head means, by the words the trade writes over its columns.

The likelier a head means a column, the earlier it stands: of two columns that could be meant, the earlier head wins.
Compared are letters and digits only, whatever their case and accents.
"""

import string
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

from core.common.sheets.rows import HEADED, MOST_COLUMNS, Row, SheetSense

C = TypeVar("C", bound=str)
LONGEST = 60
SAMPLE = 30  # characters of a column's head, or of its first cell
LOOKED_AT = 100  # rows


def plain(head: str) -> str:
    """Return what of a head is compared: letters and digits, without accents; "#" is the word it stands for."""
    parts = unicodedata.normalize("NFKD", head.replace("#", "no")).casefold()
    return "".join(sign for sign in parts if sign.isalnum())


class HeadWords(Generic[C]):
    """The heads of a kind of sheet."""

    def __init__(self, heads: Mapping[C, Sequence[str]]) -> None:
        self._ranks: dict[str, tuple[C, int]] = {}
        for column, words in heads.items():
            for rank, word in enumerate(words):
                self._ranks.setdefault(plain(word), (column, rank))

    def meaning(self, head: str) -> tuple[C, int] | None:
        """Return what a head means, and its rank among those that mean it, from 0; None for one nobody knows."""
        return self._ranks.get(plain(head)) if len(head) < LONGEST else None

    @property
    def sense(self) -> SheetSense:
        return SheetSense(lambda head: found[0] if (found := self.meaning(head)) else None)

    def told(self, row: Row) -> dict[C, int]:
        """Return the places of the columns that a row of heads tells."""
        ranked: dict[C, tuple[int, int]] = {}
        for place, cell in enumerate(row.cells):
            if found := self.meaning(cell):
                column, rank = found
                ranked[column] = min(ranked.get(column, (rank, place)), (rank, place))
        return {column: place for column, (_, place) in ranked.items()}

    def find(self, rows: Sequence[Row]) -> tuple[Row | None, dict[C, int]]:
        """Return the row of heads among the first, two at least, and what they tell. What stands above is a title."""
        best: tuple[Row | None, dict[C, int]] = None, {}
        for row in rows[:HEADED]:
            told = self.told(row)
            if len(told) > max(1, len(best[1])):
                best = row, told
        return best


# -- Columns to choose from --------------------------------------------------------------------------------------------
def column_choices(head: Row | None, rows: Sequence[Row]) -> list[tuple[str, str]]:
    """Return the columns of a sheet to choose from, by their letters and what stands on top of them."""
    top = head or (rows[0] if rows else None)
    width = min(max((len(row.cells) for row in rows[:LOOKED_AT]), default=0), MOST_COLUMNS)
    named = [(str(place), f"{letter(place)} · {_top(top, place)}".rstrip(" ·")) for place in range(width)]
    return [("", "Not in the sheet"), *named]


def _top(top: Row | None, place: int) -> str:
    cell = top.cells[place].strip() if top and place < len(top.cells) else ""
    return cell if len(cell) <= SAMPLE else f"{cell[:SAMPLE]}…"


def letter(place: int) -> str:
    """Return what spreadsheets call a column: A, B, … Z, AA."""
    letters = string.ascii_uppercase
    return letters[place] if place < 26 else letter(place // 26 - 1) + letters[place % 26]
