"""What is to be sent after stock changed, worked out for every seller account: how many SKUs, how long, what memory.

Each account's listings and what it was told last are written straight into the tables, as they stand in a house that
has run for long; then a twentieth of the levels become others, and every account is gone through once.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F

from carts.models import Cart, Grant, Listing
from core.common import clock
from core.common.errands import ErrandState
from inventory.models import StockUpdate
from inventory.publish import owed_numbers
from inventory.publish.account_numbers import publishing_carts
from tools.bench.measures import peak_mb
from tools.bench.year_of_orders import House, tidy, write

WITHIN_S, WITHIN_MB = 60.0, 400.0
LISTING = (
    "organization_id", "merchant_id", "cart_id", "sku", "asin", "title", "product_type", "fulfilled_by_marketplace",
    "on_both_channels", "quantity_there", "status", "issues", "seen_at",
    "is_unmatched",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OwedStock:
    """What was measured. ``changed``: levels that became others, each offered by one account."""

    accounts: int
    carts: int
    listings: int
    first_s: float  # worked out when nothing had been told yet
    changed: int
    owed: int  # numbers to send afterwards
    twice: int  # SKUs of an account with more than one of them
    again_s: float
    again_cpu_s: float  # of this process alone: says more than the clock on a busy machine
    quiet_s: float  # with nothing changed
    peak_mb: float

    @property
    def met(self) -> bool:
        exact = self.owed == self.changed and not self.twice
        return exact and self.again_s < WITHIN_S and self.peak_mb < WITHIN_MB


def offer(house: House, each: int) -> None:
    """Let every cart offer the first so many SKUs of its merchant."""
    now = clock.now()
    write(Listing, LISTING, (row for cart in house.carts for row in _listings(cart, each, now)))
    Cart.objects.filter(organization=house.organization).update(listed_at=now)
    tidy()


def _listings(cart: Cart, each: int, now: datetime) -> Iterator[Sequence[Any]]:
    for number in range(each):
        yield (
            cart.organization_id, cart.merchant_id, cart.pk, f"SKU-{number:05}", f"B{number:09}", "A blue mug", "MUG",
            False, False, None, "BUYABLE", "[]", now,
            False,
        )  # fmt: skip


def owe_all(house: House) -> tuple[float, float]:
    """Work out what every account is to be told. Returns in how many seconds, and how many of the processor."""
    began, worked = time.perf_counter(), time.process_time()
    for grant in Grant.objects.filter(organization=house.organization).order_by("pk").iterator(chunk_size=50):
        owed_numbers.owe_changes(grant, publishing_carts(grant), now=clock.now())
    return time.perf_counter() - began, time.process_time() - worked


def settle() -> None:
    """All of it was told, a while ago."""
    told = clock.now() - timedelta(hours=1)
    StockUpdate.objects.all().finish(told=F("wanted"), sent=F("wanted"), told_at=told)
    tidy()


def measured(house: House, *, changed: int, first_s: float, again: tuple[float, float]) -> OwedStock:
    """Return what is owed now, and how long it takes when nothing changed."""
    owed = StockUpdate.objects.filter(state=ErrandState.DUE)
    per_sku = owed.values("grant", "sku").annotate(rows=Count("pk")).filter(rows__gt=1)
    count, twice = owed.count(), per_sku.count()
    return OwedStock(
        accounts=Grant.objects.count(),
        carts=len(house.carts),
        listings=Listing.objects.count(),
        first_s=first_s,
        changed=changed,
        owed=count,
        twice=twice,
        again_s=again[0],
        again_cpu_s=again[1],
        quiet_s=owe_all(house)[0],
        peak_mb=peak_mb(),
    )


def told(found: OwedStock) -> list[str]:
    """Return the figures, a line for each."""
    skus = f"{found.listings:,} listings on {found.carts} carts of {found.accounts} seller accounts"
    right = "each once" if found.owed == found.changed and not found.twice else f"{found.changed:,} WANTED"
    return [
        f"{skus}: all owed for the first time within {found.first_s:.1f} s.",
        f"{found.owed:,} numbers to send, {right}: worked out within {found.again_s:.1f} s (wanted < {WITHIN_S:g}), "
        f"{found.again_cpu_s:.1f} s of the processor; within {found.quiet_s:.1f} s when nothing changed. "
        f"Memory at the most {found.peak_mb:.0f} MB (wanted < {WITHIN_MB:g}): {'met' if found.met else 'MISSED'}",
    ]
