"""Shipment Upload: telling the cart each package's tracking, the most urgent first.

Before, its order is read: a number that is another's there is not used (package_numbers). A package keeps its number
otherwise, so telling it twice changes nothing at the marketplace. Afterwards it is read back. A
refusal is looked into: what the marketplace has already is done, and what it wants no more is not told for ever. What
the quota cannot carry in time goes by feed (``feeding``).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from carts import quota
from carts.marketplaces.base import Marketplace
from carts.marketplaces.values import Dispatch
from carts.models import Cart
from core.common import jobs
from core.common.jobs import Job
from core.common.remote import Rejected
from orders.models import Order
from shipping import routing
from shipping.carriers import carrier_codes
from shipping.confirmation import (
    after_refusal,
    dispatches,
    fulfillment_feed,
    open_parts,
    package_numbers,
    read_back,
)
from shipping.confirmation.after_refusal import Looked, MarketplaceStanding
from shipping.models import Confirmation

RUNS = 500  # in one go
SPARED = 10  # requests that stay for reading before telling


@dataclass
class Confirmed:
    confirmed: int = 0
    waiting: int = 0
    stuck: int = 0
    by_feed: int = 0
    throttled: bool = False

    def __str__(self) -> str:
        text = f"{self.confirmed} confirmed, {self.waiting} to be retried, {self.stuck} refused"
        if self.by_feed:
            text += f", {self.by_feed} sent in a feed"
        return f"{text}; the rest is waiting for quota" if self.throttled else text


def confirm_packages(
    carts: Collection[Cart], marketplace: Marketplace, *, now: datetime, orders: Collection[int] | None = None
) -> Confirmed:
    """Tell the carts what is owed and due. Raises Disconnected; what was told stays told."""
    by_feed = 0
    if orders is None:
        by_feed = fulfillment_feed.hand_over(carts, marketplace, now=now)
        fulfillment_feed.run_feeds(carts, marketplace, now=now)
    owed = [fulfillment_feed.refused_in_feed(carts, now=now), fulfillment_feed.told_singly(carts, now=now)]
    if not marketplace.takes_batches:  # a refusal says that it needs a number
        owed = [Confirmation.objects.filter(cart__in=carts).due(now).order_by("due_by", "pk")]
    due = [one for some in owed for one in _whole(some, orders)][:RUNS]
    carrier_codes.codes_for((confirmation.package for confirmation in due), now=now)
    tally = jobs.run_due(due, ConfirmationJob(marketplace), now=now)
    throttled = tally.put_off > 0
    fulfillment_feed.calm(carts, now=now)
    if orders is None:
        open_parts.look(carts, now=now)
    if orders is None and not throttled:
        read_back.look_again(carts, marketplace, now=now)
    return Confirmed(tally.done, tally.waiting, tally.stuck, by_feed, throttled)


def _whole(owed: "QuerySet[Confirmation]", orders: Collection[int] | None) -> "QuerySet[Confirmation]":
    if orders is not None:
        owed = owed.filter(package__order__in=orders)
    return owed.select_related("package__order__cart__route", "package__shipment")[:RUNS]


@dataclass(frozen=True)
class ConfirmationJob(Job[Confirmation, Looked]):
    """Tell one package, then look whether it is shown. Where it is refused, what of it is still wanted is told."""

    marketplace: Marketplace

    def do(self, confirmation: Confirmation, /, *, now: datetime) -> Looked:
        package = confirmation.package
        numbered = bool(package.tracking_number)  # no feed's package is told here
        if numbered and package_numbers.read_first(confirmation, self.marketplace, now=now):
            return Looked(MarketplaceStanding.OURS)
        ship_from = routing.ship_from(package.order, package.shipment.warehouse_id)
        told = dispatches.dispatch(package, ship_from=ship_from)
        try:
            self._tell(told)
        except Rejected:
            before = confirmation.confirmed_at is not None
            looked = after_refusal.look(told, self.marketplace, told_before=before)
            if looked.standing is MarketplaceStanding.OPEN:
                raise
            if looked.standing is MarketplaceStanding.CUT and told.tracking_number:
                self._tell(looked.rest_of(told))
            return looked
        return Looked(MarketplaceStanding.OURS)

    def _tell(self, told: Dispatch) -> None:
        if not told.lines:
            raise Rejected("Everything in this package was canceled.")
        if not told.tracking_number and self.marketplace.takes_batches:
            raise Rejected("The feed with this package was refused.")  # it comes here only to be looked into
        self.marketplace.confirm(told)

    def done(self, confirmation: Confirmation, looked: Looked, /, *, now: datetime) -> None:
        match looked.standing:
            case MarketplaceStanding.CANCELED:
                dispatches.canceled_there(confirmation, looked.changed_at, now=now)
            case MarketplaceStanding.ELSEWHERE:
                dispatches.shipped_otherwise(confirmation, now=now)
            case MarketplaceStanding.GONE:
                dispatches.not_wanted(confirmation, looked.excess, now=now)
            case MarketplaceStanding.CUT:
                dispatches.told_in_part(confirmation, looked.excess, now=now)
            case _:
                dispatches.told(confirmation, now=now)

    def stuck(self, confirmation: Confirmation, reason: str, /, *, now: datetime) -> None:
        dispatches.refused(confirmation, reason, now=now)

    def lock_first(self, confirmation: Confirmation, /) -> None:
        Order.objects.locked(confirmation.package.order_id)

    def follow_up(self, confirmation: Confirmation, /, *, now: datetime) -> None:
        """Where that leaves enough to read what is told next; the sweep looks again, with what was downloaded."""
        cart, spoken = confirmation.package.order.cart, self.marketplace
        if cart.grant_id is None:
            return
        left, _ = quota.standing(cart.grant_id, spoken.read_operation, spoken.rates, now)
        if left >= SPARED:
            read_back.read_back(confirmation, spoken, now=now)
