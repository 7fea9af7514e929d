"""What a sheet says, order by order: several rows of one order are its packages, and the same number twice is one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import ngettext

from core.common.sheets import cells as sheet_cells
from core.common.sheets.rows import Row
from core.common.typed_signs import bare
from shipping.carriers.labels import tracking_form
from shipping.tracking_import.sheet.heads import Column
from shipping.tracking_import.sheet.sheet_columns import Layout

NO_ORDER = "It has no order number. Enter it in the sheet, then check again."
NO_TRACKING = "It has no tracking number. Enter it, then check again."
NUMBERS = (Column.ORDER, Column.TRACKING, Column.UNITS)
LONGEST_CELL = 500  # characters that are looked at
LONGEST_UNITS = 6  # digits
LONGEST = {Column.CARRIER: 60, Column.SCAC: 10, Column.SERVICE: 60}  # characters that are kept of a package
MOST_PACKAGES = 20  # of one order at once, as in Ship and Close
TOO_MANY = f"It has more than {MOST_PACKAGES} packages. Ship some of its rows, and then the others."


@dataclass(slots=True)
class SheetPackage:
    """A package as the sheet has it."""

    tracking: str  # as it is written
    carrier: str
    scac: str
    service: str
    contents: dict[str, int] = field(default_factory=dict)  # SKU: units; empty where the sheet doesn't say
    rows: list[int] = field(default_factory=list)  # as the sheet counts

    @property
    def form(self) -> str:
        """Its number in its carrier's form, without signs between: what two spellings of one number share."""
        return bare(tracking_form(self.tracking, carrier=self.carrier, scac=self.scac))

    @property
    def forms(self) -> set[str]:
        """What its number may be kept as, without signs between."""
        return {bare(self.tracking), self.form}


@dataclass(slots=True)
class SheetOrder:
    """An order as the sheet has it."""

    number: str  # as it is written
    rows: list[int] = field(default_factory=list)
    by_number: dict[str, SheetPackage] = field(default_factory=dict)  # its packages, by their numbers' form
    problem: str = ""  # why the sheet alone keeps it from being shipped, and what to do
    gaps: list[int] = field(default_factory=list)  # of its rows, those whose tracking number is missing or destroyed

    @property
    def packages(self) -> list[SheetPackage]:
        return list(self.by_number.values())

    @property
    def key(self) -> str:
        """What of its number is compared; of a row without one, its place."""
        return bare(self.number) or f"row {self.rows[0]}"

    @property
    def place(self) -> str:
        """Where it stands in the sheet, in words."""
        shown = ", ".join(map(str, self.rows[:5])) + ("…" if len(self.rows) > 5 else "")
        return ngettext("row {rows}", "rows {rows}", len(self.rows)).format(rows=shown)


def sheet_orders(rows: Iterable[Row], layout: Layout, typed: Mapping[int, str] | None = None) -> list[SheetOrder]:
    """Return the orders of a sheet as they come. Rows with neither number say nothing: totals, remarks.

    ``typed`` are tracking numbers by the row, for those where the sheet has none that can be read.
    """
    found: dict[str, SheetOrder] = {}
    for row in layout.body(list(rows)):
        said = _said(row, layout)
        if not said[Column.ORDER] and not said[Column.TRACKING]:
            continue
        fresh = SheetOrder(said[Column.ORDER], [row.number])
        lost = not said[Column.ORDER] or sheet_cells.is_destroyed(said[Column.ORDER])
        key = f"row {row.number}" if lost else fresh.key  # many orders may have become the same number
        order = found.setdefault(key, fresh)
        if order is not fresh:
            order.rows.append(row.number)
        if said[Column.ORDER] and (not said[Column.TRACKING] or sheet_cells.is_destroyed(said[Column.TRACKING])):
            order.gaps.append(row.number)
            said[Column.TRACKING] = _cell(Column.TRACKING, (typed or {}).get(row.number, said[Column.TRACKING]))
        order.problem = order.problem or _problem(said)
        _pack(order, said, row.number)
    return list(found.values())


def _said(row: Row, layout: Layout) -> dict[Column, str]:
    cells = {column: row.cells[place] for column, place in layout.places.items() if place < len(row.cells)}
    return {column: _cell(column, cells.get(column, "")) for column in Column}


def _cell(column: Column, cell: str) -> str:
    said = sheet_cells.clean(cell) if column in NUMBERS else sheet_cells.words(cell)
    return said[:LONGEST_CELL]


def _problem(said: dict[Column, str]) -> str:
    if not said[Column.ORDER]:
        return NO_ORDER
    if not said[Column.TRACKING]:
        return NO_TRACKING
    destroyed = [said[column] for column in (Column.ORDER, Column.TRACKING) if sheet_cells.is_destroyed(said[column])]
    if destroyed:
        return sheet_cells.DESTROYED.format(written=destroyed[0])
    if said[Column.SKU] and said[Column.UNITS] and not _units(said):
        return f"“{said[Column.UNITS]}” is not a number of units."
    long = [column for column, most in LONGEST.items() if len(said[column]) > most]
    if long:
        column = long[0]
        return f"The {column.value} “{said[column][:20]}…” is longer than {LONGEST[column]} characters. Shorten it."
    return ""


def _units(said: dict[Column, str]) -> int:
    digits = said[Column.UNITS].removesuffix(".0")
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= LONGEST_UNITS else 0


def _pack(order: SheetOrder, said: dict[Column, str], number: int) -> None:
    """Add what a row says: a package of its own, or more about one that is known."""
    said_package = SheetPackage(said[Column.TRACKING], said[Column.CARRIER], said[Column.SCAC], said[Column.SERVICE])
    known = order.by_number.setdefault(said_package.form, said_package)
    known.rows.append(number)
    known.carrier = known.carrier or said_package.carrier
    known.scac = known.scac or said_package.scac
    known.service = known.service or said_package.service
    if len(order.by_number) > MOST_PACKAGES:
        order.problem = order.problem or TOO_MANY
    if said[Column.SKU] and (units := _units(said)):
        known.contents[said[Column.SKU]] = known.contents.get(said[Column.SKU], 0) + units


def unused(head: Row | None, layout: Layout) -> Sequence[str]:
    """Return the heads of columns that nothing is taken from, so that nobody thinks it was."""
    if head is None:
        return []
    return [
        cell.strip() for place, cell in enumerate(head.cells) if cell.strip() and place not in layout.places.values()
    ]
