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
from core.common import errands
from core.common.errands import Outcome
from core.common.remote import Rejected, Throttled
from orders.models import Order
from shipping.carriers import carrier_codes
from shipping.confirmation import dispatches, fulfillment_feed, read_back
from shipping.confirmation.read_back import Standing
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
        text = f"{self.confirmed} confirmed, {self.waiting} to be tried again, {self.stuck} refused"
        if self.by_feed:
            text += f", {self.by_feed} handed to a feed"
        return f"{text}; the rest waits for quota" if self.throttled else text


def confirm_packages(
    carts: Collection[Cart], marketplace: Marketplace, *, now: datetime, orders: Collection[int] | None = None
) -> Confirmed:
    """Tell the carts what is owed and due. Raises Disconnected; what was told stays told."""
    total = Confirmed()
    if orders is None:
        total.by_feed = fulfillment_feed.hand_over(carts, marketplace, now=now)
        fulfillment_feed.run_feeds(carts, marketplace, now=now)
    owed = fulfillment_feed.told_singly(carts, now=now)
    if orders is not None:
        owed = owed.filter(package__order__in=orders)
    due = list(owed.select_related("package__order__cart", "package__shipment")[:RUNS])
    carrier_codes.codes_for((confirmation.package for confirmation in due), now=now)
    for confirmation in due:
        try:
            outcome = run(confirmation, marketplace, now=now)
        except Throttled:
            total.throttled = True
            break
        total.confirmed += outcome == Outcome.DONE
        total.waiting += outcome == Outcome.WAITING
        total.stuck += outcome == Outcome.STUCK
        if outcome == Outcome.DONE:
            read_back.read_back(confirmation, marketplace, now=now)
    fulfillment_feed.calm(carts, now=now)
    if orders is None and not total.throttled:
        read_back.look_again(carts, marketplace, now=now)
    return total


def run(confirmation: Confirmation, marketplace: Marketplace, *, now: datetime) -> Outcome:
    """Tell one package. Raises Throttled or Disconnected, settled."""
    return errands.run(
        confirmation,
        do=lambda confirmation: _tell(confirmation, marketplace),
        done=lambda confirmation, standing: _done(confirmation, standing, now),
        stuck=lambda confirmation, reason: dispatches.refused(confirmation, reason, now=now),
        now=now,
        hold=lambda confirmation: Order.objects.locked(confirmation.package.order_id),
    )


def _tell(confirmation: Confirmation, marketplace: Marketplace) -> Standing:
    told = dispatches.dispatch(confirmation.package)
    try:
        marketplace.confirm(told)
    except Rejected:
        standing = read_back.stand(told, marketplace)
        if standing is Standing.OPEN:
            raise
        return standing
    return Standing.OURS


def _done(confirmation: Confirmation, standing: Standing, now: datetime) -> None:
    match standing:
        case Standing.CANCELED:
            dispatches.canceled_there(confirmation, now=now)
        case Standing.ELSEWHERE:
            dispatches.shipped_otherwise(confirmation, now=now)
        case _:
            dispatches.told(confirmation, now=now)
