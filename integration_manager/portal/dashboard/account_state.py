"""Carts and seller accounts at a glance: the last success, the next run, the quota left, and what calls would cost."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, Window

from carts import connections, quota
from carts.models import Bucket, Cart, Grant
from core.accounts.access import Access
from core.accounts.visible_statements import VisibleStatement
from core.activity import call_counts
from core.common.kept_statements import KeptStatement
from integration_manager.portal.dashboard.open_orders import OpenOrders

NAMED = ("kind", "region", "seller_id", "merchant__name")  # what an account is called by


class QuotaLeft(NamedTuple):
    """What is left of one operation. The scarcest is the least."""

    share: float
    operation: str
    left: int
    burst: int

    @property
    def told(self) -> str:
        return f"{self.left:,} of {self.burst:,}"

    @property
    def tone(self) -> str:
        return "bad" if self.left < 1 else "warn" if self.share < 0.25 else ""


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One seller's authorization. ``quotas`` begin with what is the scarcest."""

    grant: Grant
    gets: int
    quotas: Sequence[QuotaLeft]

    @property
    def told(self) -> str:
        """All of them, a line for each: there may be hundreds on the page, which a template takes long for."""
        return "\n".join(f"{each.told} {each.operation}" for each in self.quotas)


@dataclass(frozen=True, slots=True)
class CallCost:
    """What the month's calls that read would cost at prices that were announced, and are not in force."""

    gets: int
    free: int
    per_thousand: Decimal

    @property
    def would_cost(self) -> Decimal:
        return max(0, self.gets - self.free) * self.per_thousand / 1000


def carts(access: Access, counted: Iterable[OpenOrders], *, most: int) -> tuple[list[Cart], int]:
    """Return the first carts, those that wait for an authorization before all others, each with its number of
    ``open_orders``; and how many more there are. One statement.
    """
    numbers: Counter[int] = Counter()
    for each in counted:
        numbers[each.cart_id] += each.number if each.is_open else 0
    several = _first_carts(most).rows(access)
    for cart in several:
        cart.open_orders = numbers[cart.pk]
    return several, several[0].of - len(several) if several else 0


@lru_cache(maxsize=10)
def _first_carts(most: int) -> VisibleStatement:
    return VisibleStatement(
        Cart,
        lambda carts: (
            carts.exclude(state=Cart.State.ARCHIVED)
            .select_related("merchant", "grant")
            .stuck_first()
            .annotate(of=Window(Count("pk")))[:most]
        ),
    )


GRANTS = VisibleStatement(
    Grant, lambda grants: grants.select_related("merchant").order_by("merchant__name", "pk").only(*NAMED)
)
BUCKETS = KeptStatement(
    lambda organization_id: Bucket.objects.filter(grant__organization=organization_id).values_list(
        "grant_id", "operation", *quota.Level._fields
    )
)


def accounts(access: Access, *, now: datetime) -> tuple[list[AccountRow], CallCost]:
    """Return the accounts, those with the least quota left first, and what all calls would cost. Three statements."""
    gets = call_counts.gets_of_month(access, now=now)
    quotas: dict[int, list[QuotaLeft]] = defaultdict(list)
    for grant_id, operation, *columns in BUCKETS.rows(access.organization.pk):
        bucket = quota.Level(*columns)
        left = int(quota.level(bucket, now))
        share = left / bucket.burst if bucket.burst else 0.0
        quotas[grant_id].append(QuotaLeft(share, operation, left, bucket.burst))
    found = [
        AccountRow(
            grant,
            gets.get(connections.name_of(grant), 0),
            sorted(quotas[grant.pk]),
        )
        for grant in GRANTS.rows(access)
    ]
    found.sort(key=lambda row: row.quotas[0].share if row.quotas else 1.0)
    cost = CallCost(sum(gets.values()), settings.CALLS_FREE_A_MONTH, Decimal(str(settings.CALLS_PRICE_PER_1000)))
    return found, cost
