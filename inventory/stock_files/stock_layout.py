"""Which column of a warehouse's file of stock says what: as we ask for it, as its heads tell, or as a person said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import models

from core.accounts.models import User
from core.common.sheets import rows as sheet_rows
from core.common.sheets.head_words import HeadWords, plain
from core.common.sheets.rows import HEADED, Row
from core.files.models import FileColumns, FileKind
from shipping.models import Warehouse


class StockColumn(models.TextChoices):
    """What a column of stock may say."""

    SKU = "sku", "SKU"
    ON_HAND = "on_hand", "On hand"
    AVAILABLE = "available", "Available: orders are taken off"
    SEEN_AT = "seen_at", "Seen at"


HEADS: Mapping[StockColumn, Sequence[str]] = {
    StockColumn.SKU: (
        "SKU", "Warehouse SKU", "Item", "Item no", "Item number", "Item code", "Product code", "Artikelnummer", "UPC",
    ),
    StockColumn.ON_HAND: (
        "On hand", "Quantity on hand", "Qty on hand", "Quantity", "Qty", "Stock", "Units", "Bestand", "Menge",
    ),
    StockColumn.AVAILABLE: (
        "Available", "Available quantity", "Qty available", "Free", "Sellable", "Verfügbar", "Disponible",
    ),
    StockColumn.SEEN_AT: ("Observed at", "As of", "Seen at", "Stock date"),
}  # fmt: skip
AS_ASKED = {"sku", "onhand", "available", "observedat"}  # heads that are ours: nobody has to look at these
WORDS = HeadWords(HEADS)


@dataclass(frozen=True, slots=True)
class StockLayout:
    """Where the columns stand. ``is_confirmed``: by a person for files with these heads, or as we ask for them."""

    places: Mapping[StockColumn, int]  # from 0
    head: Row | None
    is_confirmed: bool = False

    @property
    def missing(self) -> list[str]:
        """Return what a file of stock can't do without, in words."""
        lacking = [] if StockColumn.SKU in self.places else ["SKU"]
        if not {StockColumn.ON_HAND, StockColumn.AVAILABLE} & set(self.places):
            lacking.append("On hand, or available")
        return lacking

    @property
    def heads(self) -> list[str]:
        return [cell.strip() for cell in self.head.cells] if self.head else []

    def body(self, rows: Sequence[Row]) -> list[Row]:
        return [row for row in rows if self.head is None or row.number > self.head.number]


def read(text: str) -> list[Row]:
    """Return the rows that are not empty. Raises Unreadable."""
    return sheet_rows.read(text, WORDS.sense)


def find(warehouse: Warehouse, rows: Sequence[Row]) -> StockLayout:
    """Return the layout of a file: as a person said for these heads, else as far as the heads tell."""
    kept: FileColumns | None = FileColumns.objects.of(warehouse, FileKind.STOCK).first()
    if kept is not None and (known := _kept(rows, kept)):
        return known
    head, places = WORDS.find(rows)
    told = {plain(head.cells[place]) for place in places.values()} if head else set()
    layout = StockLayout(places, head, is_confirmed=bool(told) and told <= AS_ASKED)
    return StockLayout(places, head) if layout.missing else layout


def chosen(rows: Sequence[Row], places: Mapping[StockColumn, int], *, has_heads: bool) -> StockLayout:
    """Return a layout as a person says it."""
    head = (WORDS.find(rows)[0] or (rows[0] if rows else None)) if has_heads else None
    return StockLayout(dict(places), head, is_confirmed=True)


def keep(warehouse: Warehouse, layout: StockLayout, *, by: User | None, now: datetime) -> None:
    """Read this warehouse's files this way from now on, as long as they have these heads."""
    FileColumns.objects.update_or_create(
        subject_kind="warehouse",
        subject_id=warehouse.pk,
        kind=FileKind.STOCK,
        defaults={
            "organization_id": warehouse.organization_id,
            "heads": layout.heads,
            "columns": {column.value: place for column, place in layout.places.items()},
            "by": by,
            "at": now,
        },
    )


def _kept(rows: Sequence[Row], kept: FileColumns) -> StockLayout | None:
    places = {StockColumn(column): place for column, place in kept.columns.items() if column in StockColumn}
    if not kept.heads:
        widest = max((len(row.cells) for row in rows[:HEADED]), default=0)
        fits = WORDS.find(rows)[0] is None and widest > max(places.values(), default=0)
        return StockLayout(places, None, is_confirmed=True) if fits else None
    wanted = [plain(head) for head in kept.heads]
    head = next((row for row in rows[:HEADED] if [plain(cell) for cell in row.cells] == wanted), None)
    return StockLayout(places, head, is_confirmed=True) if head else None
