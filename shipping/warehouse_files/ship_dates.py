"""The day a warehouse's file says a package was shipped: in which column it stands, and how its dates are written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.common.sheets.head_words import HeadWords
from core.common.sheets.rows import Row
from orders.order_files import order_cells
from orders.order_files.order_cells import DateOrder, NotWritten

LOOKED_AT = 200  # rows
HEADS = HeadWords(
    {
        "shipped_on": (
            "Ship date", "Shipped on", "Shipped date", "Date shipped", "Shipped at", "Shipping date", "Shipment date",
            "Dispatch date", "Despatch date", "Dispatched on", "Shipped", "Versanddatum", "Versendet am",
            "Date d'expédition", "Expédié le", "Fecha de envío", "Enviado el", "出荷日", "発送日",
        )
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShipDates:
    """Where the days stand; nowhere where the file has none."""

    place: int | None = None  # from 0
    order: DateOrder | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """Return it as it is kept with the warehouse."""
        return {"shipped_on": self.place, "dates": self.order.value if self.order else ""}

    @classmethod
    def kept(cls, facts: dict[str, Any]) -> "ShipDates":
        return cls(facts.get("shipped_on"), DateOrder(facts["dates"]) if facts.get("dates") else None)

    def day(self, rows: Sequence[Row]) -> date | None:
        """Return the day that some rows say, None where none does. Raises NotWritten."""
        days = {order_cells.day(cell, self.order)[:10] for cell in self._cells(rows) if cell}
        if len(days) > 1:
            raise NotWritten("is said in two ways for one package")
        return date.fromisoformat(days.pop()) if days else None

    def _cells(self, rows: Sequence[Row]) -> list[str]:
        if self.place is None:
            return []
        return [row.cells[self.place].strip() for row in rows if self.place < len(row.cells)]


def find(head: Row | None, body: Sequence[Row]) -> ShipDates:
    """Return where the days stand as the heads tell, and how they are written where that is clear."""
    place = HEADS.told(head).get("shipped_on") if head else None
    return ordered(place, body)


def ordered(place: int | None, body: Sequence[Row], order: DateOrder | None = None) -> ShipDates:
    """Return the days of a column, with their order as somebody said it, else as they tell."""
    dates = ShipDates(place, order)
    return ShipDates(place, order or order_cells.guess_order(dates._cells(body[:LOOKED_AT])))
