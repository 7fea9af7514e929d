"""What is read of a seller account before its numbers are worked out: its listings, and what it was told last.

As plain rows: an account of ten thousand SKUs is gone through every hour, and model instances would take most of that.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from carts.models import Cart, Grant, Listing
from core.common.errands import UNFINISHED, ErrandState
from inventory.models import StockUpdate

AT_ONCE = 2000  # rows fetched


class Listed(NamedTuple):
    """Where a SKU is listed, and how."""

    sku: str
    cart_id: int
    fulfilled_by_marketplace: bool
    on_both_channels: bool
    gone_at: datetime | None
    quantity_there: int | None
    seen_at: datetime


class KnownNumber(NamedTuple):
    """What the account was told of a SKU, or is owed."""

    sku: str
    pk: int
    state: str
    wanted: int
    told: int | None
    told_at: datetime | None
    refused_at: datetime | None
    numbers: Any
    in_conflict: bool
    is_held: bool
    stands_otherwise: bool

    @property
    def is_done(self) -> bool:
        return self.state == ErrandState.DONE

    @property
    def is_dropped(self) -> bool:
        return self.state == ErrandState.DROPPED

    @property
    def is_stuck(self) -> bool:
        return self.state == ErrandState.STUCK

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED


def listed_by(carts: Sequence[Cart]) -> dict[str, list[Listed]]:
    """Return where each SKU is listed, the oldest cart first."""
    listed: dict[str, list[Listed]] = defaultdict(list)
    rows = Listing.objects.filter(cart__in=carts).order_by("cart_id", "pk").values_list(*Listed._fields)
    for row in rows.iterator(chunk_size=AT_ONCE):
        listed[row[0]].append(Listed(*row))
    return listed


def known_by(grant: Grant) -> dict[str, KnownNumber]:
    """Return what the account was told, by SKU."""
    rows = StockUpdate.objects.filter(grant=grant).values_list(*KnownNumber._fields)
    return {row[0]: KnownNumber(*row) for row in rows.iterator(chunk_size=AT_ONCE)}
