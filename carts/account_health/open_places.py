"""Where a seller account sells, by what the marketplace last said: once a day, and to whoever may ask it."""

from collections.abc import Mapping, Sequence
from typing import Any

from carts.models import AccountReading, Cart


def store_in(seller: Mapping[str, Any], place_id: str) -> Mapping[str, Any] | None:
    """Return what was said of a place, in a reading that told something. None where the seller does not sell there."""
    for store in seller["stores"]:
        if store["place_id"] == place_id and store["participating"]:
            return dict(store)
    return None


def closed_among(carts: Sequence[Cart]) -> set[int]:
    """Return the ids of those of an account's carts whose place the seller left. None where no other place is open,
    nor where nobody was told. One statement; none for a single cart."""
    if len(carts) < 2:
        return set()
    readings = AccountReading.objects.filter(grant=carts[0].grant_id).values_list("seller", flat=True)
    seller = readings.first() or {}
    if not seller.get("stores"):
        return set()
    closed = {cart.pk for cart in carts if store_in(seller, cart.place_id) is None}
    return closed if len(closed) < len(carts) else set()
