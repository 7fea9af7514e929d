"""A table as a file, for programs and for any Excel. Written while it is read: memory does not grow with the rows.

Excel opens a CSV file by the settings of its country: where a comma stands before the cents, it expects semicolons.
Only a workbook says itself what is text, what a number and what a time.
"""

import csv
import io
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

Value = str | int | Decimal | datetime | None
Row = Sequence[Value]

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # what a spreadsheet takes a cell for that begins so
MARK = "\ufeff"  # without it Excel takes UTF-8 for something else
LONGEST = 32_767  # characters of a cell in Excel
WIDTH = 18  # of a column, in characters
CHUNK = 64 * 1024  # bytes
DAY_AND_TIME, NUMBER, AMOUNT, TEXT = "yyyy-mm-dd hh:mm", "0", "0.00##", "@"


class TableFile(ABC):
    """A kind of file."""

    label: str  # what people choose
    ending: str
    content_type: str

    @abstractmethod
    def write(self, columns: Sequence[str], rows: Iterable[Row], *, zone: tzinfo) -> Iterator[bytes]:
        """Yield the file. Its times are those of ``zone``."""


@dataclass(frozen=True)
class CsvFile(TableFile):
    """Values between separators. ``decimal`` stands before the cents; ``exact`` times say how far they are from UTC."""

    label: str
    separator: str
    decimal: str = "."
    exact: bool = False
    ending: str = "csv"
    content_type: str = "text/csv; charset=utf-8"

    def write(self, columns: Sequence[str], rows: Iterable[Row], *, zone: tzinfo) -> Iterator[bytes]:
        held = io.StringIO()
        writer = csv.writer(held, delimiter=self.separator)
        held.write(MARK)
        writer.writerow([safe(column) for column in columns])
        for row in rows:
            writer.writerow([self._said(value, zone) for value in row])
            if held.tell() > CHUNK:
                yield _taken(held)
        yield _taken(held)

    def _said(self, value: Value, zone: tzinfo) -> str | int:
        if isinstance(value, datetime):
            there = value.astimezone(zone)
            return there.isoformat(timespec="seconds") if self.exact else f"{there:%Y-%m-%d %H:%M:%S}"
        if isinstance(value, Decimal):
            return f"{value.normalize():f}".replace(".", self.decimal)
        return "" if value is None else safe(value) if isinstance(value, str) else value


@dataclass(frozen=True)
class WorkbookFile(TableFile):
    """Excel's own: what is text stays text, and numbers and times can be reckoned with."""

    label: str
    ending: str = "xlsx"
    content_type: str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def write(self, columns: Sequence[str], rows: Iterable[Row], *, zone: tzinfo) -> Iterator[bytes]:
        book = Workbook(write_only=True)  # rows go to a file as they come
        sheet: Any = book.create_sheet("Orders")
        sheet.freeze_panes = "A2"
        for place in range(len(columns)):
            sheet.column_dimensions[chr(ord("A") + place)].width = WIDTH
        sheet.append([_cell(sheet, column, zone) for column in columns])
        for row in rows:
            sheet.append([_cell(sheet, value, zone) for value in row])
        with tempfile.TemporaryFile() as made:
            book.save(made)
            made.seek(0)
            while part := made.read(CHUNK):
                yield part


FILES = {
    "csv": CsvFile("CSV", ",", exact=True),
    "semicolon": CsvFile("Semicolons, and a comma before the cents", ";", decimal=","),
    "tab": CsvFile("Tabs", "\t", ending="tsv", content_type="text/tab-separated-values; charset=utf-8"),
    "xlsx": WorkbookFile("Excel"),
}


def safe(text: str) -> str:
    """Return a text no spreadsheet takes for a formula."""
    text = text.replace("\0", "")
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def _taken(held: io.StringIO) -> bytes:
    said = held.getvalue().encode()
    held.seek(0)
    held.truncate()
    return said


def _cell(sheet: Any, value: Value, zone: tzinfo) -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return _written(sheet, value.astimezone(zone).replace(tzinfo=None), DAY_AND_TIME)  # Excel knows no zones
    if isinstance(value, str):
        cell = _written(sheet, ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST], TEXT)
        cell.data_type = "s"  # whatever it begins with: a formula is never made of it
        return cell
    return _written(sheet, value, AMOUNT if isinstance(value, Decimal) else NUMBER)


def _written(sheet: Any, value: Any, number_format: str) -> Any:
    cell = WriteOnlyCell(sheet, value)
    cell.number_format = number_format
    return cell
