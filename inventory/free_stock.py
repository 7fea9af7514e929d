"""What of each thing a merchant offers can be sold, from each warehouse: reckoned for all of it at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from inventory.models import StockLevel
from inventory.promised import AnyLevel, can_be_sold, reckon, reckon_all
from shipping.items.item_names import ItemNames, Part


@dataclass(slots=True)
class FreeStock:
    """What a merchant's warehouses have free, by warehouse SKU, and what the seller's SKUs stand for."""

    merchant_id: int
    names: ItemNames
    units: dict[tuple[int, str], int] = field(default_factory=dict)  # (warehouse id, SKU): what can be sold of it
    whole_kits: set[int] = field(default_factory=set)  # ids of warehouses that know kits by their SKU

    @classmethod
    def of(
        cls,
        merchant_id: int,
        *,
        now: datetime,
        warehouse_ids: Collection[int] | None = None,
        names: Collection[str] | None = None,
    ) -> Self:
        """Reckon all SKUs of a merchant, or what some ``names`` stand for: about eight statements either way."""
        stand_for = ItemNames.of([merchant_id], names=names)
        levels = StockLevel.objects.filter(merchant=merchant_id, on_hand__isnull=False)
        if warehouse_ids is not None:
            levels = levels.filter(warehouse__in=warehouse_ids)
        found: Sequence[AnyLevel]
        if names is None:
            found = reckon_all(levels, stand_for, now=now)
        else:
            items = {stand_for.item(merchant_id, name) for name in names}
            some = levels.filter(sku__in=items | {part.sku for kit in stand_for.kits.values() for part in kit})
            found = reckon(some.prefetch_related("warehouse"), now=now)
        units = {(level.warehouse_id, level.sku): can_be_sold(level) or 0 for level in found}
        warehouses = {level.warehouse_id: level.warehouse for level in found}
        whole_kits = {pk for pk, warehouse in warehouses.items() if warehouse.system.knows_kits}
        return cls(merchant_id, stand_for, units, whole_kits)

    def parts(self, warehouse_id: int, sku: str) -> "list[Part]":
        """Return what one unit of a seller's SKU takes from a warehouse's shelf."""
        return list(self.names.parts(self.merchant_id, sku, whole_kits=warehouse_id in self.whole_kits))

    def available(self, warehouse_id: int, sku: str) -> int | None:
        """Return how many units of a seller's SKU can be sold from a warehouse: of a kit, the fewest whole ones.

        None while nobody has counted all of it there.
        """
        if not self.names.stands_for_another(self.merchant_id, sku):
            return self.units.get((warehouse_id, sku))
        wholes = []
        for part in self.parts(warehouse_id, sku):
            free = self.units.get((warehouse_id, part.sku))
            if free is None:
                return None
            wholes.append(free // part.quantity)
        return min(wholes)
