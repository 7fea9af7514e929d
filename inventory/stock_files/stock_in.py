"""Taking a warehouse's file of stock. Older levels never replace newer ones; a row that is wrong stops no other.

The levels were seen when the file came, unless a column says when: on the 3PL's own clock where it names no time zone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from django.db import transaction

from core.accounts.models import Merchant, User
from core.common.sheets import cells as sheet_cells
from core.common.sheets.rows import Row
from core.files import kept_files
from core.files.kept_files import KeptApart
from core.files.models import FileKind, KeptFile, KeptRows
from inventory import affected_carts
from inventory.forms import read_number
from inventory.intake import Observed, Verdict, observe
from inventory.models import Observation
from inventory.sheet_cells import read_cell
from inventory.stock_files import stock_layout
from inventory.stock_files.stock_layout import StockColumn, StockLayout
from shipping.models import Warehouse
from shipping.warehouse_files import shipments_in


@dataclass
class Came:
    stored: int = 0
    changed: int = 0
    older: int = 0
    apart: list[KeptApart] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, Any]:
        return {"stored": self.stored, "changed": self.changed, "older": self.older, "apart": len(self.apart)}


@dataclass
class Levels:
    """What a file says: levels with the rows they stand in, and rows that can't be taken."""

    right: list[tuple[Row, Observed]] = field(default_factory=list)
    apart: list[KeptApart] = field(default_factory=list)


def take(
    file: KeptFile, warehouse: Warehouse, merchant: Merchant, layout: StockLayout, *, by: User | None, now: datetime
) -> Came:
    """Store what a file says. Raises Unreadable, Unopenable."""
    rows = stock_layout.read(kept_files.text_of(file))
    said, came = levels(rows, layout, seen_at=file.at, zone=warehouse.organization.zone), Came()
    came.apart += said.apart
    observed = [each for _, each in said.right]
    outcomes = observe(warehouse, merchant, observed, source=Observation.Source.WAREHOUSE, by=by, now=now)
    for (row, each), outcome in zip(said.right, outcomes, strict=True):
        came.stored += outcome.verdict is Verdict.STORED
        came.changed += outcome.changed
        came.older += outcome.verdict is Verdict.OLDER
        if outcome.verdict is Verdict.REFUSED:
            came.apart.append(KeptApart(each.sku, [row.number], outcome.reason, [row.cells]))
    with transaction.atomic():
        # A file has all there is: what was wrong in an earlier one has come again, or is gone.
        earlier = KeptRows.objects.of(warehouse, FileKind.STOCK).filter(settled_at=None, merchant=merchant)
        earlier.filter(file__lt=file.pk).update(settled_at=now)
        kept_files.keep_rows(file, _heads(rows, layout), came.apart, now=now)
        kept_files.finish(file, came.counts, now=now)
    if came.changed:
        affected_carts.tell(warehouse, merchant.pk, now=now)
    shipments_in.tell(warehouse, now=now)
    return came


def levels(rows: Sequence[Row], layout: StockLayout, *, seen_at: datetime, zone: tzinfo) -> Levels:
    """Return what rows say. Levels were seen at ``seen_at`` where no column says when; ``zone`` is the 3PL's."""
    found, seen = Levels(), dict[str, int]()
    for row in layout.body(rows):
        cells = {
            column: read_cell(row.cells[place]) if place < len(row.cells) else ""
            for column, place in layout.places.items()
        }
        sku, why = sheet_cells.clean(cells.get(StockColumn.SKU, "")), ""
        if not any(cells.values()):
            continue
        if first := seen.get(sku):
            why = f"Rows {first} and {row.number} are both about {sku}. Put the units into one row."
        elif sheet_cells.is_destroyed(sku):
            why = sheet_cells.DESTROYED.format(written=sku)
        seen.setdefault(sku, row.number)
        try:
            available = cells.get(StockColumn.AVAILABLE, "")
            units = read_number((available or cells.get(StockColumn.ON_HAND, "")).removesuffix(".0"))
            at = _moment(cells.get(StockColumn.SEEN_AT, ""), zone) or seen_at
        except ValueError as error:
            why = why or str(error)
        if why:
            found.apart.append(KeptApart(sku, [row.number], f"Row {row.number}: {why}", [row.cells]))
            continue
        found.right.append((row, Observed(sku, units, at, orders_off=bool(available))))
    return found


def _heads(rows: Sequence[Row], layout: StockLayout) -> list[str]:
    if layout.head is not None:
        return layout.heads
    named = {place: str(column.label) for column, place in layout.places.items()}
    return [named.get(place, "") for place in range(max((len(row.cells) for row in rows), default=0))]


def _moment(cell: str, zone: tzinfo) -> datetime | None:
    if not cell:
        return None
    try:
        read = datetime.fromisoformat(cell)
    except ValueError:
        raise ValueError(f"“{cell[:30]}” is no moment like 2026-11-28T15:30:00Z.") from None
    return read if read.tzinfo else read.replace(tzinfo=zone)
