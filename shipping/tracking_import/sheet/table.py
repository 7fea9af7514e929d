"""The rows of a sheet of tracking numbers."""

from core.common.sheets import rows
from core.common.sheets.rows import Row, SheetSense
from shipping.tracking_import.sheet import numbers
from shipping.tracking_import.sheet.heads import Column, meaning


def _column(head: str) -> Column | None:
    found = meaning(head)
    return found[0] if found else None


SENSE = SheetSense(_column, numbers.is_order_number)


def read(text: str) -> list[Row]:
    """Return the rows that are not empty. Raises Unreadable for too many, or too large a text."""
    return rows.read(text, SENSE)
