"""Showing what a cart offers: what the marketplace shows of each listing, what it was told and would be told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from carts.models import Cart, Listing
from inventory.models import StockUpdate
from inventory.publish.account_numbers import BOTH, GONE, available
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
    def why_not(self) -> str:
        """Why it takes no number of ours, as a sentence; "" where it does."""
        place = self.listing.cart.place.name
        if self.listing.gone_at:
            return GONE.format(place=place)
        return BOTH.format(place=place) if self.listing.on_both_channels else ""

    @property
    def refused(self) -> str:
        return self.update.last_error if self.update is not None and self.update.is_stuck else ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """What the carts of the cart's seller account want differently."""

    skus: int
    carts: Sequence[Cart]


def conflict(cart: Cart) -> Conflict | None:
    """Return it where the carts of the account differ, whether or not somebody chose between them."""
    skus = StockUpdate.objects.filter(grant=cart.grant_id or 0, in_conflict=True).count()
    return Conflict(skus, of_account(cart)) if skus else None


def of_account(cart: Cart) -> list[Cart]:
    """Return the carts that tell stock to the cart's seller account. They may be several merchants': these alone."""
    others = Cart.objects.filter(grant=cart.grant_id or 0, merchant=cart.merchant_id, state=Cart.State.LIVE)
    return list(others.filter(inventory_on=True).order_by("name", "pk"))


def offered(cart: Cart, listings: Sequence[Listing], *, now: datetime) -> list[Offered]:
    """Return the rows of listings, in their order."""
    warehouse = routes_for([cart])[cart.pk].warehouse
    quantities = available(cart, warehouse, [listing.sku for listing in listings], now=now)
    found = StockUpdate.objects.filter(grant=cart.grant_id or 0, sku__in=[listing.sku for listing in listings])
    updates = {update.sku: update for update in found}
    rows = []
    for listing in listings:
        quantity = None if not listing.takes_quantity else quantities.get(listing.sku)
        rows.append(Offered(listing, quantity, updates.get(listing.sku)))
    return rows
