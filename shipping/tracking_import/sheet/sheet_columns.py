"""Which column of a sheet says what: by its head, or by what stands in it where no head tells."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from core.common.sheets import cells as sheet_cells
from core.common.sheets.rows import HEADED, Row
from shipping.carriers.tracking_numbers import family_of
from shipping.tracking_import.sheet import heads, numbers
from shipping.tracking_import.sheet.heads import Column

LOOKED_AT = 100  # rows
MOST = 0.5  # of the cells of a column that must look like what it is said to be
NEEDED = (Column.ORDER, Column.TRACKING)
SERVICE = re.compile(
    r"ground|express|standard|expedited|priority|overnight|next ?day|2nd|second|2[ -]?day|first[ -]class|economy|saver|"
    r"home delivery|paket|warenpost|colissimo|surepost|advantage|parcel|air\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the columns stand."""

    places: Mapping[Column, int]  # from 0
    head: Row | None  # the row of heads, where there is one
    guessed: frozenset[Column] = frozenset()  # told by what stands in them, not by a head

    @property
    def is_complete(self) -> bool:
        return all(column in self.places for column in NEEDED)

    def body(self, rows: Sequence[Row]) -> list[Row]:
        """Return the rows below the heads."""
        return [row for row in rows if self.head is None or row.number > self.head.number]


def find(rows: Sequence[Row]) -> Layout:
    """Return where the columns stand, as far as heads and cells tell."""
    head, places = _by_heads(rows)
    layout = Layout(places, head)
    guesses = _by_cells(layout.body(rows)[:LOOKED_AT], places)
    return Layout({**places, **guesses}, head, frozenset(guesses))


def chosen(layout: Layout, choice: Mapping[Column, int | None]) -> Layout:
    """Return a layout as a person put it right: None where no column of the sheet says it."""
    places = {column: place for column, place in {**layout.places, **choice}.items() if place is not None}
    return Layout(places, layout.head, layout.guessed - set(choice))


# -- By their heads ----------------------------------------------------------------------------------------------------
def _by_heads(rows: Sequence[Row]) -> tuple[Row | None, dict[Column, int]]:
    """Return the row of heads among the first, and what they tell. What stands above it is a title."""
    best: tuple[Row | None, dict[Column, int]] = None, {}
    for row in rows[:HEADED]:
        told = heads.told(row)
        # One word may be a title's or a cell's, "Tracking" over all of it; with nothing beside it, it is a head.
        alone = len(told) == 1 and len(row.cells) > 1 and not set(NEEDED) & set(told)
        if len(told) > len(best[1]) and not alone and not any(map(numbers.is_order_number, row.cells)):
            best = row, told
    return best


# -- By what stands in them --------------------------------------------------------------------------------------------
def _by_cells(body: Sequence[Row], told: Mapping[Column, int]) -> dict[Column, int]:
    """Return what the cells tell of columns whose heads tell nothing."""
    width = max((len(row.cells) for row in body), default=0)
    filled = {place: _filled(body, place) for place in range(width) if place not in told.values()}
    free = {place: cells for place, cells in filled.items() if cells}
    found: dict[Column, int] = {}
    for column, looks in LOOKS:
        # Where heads told the rest, what they say nothing of is most often not there: only what must be is sought.
        if column in told or column in found or (told and column not in NEEDED):
            continue
        shares = {place: sum(map(looks, cells)) / len(cells) for place, cells in free.items()}
        best = max(shares, key=lambda place: (shares[place], -place), default=None)
        if best is not None and shares[best] > MOST:
            found[column] = best
            del free[best]
    return found


def _filled(body: Sequence[Row], place: int) -> list[str]:
    cells = (sheet_cells.clean(row.cells[place]) for row in body if place < len(row.cells))
    return [cell for cell in cells if cell]


def _is_sure_tracking_number(cell: str) -> bool:
    return re.fullmatch(r"1Z[0-9A-Z]{16}|[A-Z]{2}\d{9}[A-Z]{2}|9[1-5]\d{20}|TB[ACM]\d{12}|\d{12}", cell) is not None


def _is_numberlike(cell: str, *, least: int) -> bool:
    plain = cell.replace(" ", "").replace("-", "")
    if sheet_cells.is_destroyed(cell):
        return True
    return plain.isalnum() and len(plain) >= least and 2 * sum(map(str.isdigit, plain)) >= len(plain)


LOOKS: Sequence[tuple[Column, Callable[[str], bool]]] = (
    (Column.ORDER, numbers.is_order_number),
    (Column.TRACKING, _is_sure_tracking_number),
    (Column.CARRIER, lambda cell: family_of(cell) is not None),
    (Column.SERVICE, lambda cell: SERVICE.search(cell) is not None),
    # Of two columns of numbers nobody knows, orders most often stand first.
    (Column.ORDER, lambda cell: _is_numberlike(cell, least=4)),
    (Column.TRACKING, lambda cell: _is_numberlike(cell, least=8)),
)
