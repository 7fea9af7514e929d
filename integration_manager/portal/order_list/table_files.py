"""A table as a file, for programs and for any Excel. Written while it is read: memory does not grow with the rows.

Excel opens a CSV file by the settings of its country: where a comma stands before the cents, it expects semicolons.
Only a workbook says itself what is text, what a number and what a time.
"""

import csv
import io
import re
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel

Value = str | int | Decimal | datetime | None
Row = Sequence[Value]

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # what a spreadsheet takes a cell for that begins so
MARK = "\ufeff"  # without it Excel takes UTF-8 for something else
UNWRITABLE = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML
CODE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # Excel would read a character where somebody wrote _x0041_
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
    def write(
        self, columns: Sequence[str], rows: Iterable[Row], *, zone: tzinfo, title: str = "Orders"
    ) -> Iterator[bytes]:
        """Yield the file. Its times are those of ``zone``; the sheet of a workbook is called ``title``."""


@dataclass(frozen=True)
class CsvFile(TableFile):
    """Values between separators. ``decimal`` stands before the cents; ``exact`` times say how far they are from UTC."""

    label: str
    separator: str
    decimal: str = "."
    exact: bool = False
    ending: str = "csv"
    content_type: str = "text/csv; charset=utf-8"

    def write(
        self, columns: Sequence[str], rows: Iterable[Row], *, zone: tzinfo, title: str = "Orders"
    ) -> Iterator[bytes]:
        held = io.StringIO()
        held.write(MARK)
        csv.writer(held, delimiter=self.separator).writerow([safe(column) for column in columns])
        yield _taken(held)
        yield from self.body(rows, zone=zone)

    def body(self, rows: Iterable[Row], *, zone: tzinfo) -> Iterator[bytes]:
        """Yield rows as they stand below the head, or below rows of before."""
        held = io.StringIO()
        writer = csv.writer(held, delimiter=self.separator)
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
    """Excel's own: what is text stays text, and numbers and times can be reckoned with.

    openpyxl makes the workbook with its headings; the rows are put into it here. It would take a minute for a hundred
    thousand of them, and hand out nothing before the last.
    """

    label: str
    ending: str = "xlsx"
    content_type: str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def write(
        self, columns: Sequence[str], rows: Iterable[Row], *, zone: tzinfo, title: str = "Orders"
    ) -> Iterator[bytes]:
        blank = BlankWorkbook(columns, title)
        outlet = Outlet()
        with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as book:
            for name, part in blank.parts.items():
                book.writestr(name, part)
            with book.open(BlankWorkbook.SHEET, "w") as sheet:
                sheet.write(blank.above)
                for number, row in enumerate(rows, start=2):
                    sheet.write(blank.row(number, row, zone).encode())
                    if outlet.held > CHUNK:
                        yield outlet.take()
                sheet.write(blank.below)
        yield outlet.take()


class BlankWorkbook:
    """A workbook with headings and no rows yet, and the formats of its columns."""

    SHEET = "xl/worksheets/sheet1.xml"

    def __init__(self, columns: Sequence[str], title: str) -> None:
        book = Workbook()
        sheet: Any = book.active
        sheet.title, sheet.freeze_panes = title, "A2"
        self.formats: dict[str, int] = {}
        for place, number_format in enumerate((TEXT, NUMBER, AMOUNT, DAY_AND_TIME), start=1):
            sample = sheet.cell(row=2, column=place)  # a cell each: the book keeps the style itself, not a copy
            sample.number_format = number_format
            self.formats[number_format] = sample.style_id
        self.letters = [get_column_letter(place) for place in range(1, len(columns) + 1)]
        for letter, column in zip(self.letters, columns, strict=True):
            sheet.column_dimensions[letter].width = WIDTH
            heading = sheet[f"{letter}1"]
            heading.value, heading.data_type, heading.number_format = column, "s", TEXT
        made = io.BytesIO()
        book.save(made)
        with zipfile.ZipFile(made) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist() if name != self.SHEET}
            whole = re.sub(rb"<dimension [^>]*>", b"", archive.read(self.SHEET))  # it would count the headings only
        headings = whole.index(b"</row>") + len(b"</row>")
        self.above, self.below = whole[:headings], whole[whole.index(b"</sheetData>") :]  # without the samples

    def row(self, number: int, row: Row, zone: tzinfo) -> str:
        cells = [self._cell(f"{letter}{number}", value, zone) for letter, value in zip(self.letters, row, strict=True)]
        return f'<row r="{number}">{"".join(cells)}</row>'

    def _cell(self, place: str, value: Value, zone: tzinfo) -> str:
        """A text is said to be one, whatever it begins with: a formula is never made of it."""
        if value is None or value == "":
            return ""
        if isinstance(value, str):
            text = escape(CODE.sub("_x005F_", UNWRITABLE.sub("", value)[:LONGEST]))
            style = self.formats[TEXT]
            return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
        if isinstance(value, datetime):  # Excel knows no zones
            serial: object = to_excel(value.astimezone(zone).replace(tzinfo=None))
            number_format = DAY_AND_TIME
        else:
            serial = f"{value:f}" if isinstance(value, Decimal) else value
            number_format = AMOUNT if isinstance(value, Decimal) else NUMBER
        return f'<c r="{place}" s="{self.formats[number_format]}"><v>{serial}</v></c>'


class Outlet(io.RawIOBase):
    """What is written to here is handed on in parts: nobody goes back in it."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []
        self.held = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        part = bytes(data)
        self._parts.append(part)
        self.held += len(part)
        return len(part)

    def take(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts, self.held = [], 0
        return taken


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
