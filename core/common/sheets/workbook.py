"""The rows of an Excel file. It is read row by row, and nothing in it is believed about how large it is."""

import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from core.common.sheets.rows import HEADED, MOST_COLUMNS, SheetSense
from core.common.sheets.sheet_refusal import MOST_BYTES, MOST_ROWS, TOO_LARGE, TOO_MANY_ROWS, Unreadable

ZIP, OLD_EXCEL, PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF"
UNPACKED = 60_000_000  # bytes of all parts of a file together
PARTS = 2_000
FARTHEST = 60_000  # rows, empty ones too: some programs mark a million
SHEETS = 20
EXACT = 10**15  # Excel keeps fifteen digits
SAVE_AS = "Open it, choose Save As, and save it as .xlsx or CSV."
NO_WORKBOOK = f"This is not an Excel file (.xlsx) or it is damaged. {SAVE_AS}"


def refuse_others(data: bytes) -> None:
    """Raise Unreadable for files that are no text and no workbook."""
    if data.startswith(OLD_EXCEL):
        raise Unreadable(f"This is an old Excel file (.xls), or one with a password. {SAVE_AS}")
    if data.startswith(PDF):
        raise Unreadable("This is a PDF. Export the list as CSV or Excel instead, or copy its rows and paste them.")
    if data.lstrip()[:200].lower().startswith((b"<html", b"<!doctype html", b"<table", b"<?xml")):
        raise Unreadable(f"This is a web page with the name of a sheet. {SAVE_AS}")


def is_workbook(data: bytes) -> bool:
    return data.startswith(ZIP)


def read(data: bytes, sense: SheetSense) -> list[list[str]]:
    """Return the rows of the sheet that has heads we know, or of the first that has rows. Raises Unreadable."""
    _refuse_bombs(data)
    try:
        # Not its formulas, but what they came to when it was saved.
        book: Any = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            sheets = [each for each in book.worksheets if each.sheet_state == "visible"] or book.worksheets
            return _best(sheets[:SHEETS], sense)
        finally:
            book.close()
    except Unreadable:
        raise
    except Exception as error:  # noqa: BLE001  # openpyxl raises whatever it comes across in a damaged file
        raise Unreadable(NO_WORKBOOK) from error


def _refuse_bombs(data: bytes) -> None:
    """A part is never unpacked beyond the size it claims, so the claims are enough."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise Unreadable(NO_WORKBOOK) from error
    if not any(part.filename.startswith("xl/") for part in parts):
        raise Unreadable(NO_WORKBOOK)
    if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED:
        raise Unreadable(TOO_LARGE)


def _best(sheets: Sequence[Any], sense: SheetSense) -> list[list[str]]:
    first: list[list[str]] = []
    for sheet in sheets:
        rows = list(_rows(sheet))
        if any(sum(sense.meaning(cell) is not None for cell in cells) > 1 for cells in rows[:HEADED]):
            return rows
        first = first or rows
    return first


def _rows(sheet: Any) -> Iterator[list[str]]:
    """Yield the rows of a sheet, empty ones too, as far as something stands in them."""
    sheet.reset_dimensions()  # what it says of its size may be anything
    filled = held = size = 0
    for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), start=1):
        if number > FARTHEST:
            return
        said = [_said(cell) for cell in cells]
        while said and not said[-1]:
            said.pop()
        if not said:
            held += 1
            continue
        filled, size = filled + 1, size + sum(map(len, said))
        if filled > MOST_ROWS:
            raise Unreadable(TOO_MANY_ROWS)
        if size > MOST_BYTES:
            raise Unreadable(TOO_LARGE)
        yield from ([] for _ in range(held))
        held = 0
        yield said


def _said(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return _of_float(value, cell)
    if isinstance(value, int):
        return str(value).zfill(_zeros(cell)) if value >= 0 else str(value)
    if isinstance(value, datetime | date):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    return str(value)


def _of_float(value: float, cell: Any) -> str:
    """Return a number as it was meant; one that lost its last digits stays to be seen as such."""
    if abs(value) >= EXACT:
        return f"{value:.5E}"
    return str(int(value)).zfill(_zeros(cell)) if value.is_integer() else repr(value)


def _zeros(cell: Any) -> int:
    """Return how many digits the cell's format fills up with zeros: 000000000000 shows twelve."""
    shown = str(getattr(cell, "number_format", "") or "")
    return len(shown) if shown and not shown.strip("0") and len(shown) <= 40 else 0
