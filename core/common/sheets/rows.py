"""The rows of a pasted text or a CSV file, whichever sign stands between the columns."""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.common.sheets.sheet_refusal import MOST_BYTES, MOST_ROWS, TOO_LARGE, TOO_MANY_ROWS, Unreadable

SEPARATORS = "\t;,|"
SAID = re.compile(r"sep=([^\r\n])\r?\n")  # Excel's own word for it, before the first row
LOOKED_AT = 64 * 1024  # characters
HEADED = 20  # rows that may stand above the heads, with them
MOST_COLUMNS = 200


@dataclass(frozen=True, slots=True)
class Row:
    """A row that says something."""

    number: int  # as the sheet counts, from 1, empty ones too
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class SheetSense:
    """What tells that rows were read as they were meant."""

    meaning: Callable[[str], object | None]  # what a head says, None for one nobody knows
    is_whole: Callable[[str], bool] = lambda cell: False  # whether a cell is something that is never cut in two


def read(text: str, sense: SheetSense) -> list[Row]:
    """Return the rows that are not empty. Raises Unreadable for too many, or too large a text."""
    if len(text) > MOST_BYTES:
        raise Unreadable(TOO_LARGE)
    said = SAID.match(text)
    separator = said[1] if said else _separator(text, sense)
    lines = _parsed(text[said.end() :] if said else text, separator)
    rows = [
        Row(number, _ended(cells[:MOST_COLUMNS]))
        for number, cells in enumerate(lines, start=2 if said else 1)
        if any(cell.strip() for cell in cells)
    ]
    if len(rows) > MOST_ROWS:
        raise Unreadable(TOO_MANY_ROWS)
    return rows


def write(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as a text that ``read`` reads back."""
    held = io.StringIO()
    csv.writer(held, delimiter="\t", lineterminator="\n").writerows(rows)
    return held.getvalue()


def _ended(cells: Sequence[str]) -> list[str]:
    """Return the cells up to the last that says something."""
    kept = list(cells)
    while kept and not kept[-1]:
        kept.pop()
    return kept


# -- The separator -----------------------------------------------------------------------------------------------------
def _separator(text: str, sense: SheetSense) -> str:
    """Return what stands between the columns: what makes known heads of the text, or whole numbers; "" for blanks."""
    sample = text[:LOOKED_AT]
    if len(sample) < len(text):
        sample = sample[: sample.rfind("\n") + 1] or sample
    likely = [(_likeness(_lenient(sample, each), sense), each) for each in SEPARATORS if each in sample]
    best = max((likeness for likeness, _ in likely), default=None)
    if best is None or best[-1] <= 1:
        return ""
    return next(each for likeness, each in likely if likeness == best)


def _likeness(lines: Sequence[Sequence[str]], sense: SheetSense) -> tuple[int, int, float, int]:
    """Return how much sense rows make: known heads, cells that are a number, how alike they are, and how wide."""
    filled = [cells for cells in lines if any(cell.strip() for cell in cells)]
    widths = Counter(len(cells) for cells in filled if len(cells) > 1)
    width, alike = widths.most_common(1)[0] if widths else (1, 0)
    heads = max((_known(cells, sense) for cells in filled[:HEADED]), default=0)
    whole = sum(sense.is_whole(cell) for cells in filled[:HEADED] for cell in cells)
    return heads, whole, round(alike / max(1, len(filled)), 1), width


def _known(cells: Sequence[str], sense: SheetSense) -> int:
    return len({found for cell in cells if (found := sense.meaning(cell)) is not None})


# -- The cells ---------------------------------------------------------------------------------------------------------
def _parsed(text: str, separator: str) -> list[list[str]]:
    """Return all rows. Where quotation marks are not what a program wrote, they are signs like any other."""
    if not separator:
        return [line.split(maxsplit=1) for line in text.splitlines()]
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error:
        lines = _lenient(text, separator)
    if any("\n" in cell and separator in cell for cells in lines for cell in cells):  # a lost mark swallowed a row
        return _unquoted(text, separator)
    return lines


def _lenient(text: str, separator: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error:  # a cell that has no end
        return _unquoted(text, separator)


def _unquoted(text: str, separator: str) -> list[list[str]]:
    return [line.split(separator) for line in re.split(r"\r\n|\r|\n", text)]
