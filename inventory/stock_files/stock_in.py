"""Taking a warehouse's file of stock. Older levels never replace newer ones; a row that is wrong stops no other.

The levels were seen when the file came, unless a column says when.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from core.accounts.models import Merchant, User
from core.common.sheets import cells as sheet_cells
from core.common.sheets import rows as sheets
from core.common.sheets.rows import Row
from core.common.sheets.sheet_refusal import Unreadable
from core.files import kept_files
from core.files.kept_files import KeptApart
from core.files.models import FileKind, KeptFile, KeptRows
from inventory import affected_carts
from inventory.forms import read_number
from inventory.intake import Observed, Verdict, observe
from inventory.models import Observation
from inventory.sheet_cells import ANY, cells_by_head
from shipping.models import Warehouse

NAMES: Mapping[str, Sequence[str]] = {
    "sku": ("sku", "warehousesku", "item", "itemno", "itemnumber", "itemcode", "productcode", "artikelnummer", "upc"),
    "available": ("available", "availablequantity", "qtyavailable", "free", "sellable", "verfügbar", "disponible"),
    "on_hand": ("onhand", "quantity", "qty", "stock", "units", "qtyonhand", "quantityonhand", "bestand", "menge"),
    "seen_at": ("observedat", "asof", "seenat", "stockdate"),
}
NO_LEVEL = "Its first row has no column on_hand, and none available."


@dataclass
class Came:
    stored: int = 0
    changed: int = 0
    older: int = 0
    apart: list[KeptApart] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, Any]:
        return {"stored": self.stored, "changed": self.changed, "older": self.older, "apart": len(self.apart)}


def read(text: str) -> list[tuple[Row, dict[str, str]]]:
    """Return the rows with what their cells say. Raises Unreadable for a file without the columns."""
    rows = sheets.read(text, ANY)
    found = list(cells_by_head(rows, NAMES, needed=("sku",)))
    if found and not {"available", "on_hand"} & set(found[0][1]):
        raise Unreadable(NO_LEVEL)
    by_number = {row.number: row for row in rows}
    return [(by_number[number], cells) for number, cells in found]


def take(file: KeptFile, warehouse: Warehouse, merchant: Merchant, *, by: User | None, now: datetime) -> Came:
    """Store what a file says. Raises Unreadable, Unopenable."""
    text = kept_files.text_of(file)
    rows, came = read(text), Came()
    observed = list(_observed(rows, came, file))
    outcomes = observe(
        warehouse, merchant, [each for _, each in observed], source=Observation.Source.WAREHOUSE, by=by, now=now
    )
    for (row, each), outcome in zip(observed, outcomes, strict=True):
        came.stored += outcome.verdict is Verdict.STORED
        came.changed += outcome.changed
        came.older += outcome.verdict is Verdict.OLDER
        if outcome.verdict is Verdict.REFUSED:
            came.apart.append(KeptApart(each.sku, [row.number], outcome.reason, [row.cells]))
    heads = sheets.read(text, ANY)[0].cells
    with transaction.atomic():
        # A file has all there is: what was wrong in an earlier one has come again, or is gone.
        earlier = KeptRows.objects.of(warehouse, FileKind.STOCK).filter(settled_at=None, merchant=merchant)
        earlier.exclude(file=file).update(settled_at=now)
        kept_files.keep_rows(file, heads, came.apart, now=now)
        kept_files.finish(file, came.counts, now=now)
    if came.changed:
        affected_carts.tell(warehouse, merchant.pk, now=now)
    return came


def _observed(rows: Sequence[tuple[Row, dict[str, str]]], came: Came, file: KeptFile) -> Iterator[tuple[Row, Observed]]:
    seen: dict[str, int] = {}
    for row, cells in rows:
        sku = sheet_cells.clean(cells["sku"])
        why = ""
        if not sku and not any(cells.values()):
            continue
        if first := seen.get(sku):
            why = f"Rows {first} and {row.number} are both about {sku}. Put the units into one row."
        elif sheet_cells.is_destroyed(sku):
            why = sheet_cells.DESTROYED.format(written=sku)
        seen.setdefault(sku, row.number)
        try:
            level = cells.get("available", "") or cells.get("on_hand", "")
            units = read_number(level.removesuffix(".0"))
            at = _moment(cells.get("seen_at", "")) or file.at
        except ValueError as error:
            why = why or str(error)
        if why:
            came.apart.append(KeptApart(sku, [row.number], f"Row {row.number}: {why}", [row.cells]))
            continue
        yield row, Observed(sku, units, at, orders_off=bool(cells.get("available")))


def _moment(cell: str) -> datetime | None:
    if not cell:
        return None
    try:
        read = datetime.fromisoformat(cell)
    except ValueError:
        raise ValueError(f"“{cell[:30]}” is no moment like 2026-11-28T15:30:00Z.") from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)
