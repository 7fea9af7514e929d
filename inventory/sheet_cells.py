"""Sheets about stock: the rows of an uploaded file by the heads of their columns, and cells that no program runs."""

from collections.abc import Iterator, Mapping, Sequence

from core.common.sheets import rows as sheets
from core.common.sheets.rows import Row, SheetSense
from core.common.sheets.sheet_refusal import Unreadable
from core.common.sheets.sheet_text import text_of

RUN = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets take for a formula at the beginning of a cell
ANY = SheetSense(lambda head: None)  # heads are looked for by whoever asks


def sheet_rows(data: bytes) -> list[Row]:
    """Return the rows of a CSV file or an Excel workbook. Raises Unreadable."""
    return sheets.read(text_of(data, ANY), ANY)


def cells_by_head(
    rows: Sequence[Row], names: Mapping[str, Sequence[str]], *, needed: Sequence[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (row number, cells by what their head means). Raises Unreadable when a needed column is missing."""
    if not rows:
        raise Unreadable("There is nothing in it. Choose the file again.")
    places: dict[str, int] = {}
    for place, head in enumerate(rows[0].cells):
        plain = "".join(sign for sign in head.casefold() if sign.isalnum())
        for meaning, heads in names.items():
            if plain in heads:
                places.setdefault(meaning, place)
    if missing := [column for column in needed if column not in places]:
        columns = " and ".join(missing)
        raise Unreadable(f"Its first row has no column {columns}. Download the file here to see how it should look.")
    for row in rows[1:]:
        cells = {meaning: row.cells[place] if place < len(row.cells) else "" for meaning, place in places.items()}
        yield row.number, {meaning: read_cell(cell) for meaning, cell in cells.items()}


def safe_cell(text: str) -> str:
    """Return a cell that a spreadsheet shows and does not run."""
    return f"'{text}" if text.startswith(RUN) else text


def read_cell(text: str) -> str:
    """Return what a cell says, without the apostrophe that ``safe_cell`` puts before it."""
    plain = text.strip()
    return plain[1:] if plain.startswith("'") and plain[1:].startswith(RUN) else plain
