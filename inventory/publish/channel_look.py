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
    """A number that may go out, and the listings it may be told for: one is enough, the best one first."""

    update: StockUpdate
    listings: Sequence[Listing]


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
            tellable.append(Tellable(update, there))
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
    """Return where each SKU is listed, in the order of the carts."""
    rank = {cart.pk: place for place, cart in enumerate(carts)}
    rows = Listing.objects.filter(cart__in=carts, sku__in=[update.sku for update in updates], gone_at=None)
    listed: dict[str, list[Listing]] = {}
    for listing in sorted(rows.select_related("cart__merchant"), key=lambda row: rank[row.cart_id]):
        listed.setdefault(listing.sku, []).append(listing)
    return listed


def _refresh(
    updates: Sequence[StockUpdate], listed: dict[str, list[Listing]], marketplace: Marketplace, *, now: datetime
) -> bool:
    """Ask for the listings of which too little is known by now. False when all was known."""
    left = [update.sku for update in updates if _is_old(update, listed.get(update.sku, []), now)]
    asked = bool(left)
    for turn in range(max((len(listed[sku]) for sku in left), default=0)):
        by_cart: dict[Cart, list[str]] = {}
        for sku in left:
            if len(listed[sku]) > turn:
                by_cart.setdefault(listed[sku][turn].cart, []).append(sku)
        left = [sku for cart, skus in by_cart.items() if not _ask(cart, skus, marketplace, now=now) for sku in skus]
    return asked


def _is_old(update: StockUpdate, there: Sequence[Listing], now: datetime) -> bool:
    if not there:
        return False
    return update.failing_since is not None or now - max(each.seen_at for each in there) > AWHILE


def _ask(cart: Cart, skus: Sequence[str], marketplace: Marketplace, *, now: datetime) -> bool:
    """Return whether the place said how these are listed. Where none does, what the last reading found counts."""
    try:
        offers = marketplace.offers_of(skus, place_id=cart.place_id)
    except Rejected:
        return False
    listings.store(cart, offers.values(), now=now)
    listings.say_gone(cart, [sku for sku in skus if sku not in offers], now=now)
    return True


def _why(there: Sequence[Listing], carts: Sequence[Cart]) -> str:
    place = carts[0].place.name
    if not there:
        return GONE.format(place=place)
    both = any(listing.on_both_channels for listing in there)
    return (BOTH if both else THEIRS).format(place=place)
