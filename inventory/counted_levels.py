"""Stock levels as plain rows, for going through all of a merchant's: model instances would take most of the time.

When a level was observed is read only of those that something was shipped or ordered from, and with it once more what
is there: the two belong together.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Min, QuerySet
from django.db.models.functions import Coalesce, Greatest

from inventory.models import StockLevel
from shipping.models import Warehouse

AT_ONCE = 2000  # rows fetched
BY_KEY = 500  # levels asked for by their keys; beyond that the whole set is read


@dataclass(slots=True)
class CountedLevel:
    """A level that somebody counted. Reckoned as a model instance is (inventory/promised.py)."""

    pk: int
    warehouse_id: int
    merchant_id: int
    sku: str
    on_hand: int
    safety: int
    orders_off: bool
    warehouse: Warehouse
    observed_at: datetime | None = None
    settled_until: datetime | None = None
    promised: int = 0
    shipped_since: int = 0


def counted(levels: "QuerySet[StockLevel]") -> list[CountedLevel]:
    """Return those of the levels that were counted. Two statements."""
    fields = ("pk", "warehouse_id", "merchant_id", "sku", "on_hand", "safety", "orders_off")
    rows: list[Any] = list(levels.filter(on_hand__isnull=False).values_list(*fields).iterator(chunk_size=AT_ONCE))
    warehouses = Warehouse.objects.in_bulk({row[1] for row in rows})
    return [CountedLevel(*(*row, warehouses[row[1]])) for row in rows]


def oldest(levels: "QuerySet[StockLevel]") -> datetime | None:
    """Return since when what was shipped is off none of them. None where nobody has counted. One statement."""
    since = Greatest("observed_at", Coalesce("settled_until", "observed_at"))
    found: datetime | None = levels.filter(on_hand__isnull=False).aggregate(oldest=Min(since))["oldest"]
    return found


def read_moments(levels: Collection[CountedLevel]) -> None:
    """Look up when these were observed, and what was there then. One statement."""
    if not levels:
        return
    by_key = {level.pk: level for level in levels}
    rows = StockLevel.objects.all()
    if len(by_key) <= BY_KEY:
        rows = rows.filter(pk__in=list(by_key))
    else:
        rows = rows.filter(
            merchant__in={level.merchant_id for level in levels}, warehouse__in={level.warehouse_id for level in levels}
        )
    fields = ("pk", "on_hand", "orders_off", "observed_at", "settled_until")
    for pk, *read in rows.filter(on_hand__isnull=False).values_list(*fields).iterator(chunk_size=AT_ONCE):
        if level := by_key.get(pk):
            level.on_hand, level.orders_off, level.observed_at, level.settled_until = read
