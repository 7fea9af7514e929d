"""Taking stock: staff write down what they counted, many SKUs at once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from carts.models import Cart
from core.accounts.models import User
from inventory import levels as inventory_levels
from inventory.levels import Moved
from inventory.models import StockLevel
from inventory.promised import reckon
from shipping.models import Warehouse


@dataclass(frozen=True, slots=True)
class StockCount:
    """What somebody counted, and what they saw on the page when they began."""

    level: StockLevel
    on_hand: int
    seen: int | None


@dataclass(slots=True)
class StockTaken:
    kept: int = 0
    moved: dict[int, str] = field(default_factory=dict)  # level: what happened meanwhile
    carts: list[Cart] = field(default_factory=list)  # to be told


def take_stock(counts: Iterable[StockCount], *, by: User, now: datetime) -> StockTaken:
    """Keep each count by itself: one that came too late loses no other."""
    taken = StockTaken()
    counts = list(counts)
    stock_rows = {(count.level.warehouse, count.level.merchant_id) for count in counts}
    levels = StockLevel.objects.filter(pk__in=[count.level.pk for count in counts]).select_related("warehouse")
    now_there = {level.pk: level for level in reckon(levels, now=now)}
    for count in counts:
        level = now_there[count.level.pk]
        try:
            taken.kept += inventory_levels.set_on_hand(level, count.on_hand, seen=count.seen, by=by, now=now)
        except Moved as moved:
            taken.moved[count.level.pk] = str(moved)
    if taken.kept:
        taken.carts = [cart for warehouse, merchant_id in stock_rows for cart in _carts(warehouse, merchant_id)]
    return taken


def _carts(warehouse: Warehouse, merchant_id: int) -> list[Cart]:
    told = Cart.objects.asked().filter(inventory_on=True, route__warehouse=warehouse, merchant=merchant_id)
    return list(told.order_by("pk"))
