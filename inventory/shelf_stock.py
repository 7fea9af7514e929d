"""What warehouses have in stock, as routing rules ask for it: for a page of orders at once."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from inventory.models import StockLevel
from inventory.promised import reckon, unpromised
from orders.models import Line, Order
from shipping.items.item_names import ItemNames
from shipping.shipments.shipped_packages import openings

Units = Sequence[tuple[int, str, int]]  # of each of an order's lines: its id, its SKU as its seller calls it, units


class ShelfStock:
    """What of some orders' goods nobody else wants, in some warehouses. About nine statements, however many orders.

    Orders that have no warehouse yet want nothing: they are the ones who ask. Nor is the safety stock kept back: it
    keeps carts from selling too much, and these are sold.
    """

    def __init__(
        self, orders: Sequence[Order], warehouse_ids: Collection[int], *, now: datetime, whole: bool = False
    ) -> None:
        self._wanted = _wanted(orders, whole=whole)
        merchants = {order.merchant_id for order in orders}
        skus = {sku for units in self._wanted.values() for _, sku, _ in units}
        self._names = names = ItemNames.of(merchants, names=skus)
        items = {names.item(merchant, sku) for merchant in merchants for sku in skus}
        items |= {part.sku for kit in names.kits.values() for part in kit}
        levels = StockLevel.objects.filter(warehouse__in=warehouse_ids, merchant__in=merchants, sku__in=items)
        counted = levels.filter(on_hand__isnull=False).select_related("warehouse")
        found = reckon(counted, now=now, placed_alone=True)
        self._free = {(each.warehouse_id, each.merchant_id, each.sku): unpromised(each) or 0 for each in found}
        self._whole_kits = {each.warehouse_id for each in found if each.warehouse.system.knows_kits}

    def has(self, warehouse_id: int, order: Order) -> bool:
        needs: dict[str, int] = defaultdict(int)
        for sku, units in self._parts(warehouse_id, order):
            needs[sku] += units
        return bool(needs) and all(
            self._free.get((warehouse_id, order.merchant_id, sku), 0) >= units for sku, units in needs.items()
        )

    def take(self, warehouse_id: int, order: Order, units: Mapping[int, int] | None = None) -> None:
        for sku, count in self._parts(warehouse_id, order, units):
            key = (warehouse_id, order.merchant_id, sku)
            if key in self._free:
                self._free[key] -= count

    def wanted(self, order: Order) -> Units:
        return self._wanted.get(order.pk, ())

    def most(self, warehouse_id: int, order: Order, line: int, beside: Mapping[int, int]) -> int:
        taken: dict[str, int] = defaultdict(int)
        for sku, count in self._parts(warehouse_id, order, beside):
            taken[sku] += count
        one: dict[str, int] = defaultdict(int)
        for sku, count in self._parts(warehouse_id, order, {line: 1}):
            one[sku] += count
        free = {sku: self._free.get((warehouse_id, order.merchant_id, sku), 0) - taken[sku] for sku in one}
        return max(0, min((free[sku] // count for sku, count in one.items() if count), default=0))

    def _parts(
        self, warehouse_id: int, order: Order, only: Mapping[int, int] | None = None
    ) -> Iterator[tuple[str, int]]:
        for line, name, wanted in self._wanted.get(order.pk, ()):
            units = wanted if only is None else only.get(line, 0)
            whole_kits = warehouse_id in self._whole_kits
            for part in self._names.parts(order.merchant_id, name, whole_kits=whole_kits) if units else ():
                yield part.sku, units * part.quantity


def _wanted(orders: Sequence[Order], *, whole: bool) -> dict[int, Units]:
    """Return by the order's id what is still open of it, or with ``whole`` all that was bought."""
    if not whole:
        opened = openings(orders)
        return {
            pk: [(each.line.pk, each.line.sku, each.units) for each in lines.values() if each.units]
            for pk, lines in opened.items()
        }
    wanted: dict[int, list[tuple[int, str, int]]] = defaultdict(list)
    for line in Line.objects.filter(order__in=[order.pk for order in orders], left_out=False).order_by("pk"):
        if line.wanted:
            wanted[line.order_id].append((line.pk, line.sku, line.wanted))
    return dict(wanted)
