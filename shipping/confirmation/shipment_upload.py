"""Shipment Upload: telling the cart each package's tracking, the most urgent first.

A package keeps its number, so telling it twice changes nothing at the marketplace. Afterwards it is read back. A
refusal is looked into: what the marketplace has already is done, and what it wants no more is not told for ever. What
the quota cannot carry in time goes by feed (``feeding``).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from carts.marketplaces.base import Marketplace
from carts.models import Cart
from core.common import jobs
from core.common.jobs import Job
from core.common.remote import Rejected
from orders.models import Order
from shipping import routing
from shipping.carriers import carrier_codes
from shipping.confirmation import dispatches, fulfillment_feed, read_back
from shipping.confirmation.read_back import MarketplaceStanding
from shipping.models import Confirmation

RUNS = 500  # in one go


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
    owed = fulfillment_feed.told_singly(carts, now=now)
    if orders is not None:
        owed = owed.filter(package__order__in=orders)
    due = list(owed.select_related("package__order__cart__route", "package__shipment")[:RUNS])
    carrier_codes.codes_for((confirmation.package for confirmation in due), now=now)
    tally = jobs.run_due(due, ConfirmationJob(marketplace), now=now)
    throttled = tally.put_off > 0
    fulfillment_feed.calm(carts, now=now)
    if orders is None and not throttled:
        read_back.look_again(carts, marketplace, now=now)
    return Confirmed(tally.done, tally.waiting, tally.stuck, by_feed, throttled)


@dataclass(frozen=True)
class ConfirmationJob(Job[Confirmation, MarketplaceStanding]):
    """Tell one package, then look whether it is shown."""

    marketplace: Marketplace

    def do(self, confirmation: Confirmation, /, *, now: datetime) -> MarketplaceStanding:
        package = confirmation.package
        ship_from = routing.ship_from(package.order, package.shipment.warehouse_id)
        told = dispatches.dispatch(package, ship_from=ship_from)
        try:
            self.marketplace.confirm(told)
        except Rejected:
            standing = read_back.stand(told, self.marketplace)
            if standing is MarketplaceStanding.OPEN:
                raise
            return standing
        return MarketplaceStanding.OURS

    def done(self, confirmation: Confirmation, standing: MarketplaceStanding, /, *, now: datetime) -> None:
        match standing:
            case MarketplaceStanding.CANCELED:
                dispatches.canceled_there(confirmation, now=now)
            case MarketplaceStanding.ELSEWHERE:
                dispatches.shipped_otherwise(confirmation, now=now)
            case _:
                dispatches.told(confirmation, now=now)

    def stuck(self, confirmation: Confirmation, reason: str, /, *, now: datetime) -> None:
        dispatches.refused(confirmation, reason, now=now)

    def lock_first(self, confirmation: Confirmation, /) -> None:
        Order.objects.locked(confirmation.package.order_id)

    def follow_up(self, confirmation: Confirmation, /, *, now: datetime) -> None:
        read_back.read_back(confirmation, self.marketplace, now=now)
