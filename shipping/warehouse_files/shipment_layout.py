"""Which column of a warehouse's file of shipments says what: as its heads tell, or as a person put it right."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core.accounts.models import User
from core.common.sheets.head_words import plain
from core.common.sheets.rows import Row
from core.files.models import FileColumns, FileKind
from shipping.models import Warehouse
from shipping.tracking_import.sheet import sheet_columns
from shipping.tracking_import.sheet.heads import Column
from shipping.tracking_import.sheet.sheet_columns import Layout
from shipping.warehouse_files import ship_dates
from shipping.warehouse_files.ship_dates import ShipDates


@dataclass(frozen=True, slots=True)
class ShipmentLayout:
    sheet: Layout
    dates: ShipDates = field(default_factory=ShipDates)


def find(warehouse: Warehouse, rows: Sequence[Row]) -> tuple[ShipmentLayout, bool]:
    """Return where the columns stand, and whether a person said so for files with these heads."""
    layout = sheet_columns.find(rows)
    kept: FileColumns | None = FileColumns.objects.of(warehouse, FileKind.SHIPMENTS).first()
    heads = [plain(cell) for cell in layout.head.cells] if layout.head else []
    if kept is None or [plain(head) for head in kept.heads] != heads:
        return ShipmentLayout(layout, ship_dates.find(layout.head, layout.body(rows))), False
    said = sheet_columns.chosen(layout, {column: kept.columns.get(column.value) for column in Column})
    return ShipmentLayout(said, ShipDates.kept(kept.facts)), True


def keep(warehouse: Warehouse, layout: ShipmentLayout, *, by: User | None, now: datetime) -> None:
    """Read this warehouse's files this way from now on, as long as they have these heads."""
    FileColumns.objects.update_or_create(
        subject_kind="warehouse",
        subject_id=warehouse.pk,
        kind=FileKind.SHIPMENTS,
        defaults={
            "organization_id": warehouse.organization_id,
            "heads": list(layout.sheet.head.cells) if layout.sheet.head else [],
            "columns": {column.value: place for column, place in layout.sheet.places.items()},
            "facts": layout.dates.facts,
            "by": by,
            "at": now,
        },
    )
