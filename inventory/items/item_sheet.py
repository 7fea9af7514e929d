"""A merchant's aliases and kits as a CSV file: read, and written so that it can be read back."""

import csv
import io
from collections.abc import Mapping

from inventory.items.item_table import Meaning
from inventory.sheet_cells import cells_by_head, safe_cell, sheet_rows

HEADS = ("name", "stands_for", "quantity")
NAMES = {
    "name": ("name", "alias", "sellersku", "kit", "listingsku", "upc"),
    "stands_for": ("standsfor", "sku", "warehousesku", "component", "item"),
    "quantity": ("quantity", "qty", "units"),
}


def write(table: Mapping[str, Meaning]) -> str:
    held = io.StringIO()
    writer = csv.writer(held)
    writer.writerow(HEADS)
    for name, meaning in table.items():
        for sku, quantity in meaning:
            writer.writerow([safe_cell(name), safe_cell(sku), "" if quantity is None else quantity])
    return held.getvalue()


def read(data: bytes) -> tuple[dict[str, list[tuple[str, int | None]]], list[str]]:
    """Return what each name is to stand for, and what is wrong with rows. Raises Unreadable for another sheet."""
    wanted: dict[str, list[tuple[str, int | None]]] = {}
    wrong = []
    for number, cells in cells_by_head(sheet_rows(data), NAMES, needed=("name", "stands_for")):
        name, sku, quantity = cells["name"], cells["stands_for"], cells.get("quantity", "")
        if not name or not sku:
            wrong.append(f"Row {number}: enter both a name and the SKU it stands for.")
        elif quantity and not (quantity.isascii() and quantity.isdigit() and len(quantity) < 9):
            wrong.append(f"Row {number}: {quantity} is no whole number of units.")
        else:
            wanted.setdefault(name, []).append((sku, int(quantity) if quantity else None))
    return wanted, wrong
