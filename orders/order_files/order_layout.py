"""Which column of a client's file says what: as its heads tell, or as a person put it right for its heads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.common.sheets import rows as sheet_rows
from core.common.sheets.head_words import plain
from core.common.sheets.rows import Row
from core.files.models import FileColumns
from orders.order_files import order_cells
from orders.order_files.order_cells import DateOrder
from orders.order_files.order_heads import DATES, NAMES, NEEDED, WORDS, OrderColumn

LOOKED_AT = 200  # rows


@dataclass(frozen=True, slots=True)
class OrderLayout:
    """Where the columns stand, and what the file itself does not say."""

    places: Mapping[OrderColumn, int]  # from 0
    head: Row | None
    dates: DateOrder | None = None
    country: str = ""  # where a row has none
    is_confirmed: bool = False  # by a person, for files with these heads

    @property
    def missing(self) -> list[str]:
        """Return what a file of orders can't do without, in words."""
        lacking = [str(column.label) for column in NEEDED if column not in self.places]
        if not any(name in self.places for name in NAMES):
            lacking.append("Recipient's name or company")
        if OrderColumn.COUNTRY not in self.places and not self.country:
            lacking.append("Country")
        return lacking

    def body(self, rows: Sequence[Row]) -> list[Row]:
        return [row for row in rows if self.head is None or row.number > self.head.number]

    @property
    def heads(self) -> list[str]:
        return [cell.strip() for cell in self.head.cells] if self.head else []


def read(text: str) -> list[Row]:
    """Return the rows that are not empty. Raises Unreadable."""
    return sheet_rows.read(text, WORDS.sense)


def find(rows: Sequence[Row], kept: FileColumns | None = None) -> OrderLayout:
    """Return the layout of a file: as a person said for these heads, else as far as the heads tell."""
    if kept is not None and (known := _kept(rows, kept)):
        return known
    head, places = WORDS.find(rows)
    layout = OrderLayout(places, head)
    return OrderLayout(places, head, dates=_dates(layout, rows))


def chosen(rows: Sequence[Row], places: Mapping[OrderColumn, int], facts: "LayoutFacts") -> OrderLayout:
    """Return a layout as a person says it."""
    head, _ = WORDS.find(rows)
    if facts.has_heads:
        head = head or (rows[0] if rows else None)
    if not facts.has_heads:
        head = None
    return OrderLayout(dict(places), head, facts.dates, facts.country, is_confirmed=True)


@dataclass(frozen=True, slots=True)
class LayoutFacts:
    """What a person says of a file beside its columns."""

    has_heads: bool = True
    dates: DateOrder | None = None
    country: str = ""


@dataclass(slots=True)
class KeptLayout:
    """How a layout is kept with a cart."""

    heads: list[str] = field(default_factory=list)
    columns: dict[str, int] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, layout: OrderLayout) -> "KeptLayout":
        columns = {column.value: place for column, place in layout.places.items()}
        facts = {"dates": layout.dates.value if layout.dates else "", "country": layout.country}
        return cls(layout.heads, columns, facts)


def _kept(rows: Sequence[Row], kept: FileColumns) -> OrderLayout | None:
    """Return the layout that a person said, where the file has the same columns, in whichever order; else None."""
    wanted = {OrderColumn(column): place for column, place in kept.columns.items() if column in OrderColumn}
    dates = DateOrder(kept.facts["dates"]) if kept.facts.get("dates") else None
    country = str(kept.facts.get("country", ""))
    if not kept.heads:
        widest = max((len(row.cells) for row in rows[:LOOKED_AT]), default=0)
        fits = rows and WORDS.find(rows)[0] is None and widest > max(wanted.values(), default=0)
        return OrderLayout(wanted, None, dates, country, is_confirmed=True) if fits else None
    named = {column: plain(kept.heads[place]) for column, place in wanted.items() if place < len(kept.heads)}
    for row in rows[: sheet_rows.HEADED]:
        there = [plain(cell) for cell in row.cells]
        if all(head in there for head in named.values()):
            places = {
                column: wanted[column] if there[wanted[column] : wanted[column] + 1] == [head] else there.index(head)
                for column, head in named.items()
            }
            return OrderLayout(places, row, dates, country, is_confirmed=True)
    return None


def _dates(layout: OrderLayout, rows: Sequence[Row]) -> DateOrder | None:
    places = [layout.places[column] for column in DATES if column in layout.places]
    cells = (row.cells for row in layout.body(rows)[:LOOKED_AT])
    return order_cells.guess_order(each[place].strip() for each in cells for place in places if place < len(each))
