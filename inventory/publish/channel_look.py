"""Looking at listings before a quantity goes out: one that the marketplace fulfills by now would be turned by it.

Which listing a number is told for, and whether it may be: as the marketplace says now where what is known is old.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from carts import listings
from carts.marketplaces.base import Marketplace
from carts.models import Cart, Listing
from core.common import claims, clock
from core.common.remote import Rejected
from inventory.models import StockUpdate
from inventory.publish.account_numbers import BOTH, GONE, THEIRS

AWHILE = timedelta(minutes=30)  # how long what was seen of a listing holds
AT_ONCE = 100  # SKUs looked at between two glances at the clock: five requests
GOING_ON = timedelta(seconds=60)  # for one run; the next one knows what this one saw


@dataclass(frozen=True, slots=True)
class Tellable:
    """A number that may go out, and the listing it is told for."""

    update: StockUpdate
    listing: Listing


def look(
    updates: Sequence[StockUpdate], carts: Sequence[Cart], marketplace: Marketplace, *, now: datetime
) -> list[Tellable]:
    """Return those that may be told, in their order. What must not be told is owed no longer. Raises RemoteError."""
    listed = _listed(updates, carts)
    if _refresh(updates, listed, marketplace, now=now):
        listed = _listed(updates, carts)
    tellable = []
    for update in updates:
        there = listed.get(update.sku, [])
        if there and all(listing.takes_quantity for listing in there):
            tellable.append(Tellable(update, there[0]))
        else:
            update.stop(_why(there, carts), now=now)
    return tellable


def look_at_many(updates: Any, carts: Sequence[Cart], marketplace: Marketplace, *, now: datetime) -> bool:
    """The same for a queryset of any size, for a while. Returns whether all of them were looked at."""
    time, keys = clock.running(now), list(updates.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), AT_ONCE):
        if claims.is_stopping() or time() - now > GOING_ON:
            return False
        look(list(updates.filter(pk__in=keys[start : start + AT_ONCE])), carts, marketplace, now=time())
    return True


def _listed(updates: Sequence[StockUpdate], carts: Sequence[Cart]) -> dict[str, list[Listing]]:
    """Return where each SKU is listed, the oldest cart first."""
    rows = Listing.objects.filter(cart__in=carts, sku__in=[update.sku for update in updates], gone_at=None)
    listed: dict[str, list[Listing]] = {}
    for listing in rows.select_related("cart__merchant").order_by("cart_id", "pk"):
        listed.setdefault(listing.sku, []).append(listing)
    return listed


def _refresh(
    updates: Sequence[StockUpdate], listed: dict[str, list[Listing]], marketplace: Marketplace, *, now: datetime
) -> bool:
    """Ask for the listings of which too little is known by now. False when all was known."""
    old: dict[Cart, list[str]] = {}
    for update in updates:
        there = listed.get(update.sku, [])
        for listing in there[:1]:
            if update.failing_since is not None or now - max(each.seen_at for each in there) > AWHILE:
                old.setdefault(listing.cart, []).append(update.sku)
    for cart, skus in old.items():
        try:
            offers = marketplace.offers_of(skus, place_id=cart.place_id)
        except Rejected:
            continue  # it does not say: what the last reading found counts
        listings.store(cart, offers.values(), now=now)
        listings.say_gone(cart, [sku for sku in skus if sku not in offers], now=now)
    return bool(old)


def _why(there: Sequence[Listing], carts: Sequence[Cart]) -> str:
    place = carts[0].place.name
    if not there:
        return GONE.format(place=place)
    both = any(listing.on_both_channels for listing in there)
    return (BOTH if both else THEIRS).format(place=place)
