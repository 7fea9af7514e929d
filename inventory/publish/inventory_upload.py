"""Inventory Upload: telling a cart what can be sold: on hand, less what is promised, less safety.

Only what changed is told, SKU by SKU, never for an offer that the marketplace fulfils itself. A number that changed
while it was being told is owed again: the newest one always arrives last.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from carts.marketplaces.base import Marketplace
from carts.models import Cart, Listing
from core.activity.event_log import record
from core.alerts.raised import close_alerts, raise_alert
from core.common import jobs
from core.common.jobs import Job
from inventory.alerts import NOT_TOLD
from inventory.free_stock import FreeStock
from inventory.models import StockUpdate
from shipping.models import Warehouse
from shipping.routing import routes_for

PAGE = 500
RUNS = 500  # in one go


@dataclass
class Published:
    told: int = 0
    same: int = 0
    waiting: int = 0
    stuck: int = 0
    throttled: bool = False

    def __str__(self) -> str:
        text = f"{self.told} sent, {self.same} unchanged, {self.waiting} to be retried, {self.stuck} refused"
        return f"{text}; the rest is waiting for quota" if self.throttled else text


def publish(cart: Cart, marketplace: Marketplace, *, now: datetime) -> Published:
    """Owe the cart every quantity that changed, and tell what is due. Raises Disconnected."""
    same = owe_changes(cart, now=now)
    due = StockUpdate.objects.filter(listing__cart=cart).due(now).order_by("due_at", "pk")
    tally = jobs.run_due(due.select_related("listing__cart")[:RUNS], StockJob(marketplace), now=now)
    return Published(tally.done, same, tally.waiting, tally.stuck, throttled=tally.put_off > 0)


# -- Owing -----------------------------------------------------------------------------------------------------------
def owe_changes(cart: Cart, *, now: datetime) -> int:
    """Write down every quantity the cart does not know yet. Returns how many it knows already."""
    warehouse = routes_for([cart])[cart.pk].warehouse
    known = 0
    listings = Listing.objects.filter(cart=cart, fulfilled_by_marketplace=False).select_related("stock_update")
    last = 0
    while page := list(listings.filter(pk__gt=last).order_by("pk")[:PAGE]):
        last = page[-1].pk
        quantities = available(cart, warehouse, [listing.sku for listing in page], now=now)
        new = []
        for listing in page:
            quantity = quantities.get(listing.sku)
            if quantity is None:
                continue  # nobody has counted it: better told nothing than told nonsense
            update: StockUpdate | None = getattr(listing, "stock_update", None)
            if update is None:
                new.append(_first(listing, quantity, now))
            elif update.wanted != quantity:
                # A worker that is telling the old number sees, when it settles, that another one is wanted.
                StockUpdate.objects.filter(pk=update.pk).update(wanted=quantity, wanted_at=now)
                update.reopen(now=now)
            else:
                known += update.told == quantity
        StockUpdate.objects.bulk_create(new, ignore_conflicts=True)
    return known


def _first(listing: Listing, quantity: int, now: datetime) -> StockUpdate:
    return StockUpdate(
        organization_id=listing.organization_id,
        merchant_id=listing.merchant_id,
        listing=listing,
        wanted=quantity,
        wanted_at=now,
        due_at=now,
    )


def available(cart: Cart, warehouse: Warehouse, skus: Sequence[str], *, now: datetime) -> dict[str, int]:
    """Return what can be sold of each of the seller's SKUs that was counted."""
    free = FreeStock.of(cart.merchant_id, now=now, warehouse_ids=[warehouse.pk], names=set(skus))
    sold = {sku: free.available(warehouse.pk, sku) for sku in skus}
    return {sku: quantity for sku, quantity in sold.items() if quantity is not None}


# -- Telling ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class StockJob(Job[StockUpdate, tuple[int, str]]):
    """Tell one quantity."""

    marketplace: Marketplace

    def do(self, update: StockUpdate, /, *, now: datetime) -> tuple[int, str]:
        return _tell(update, self.marketplace)

    def done(self, update: StockUpdate, told: tuple[int, str], /, *, now: datetime) -> None:
        _done(update, told, now)

    def stuck(self, update: StockUpdate, reason: str, /, *, now: datetime) -> None:
        _stuck(update, reason, now)


def _tell(update: StockUpdate, marketplace: Marketplace) -> tuple[int, str]:
    listing, quantity = update.listing, update.wanted
    reference = marketplace.set_stock(
        sku=listing.sku, place_id=listing.cart.place_id, quantity=quantity, product_type=listing.product_type
    )
    return quantity, reference


def _done(update: StockUpdate, told: tuple[int, str], now: datetime) -> None:
    quantity, reference = told
    StockUpdate.objects.filter(pk=update.pk).update(told=quantity, told_at=now, reference=reference[:80])
    # Another number came while this one was told: that is still owed.
    StockUpdate.objects.filter(pk=update.pk).exclude(wanted=quantity).reopen(now=now)
    record("stock.told", update.listing, now=now, sku=update.listing.sku, quantity=quantity)
    close_alerts(update.listing, NOT_TOLD, now=now)


def _stuck(update: StockUpdate, reason: str, now: datetime) -> None:
    listing = update.listing
    record("stock.not_told", listing, now=now, sku=listing.sku, reason=reason)
    message = f"{listing.cart}: the stock of {listing.sku} was refused. {reason}"
    raise_alert(NOT_TOLD, listing, message, now=now, path=listing.cart.get_absolute_url())
