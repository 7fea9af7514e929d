"""What a warehouse's system calls a merchant's goods, beside what the merchant's carts call them.

Read by a worker when somebody has the connection tested, and kept as it was then: which SKUs it doesn't know, and
which other names and kits it knows that we don't.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from carts.models import Cart, Listing
from orders.models import Line
from orders.statuses import NOT_AT_WAREHOUSE
from shipping.items.item_names import ItemNames
from shipping.warehouses.base import WarehouseItem

MOST_MISSING = 100  # told by name
MOST_NAMES = 2_000  # offered
MOST_SKUS = 20_000  # of a merchant, compared

Parts = list[tuple[str, int | None]]  # SKU, and how many of it; None where a name is only another name


@dataclass(frozen=True, slots=True)
class Catalog:
    """One merchant's goods there, compared."""

    items: int
    matched: int
    missing: list[str]
    missing_count: int
    names: dict[str, Parts]  # what the system calls goods besides, and what each stands for
    at: datetime

    def kept(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "items": self.items,
            "matched": self.matched,
            "missing": self.missing,
            "missing_count": self.missing_count,
            "names": {name: [list(part) for part in parts] for name, parts in self.names.items()},
            "at": self.at.isoformat(),
        }

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "Catalog":
        names = {name: [(str(sku), units) for sku, units in parts] for name, parts in kept["names"].items()}
        return cls(**{**kept, "names": names, "at": datetime.fromisoformat(kept["at"])})


def compare(merchant_id: int, items: Iterable[WarehouseItem], *, now: datetime) -> Catalog:
    """Compare what a system has with what the merchant sells."""
    known: set[str] = set()
    names: dict[str, Parts] = {}
    count = 0
    for item in items:
        is_product = not item.parts or item.name
        count += bool(is_product)
        known |= {item.product_code} if is_product else set()
        if item.parts:
            names[item.product_code] = [*item.parts]
        names |= {alias: [(item.product_code, None)] for alias in item.aliases if alias != item.product_code}
    sold = _sold(merchant_id)
    ours = ItemNames.of([merchant_id], names=sold)
    missing = sorted(
        sku for sku in sold if not all(part.sku in known for part in ours.parts(merchant_id, sku)) and sku not in known
    )
    offered = {name: parts for name, parts in sorted(names.items())[:MOST_NAMES] if name not in ours.names}
    return Catalog(count, len(sold) - len(missing), missing[:MOST_MISSING], len(missing), offered, now)


def _sold(merchant_id: int) -> set[str]:
    """Return the SKUs a merchant lists or has sold and not shipped. What the marketplace ships needs none there."""
    listings = Listing.objects.filter(merchant=merchant_id, fulfilled_by_marketplace=False)
    listed = listings.exclude(cart__state=Cart.State.ARCHIVED).values_list("sku", flat=True)
    lines = Line.objects.filter(order__merchant=merchant_id, order__status__in=NOT_AT_WAREHOUSE)
    return {sku for sku in [*listed[:MOST_SKUS], *lines.values_list("sku", flat=True)[:MOST_SKUS]] if sku}
