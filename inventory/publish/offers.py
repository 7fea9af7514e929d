"""Showing what a cart offers: what the marketplace shows of each listing, what it was told and would be told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from carts.models import Cart, Listing
from inventory.models import StockUpdate
from inventory.publish.inventory_upload import available
from shipping.routing import routes_for


@dataclass(frozen=True, slots=True)
class Offered:
    """One row of the page."""

    listing: Listing
    available: int | None  # what the cart would be told now; None when nobody has counted
    update: StockUpdate | None

    @property
    def ours(self) -> bool:
        """Whether the warehouse ships it. What the marketplace fulfils itself is never told anything."""
        return not self.listing.fulfilled_by_marketplace

    @property
    def on_its_way(self) -> bool:
        return self.update is not None and self.update.told != self.update.wanted

    @property
    def refused(self) -> str:
        return self.update.last_error if self.update is not None and self.update.is_stuck else ""


def offered(cart: Cart, listings: Sequence[Listing], *, now: datetime) -> list[Offered]:
    """Return the rows of listings that have their stock update with them, in their order."""
    warehouse = routes_for([cart])[cart.pk].warehouse
    quantities = available(cart, warehouse, [listing.sku for listing in listings], now=now)
    rows = []
    for listing in listings:
        quantity = None if listing.fulfilled_by_marketplace else quantities.get(listing.sku)
        rows.append(Offered(listing, quantity, getattr(listing, "stock_update", None)))
    return rows
