"""How many business days SKUs took from order to shipment, beside what their listings say.

Amazon.com flags a SKU that was shipped a day or more faster than its handling time over thirty days, and sets the time
itself later on. Days are Mondays to Fridays in the organization's time zone; holidays count as days.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from carts.models import Cart, Listing
from core.accounts.models import Merchant
from shipping.models import PackageLine

LATELY = timedelta(days=30)
FASTER = 1.0  # days: from so much on it is flagged
FLAGGING = ("US",)  # countries whose marketplaces do
WEEK, WORKING = 7, 5


@dataclass(frozen=True, slots=True)
class HandlingTime:
    """``set_days`` as the listing says, ``real_days`` on average; ``shipments`` were looked at."""

    listing: Listing
    set_days: int
    real_days: float
    shipments: int

    @property
    def is_flagged(self) -> bool:
        return self.listing.cart.place.country in FLAGGING and self.set_days - self.real_days >= FASTER


def handling_times(merchant: Merchant, *, now: datetime) -> list[HandlingTime]:
    """Return the SKUs that were shipped lately and whose listing says a time: those that will be flagged first."""
    took: dict[tuple[int, str], list[int]] = defaultdict(list)
    zone = merchant.organization.zone
    for cart_id, sku, placed_at, shipped_at in _shipped(merchant, now):
        took[cart_id, sku].append(business_days(placed_at.astimezone(zone).date(), shipped_at.astimezone(zone).date()))
    listings = Listing.objects.filter(merchant=merchant, handling_days__isnull=False, gone_at=None)
    found = []
    for listing in listings.exclude(cart__state=Cart.State.ARCHIVED).select_related("cart").order_by("sku", "pk"):
        if days := took.get((listing.cart_id, listing.sku)):
            found.append(HandlingTime(listing, listing.handling_days or 0, sum(days) / len(days), len(days)))
    return sorted(found, key=lambda each: not each.is_flagged)


def _shipped(merchant: Merchant, now: datetime) -> Iterator[tuple[int, str, datetime, datetime]]:
    lines = PackageLine.objects.filter(
        package__shipment__merchant=merchant, package__shipment__created_at__gt=now - LATELY
    )
    columns = (
        "line__order__cart", "line__sku", "line__order__placed_at", "package__own_shipped_at",
        "package__shipment__shipped_at",
    )  # fmt: skip
    for cart_id, sku, placed_at, own, shipped_at in lines.values_list(*columns).iterator(chunk_size=2000):
        yield cart_id, sku, placed_at, own or shipped_at


def business_days(begun: date, ended: date) -> int:
    """Return how many working days lie after the first date, up to the last one; 0 where it is not later."""
    if ended <= begun:
        return 0
    weeks, rest = divmod((ended - begun).days, WEEK)
    after = (begun + timedelta(days=number) for number in range(1, rest + 1))
    return weeks * WORKING + sum(day.weekday() < WORKING for day in after)
