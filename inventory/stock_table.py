"""Showing what is on the stock_rows: what is there now, what of it is promised, and what the carts were told."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from inventory.models import StockLevel, StockUpdate
from inventory.promised import can_be_sold, on_hand, reckon
from shipping.items.item_names import ItemNames


@dataclass(frozen=True, slots=True)
class PublishedQuantity:
    """What one cart was told of a SKU, or is about to be told."""

    cart: str
    quantity: int | None
    at: datetime | None
    wanted: int
    error: str = ""

    @property
    def owed(self) -> bool:
        return self.quantity != self.wanted


@dataclass(slots=True)
class StockRow:
    """One row of the page. ``typed`` and ``error`` are what somebody wrote and why it was not kept."""

    level: StockLevel
    on_hand: int | None  # now: what was observed, less what was shipped since
    promised: int
    can_be_sold: int | None
    told: list[PublishedQuantity] = field(default_factory=list)
    typed: str | None = None
    error: str = ""

    @property
    def value(self) -> str:
        """What stands in the row's field."""
        return self.typed if self.typed is not None else self.seen

    @property
    def seen(self) -> str:
        return "" if self.on_hand is None else str(self.on_hand)


def stock_rows(levels: Sequence[StockLevel], *, now: datetime) -> list[StockRow]:
    """Return the rows of levels with their warehouses, in their order. Four statements, however many there are."""
    merchants, skus = {level.merchant_id for level in levels}, {level.sku for level in levels}
    names = ItemNames.behind(merchants, skus)
    levels = reckon(levels, now=now, names=names)
    rows = [StockRow(level, on_hand(level), level.promised, can_be_sold(level)) for level in levels]  # type: ignore[attr-defined]
    by_code: dict[tuple[int, int, str], list[PublishedQuantity]] = {}
    for update in _updates(merchants, skus | names.names):
        listing = update.listing
        route = getattr(listing.cart, "route", None)
        key = (route.warehouse_id if route else 0, listing.merchant_id, names.item(listing.merchant_id, listing.sku))
        told = PublishedQuantity(listing.cart.name, update.told, update.told_at, update.wanted, update.last_error)
        by_code.setdefault(key, []).append(told)
    for row in rows:
        row.told = by_code.get((row.level.warehouse_id, row.level.merchant_id, row.level.sku), [])
    return rows


def _updates(merchants: Collection[int], names: Collection[str]) -> list[StockUpdate]:
    updates = StockUpdate.objects.filter(listing__sku__in=names, merchant__in=merchants)
    return list(updates.select_related("listing__cart__route").order_by("listing__cart__name", "pk"))
