"""What is read of a seller account before its numbers are worked out: its listings, and what it was told last.

As plain rows, and what is rare by itself: an account of ten thousand SKUs is gone through every hour, and model
instances, and moments that nobody compares, would take most of that.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from carts.models import Cart, Grant, Listing
from core.common.errands import UNFINISHED, ErrandState
from inventory.models import StockUpdate

AT_ONCE = 2000  # rows fetched
SETTLES = timedelta(minutes=30)  # until then the marketplace may still show what was before
AGAIN = timedelta(days=1)  # what was refused is told once more


class OddListing(NamedTuple):
    """A listing that takes no quantity, and why."""

    sku: str
    fulfilled_by_marketplace: bool
    on_both_channels: bool
    is_gone: bool


@dataclass(slots=True)
class Listed:
    """Where an account's SKUs are listed: those that take a quantity by the cart's id, the others by SKU."""

    offered: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    odd: dict[str, list[OddListing]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def by(cls, carts: Sequence[Cart]) -> "Listed":
        """Two statements."""
        found = cls()
        of_carts = Listing.objects.filter(cart__in=carts).order_by("cart_id", "pk")
        takes = {"fulfilled_by_marketplace": False, "on_both_channels": False, "gone_at": None}
        for cart_id, sku in of_carts.filter(**takes).values_list("cart_id", "sku").iterator(chunk_size=AT_ONCE):
            found.offered[cart_id].append(sku)
        odd = of_carts.filter(
            Q(fulfilled_by_marketplace=True) | Q(on_both_channels=True) | Q(gone_at__isnull=False)
        ).values_list("sku", "fulfilled_by_marketplace", "on_both_channels", "gone_at")
        for sku, theirs, both, gone_at in odd.iterator(chunk_size=AT_ONCE):
            found.odd[sku].append(OddListing(sku, theirs, both, gone_at is not None))
        return found


class KnownNumber(NamedTuple):
    """What the account was told of a SKU, or is owed."""

    sku: str
    pk: int
    state: str
    wanted: int
    told: int | None
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
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED

    @property
    def is_marked(self) -> bool:
        return self.in_conflict or self.is_held or self.stands_otherwise


def known_by(grant: Grant) -> dict[str, KnownNumber]:
    """Return what the account was told, by SKU."""
    rows = StockUpdate.objects.filter(grant=grant).values_list(*KnownNumber._fields)
    return {row[0]: KnownNumber._make(row) for row in rows.iterator(chunk_size=AT_ONCE)}


def conflicts_of(grant: Grant) -> Mapping[str, Any]:
    """Return what the carts were found to want differently, by SKU and the cart's number."""
    return dict(StockUpdate.objects.filter(grant=grant, in_conflict=True).values_list("sku", "numbers"))


def shown_otherwise(grant: Grant, carts: Sequence[Cart]) -> set[str]:
    """Return the SKUs of which the marketplace showed another number than it was told, a while after it was told."""
    of_sku = StockUpdate.objects.filter(grant=grant, sku=OuterRef("sku"), told__isnull=False)
    otherwise = of_sku.filter(told_at__lte=OuterRef("seen_at") - SETTLES).exclude(told=OuterRef("quantity_there"))
    shown = Listing.objects.filter(Exists(otherwise), cart__in=carts, quantity_there__isnull=False)
    return set(shown.values_list("sku", flat=True))


def refused_long_ago(grant: Grant, *, now: datetime) -> set[str]:
    """Return the SKUs that were refused and are to be told once more."""
    refused: QuerySet[StockUpdate] = StockUpdate.objects.filter(grant=grant).stuck()
    return set(refused.filter(Q(refused_at=None) | Q(refused_at__lte=now - AGAIN)).values_list("sku", flat=True))
