"""Sheets of tracking numbers for tests: as files of every kind, and kept ones."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

from core.accounts.models import Organization, User
from core.common import clock
from shipping.models import TrackingSheet
from shipping.tracking_import import kept_sheets
from shipping.tracking_import.kept_sheets import SheetContent
from tests.factories import make_person

URL = "/shipping/tracking/"


def make_sheet(organization: Organization, text: str = "Order,Tracking\n1,2", by: User | None = None) -> TrackingSheet:
    """A sheet that somebody imported."""
    by = by or make_person(organization)
    return kept_sheets.keep(SheetContent(text), organization=organization, by=by, now=clock.now())


def csv_text(rows: Sequence[Sequence[str]], separator: str = ",") -> str:
    """Return rows as any program writes them."""
    held = io.StringIO()
    csv.writer(held, delimiter=separator).writerows(rows)
    return held.getvalue()


def workbook(rows: Sequence[Sequence[Any]], *, before: Sequence[Sequence[Any]] = ()) -> bytes:
    """Return rows as an Excel file; ``before`` is a sheet of its own in front of them. A text is never a formula."""
    book = Workbook()
    sheets = [book.active, book.create_sheet()] if before else [book.active]
    for sheet, filled in zip(sheets, (before, rows) if before else (rows,), strict=True):
        for number, row in enumerate(filled, start=1):
            for place, value in enumerate(row, start=1):
                cell = sheet.cell(row=number, column=place)
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def upload(data: bytes, name: str = "tracking.csv") -> io.BytesIO:
    """Return a file as a form sends it."""
    file = io.BytesIO(data)
    file.name = name
    return file
