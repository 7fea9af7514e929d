"""Showing what a cart offers: what the marketplace shows of each listing, what it was told and would be told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from carts.models import Cart, Listing
from inventory.models import StockUpdate
from inventory.publish.account_numbers import available
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
        return self.listing.takes_quantity

    @property
    def on_its_way(self) -> bool:
        return self.update is not None and self.update.is_on_its_way and not self.update.is_dropped

    @property
    def refused(self) -> str:
        return self.update.last_error if self.update is not None and self.update.is_stuck else ""


def offered(cart: Cart, listings: Sequence[Listing], *, now: datetime) -> list[Offered]:
    """Return the rows of listings, in their order."""
    warehouse = routes_for([cart])[cart.pk].warehouse
    codes = [code for listing in listings if (code := getattr(listing, cart.product_code))]
    quantities = available(cart, warehouse, codes, now=now)
    found = StockUpdate.objects.filter(grant=cart.grant_id or 0, sku__in=[listing.sku for listing in listings])
    updates = {update.sku: update for update in found}
    rows = []
    for listing in listings:
        quantity = None if not listing.takes_quantity else quantities.get(getattr(listing, cart.product_code))
        rows.append(Offered(listing, quantity, updates.get(listing.sku)))
    return rows
