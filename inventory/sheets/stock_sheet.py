"""A merchant's stock as a CSV file, and a sheet of what was counted, compared with what is known."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core.accounts.models import Merchant, User
from core.activity.event_log import record
from inventory.forms import read_number
from inventory.intake import Observed, Outcome, Verdict, hindrance, observe
from inventory.models import Observation, StockLevel
from inventory.promised import can_be_sold, on_hand, reckon
from inventory.sheet_cells import cells_by_head, safe_cell, sheet_rows
from shipping.items.item_names import ItemNames
from shipping.models import Warehouse

HEADS = ("warehouse", "sku", "title", "on_hand", "promised", "can_be_sold", "observed_at")
NAMES = {
    "sku": ("sku", "warehousesku", "item", "itemnumber", "upc"),
    "on_hand": ("onhand", "counted", "quantity", "qty", "stock"),
    "reason": ("reason", "note"),
}


@dataclass(frozen=True, slots=True)
class CountedRow:
    """A row as it was read: how many were counted, and what was known."""

    sku: str
    on_hand: int
    before: int | None
    reason: str = ""


@dataclass(slots=True)
class SheetPlan:
    """What a sheet comes to. Rows that are wrong are named, and stop no other."""

    changes: list[CountedRow] = field(default_factory=list)
    same: int = 0
    wrong: list[str] = field(default_factory=list)


# -- Out ---------------------------------------------------------------------------------------------------------------
def write(levels: Iterable[StockLevel], *, now: datetime) -> str:
    """Return the levels, with their warehouses, as CSV."""
    held = io.StringIO()
    writer = csv.writer(held)
    writer.writerow(HEADS)
    for level in reckon(levels, now=now):
        there, free = on_hand(level), can_be_sold(level)
        seen = level.observed_at.isoformat(timespec="seconds") if level.observed_at else ""
        texts = [safe_cell(text) for text in (level.warehouse.name, level.sku, level.title)]
        writer.writerow([*texts, there, level.promised, free, seen])  # type: ignore[attr-defined]
    return held.getvalue()


def write_again(rows: Sequence[CountedRow]) -> str:
    """Return rows as a sheet that is read back as the same."""
    held = io.StringIO()
    writer = csv.writer(held)
    writer.writerow(("sku", "on_hand", "reason"))
    writer.writerows((safe_cell(row.sku), row.on_hand, safe_cell(row.reason)) for row in rows)
    return held.getvalue()


# -- In ----------------------------------------------------------------------------------------------------------------
def plan(data: bytes, warehouse: Warehouse, merchant: Merchant, *, now: datetime) -> SheetPlan:
    """Return what a sheet would change. Raises Unreadable. A SKU that stands twice was counted in two places."""
    made, counted = SheetPlan(), dict[str, CountedRow]()
    read = list(cells_by_head(sheet_rows(data), NAMES, needed=("sku", "on_hand")))
    names = ItemNames.of([merchant.pk], names={cells["sku"] for _, cells in read})
    known = _known(warehouse, merchant, now=now)
    for number, cells in read:
        sku = names.item(merchant.pk, cells["sku"])
        if not cells["on_hand"]:
            continue  # the sheet as it was downloaded, where nobody counted
        try:
            units = read_number(cells["on_hand"])
        except ValueError as error:
            made.wrong.append(f"Row {number}, {cells['sku'][:40]}: {error}")
            continue
        if names.is_kit(merchant.pk, sku):
            made.wrong.append(f"Row {number}: {sku} is a kit. Count its components.")
        elif why := hindrance(Observed(sku, units, now), now=now):
            made.wrong.append(f"Row {number}: {why}")
        elif sku in counted:
            made.wrong.append(f"Row {number}: {sku} stands twice. Enter the units of both places in one row.")
        else:
            counted[sku] = CountedRow(sku, units, known.get(sku), cells.get("reason", "")[:200])
    made.changes = [row for row in counted.values() if row.on_hand != row.before]
    made.same = len(counted) - len(made.changes)
    return made


def keep(
    rows: Sequence[CountedRow], warehouse: Warehouse, merchant: Merchant, *, by: User, now: datetime
) -> list[Outcome]:
    """Store what was counted."""
    observed = [Observed(row.sku, row.on_hand, now, reason=row.reason) for row in rows]
    outcomes = observe(warehouse, merchant, observed, source=Observation.Source.SHEET, by=by, now=now)
    if stored := sum(outcome.verdict is Verdict.STORED for outcome in outcomes):
        record("stock.sheet", merchant, now=now, actor=by, count=stored, warehouse=warehouse.name)
    return outcomes


def _known(warehouse: Warehouse, merchant: Merchant, *, now: datetime) -> dict[str, int | None]:
    levels = StockLevel.objects.filter(warehouse=warehouse, merchant=merchant).select_related("warehouse")
    return {level.sku: on_hand(level) for level in reckon(levels, now=now)}
