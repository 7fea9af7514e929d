"""How an order can stand otherwise at the cart than here, what is done about it, and what a person has to do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef

from carts.marketplaces.base import Marketplace
from carts.marketplaces.values import MarketplaceOrder, OrderDocument, Strange
from carts.models import Cart
from core.activity.event_log import record
from core.common.errands import ErrandState
from orders.models import HeldFor, Line, Order, OrderStatus
from shipping.confirmation.dispatches import dispatch
from shipping.models import Confirmation, Package, Release, is_with_warehouse
from shipping.shipments.shipped_packages import packed_units

SETTLES = timedelta(minutes=30)  # a marketplace needs a while to show what it said yes to
NIGHT = 500


class Drift(StrEnum):
    MISSING = "missing"
    STALE = "stale"
    GONE = "gone"
    UNKNOWN_THERE = "unknown_there"
    NOT_CONFIRMED = "not_confirmed"
    CANCELED_HERE = "canceled_here"
    CLOSED_HERE = "closed_here"
    QUANTITIES = "quantities"
    NOT_AT_WAREHOUSE = "not_at_warehouse"
    STILL_AT_WAREHOUSE = "still_at_warehouse"


# What is wrong, and what was done or is to be done.
WORDS: dict[str, tuple[str, str, str]] = {
    Drift.MISSING: ("It was missing here", "It was downloaded.", ""),
    Drift.STALE: ("It changed, and the download missed it", "It was read again.", ""),
    Drift.GONE: ("It was open here, but not unshipped there", "It was read again.", ""),
    Drift.UNKNOWN_THERE: ("The cart no longer has it", "", "Look for it in Seller Central."),
    Drift.NOT_CONFIRMED: ("It is shipped here, but unshipped there", "Its tracking is being sent again.", ""),
    Drift.CANCELED_HERE: (
        "It is canceled here, but unshipped there",
        "",
        "Cancel it in Seller Central, or ship it from there.",
    ),
    Drift.CLOSED_HERE: (
        "It is closed here, but unshipped there",
        "",
        "Check in Seller Central whether it was shipped.",
    ),
    Drift.QUANTITIES: (
        "The shipped quantities differ between there and here",
        "",
        "Compare the packages in Seller Central with those here.",
    ),
    Drift.NOT_AT_WAREHOUSE: (
        "It was marked as handed over, but the warehouse never got it",
        "It is being handed over again.",
        "",
    ),
    Drift.STILL_AT_WAREHOUSE: ("It is canceled, but the warehouse still had it", "It was recalled.", ""),
}


@dataclass(frozen=True, slots=True)
class DriftedOrder:
    """One order that stands otherwise."""

    number: str
    drift: Drift
    order_id: int | None = None
    mended: bool = False
    why: str = ""

    @property
    def entry(self) -> dict[str, Any]:
        """What is kept of it. No personal data."""
        return {
            "number": self.number,
            "order": self.order_id,
            "drift": str(self.drift),
            "mended": self.mended,
            "why": self.why,
        }


def compare(order: Order, document: OrderDocument, marketplace: Marketplace, *, now: datetime) -> list[DriftedOrder]:
    """Compare an order that the cart calls unshipped with what we have of it, and mend what is safe to mend."""
    try:
        there = marketplace.read(document)
    except Strange:
        return []  # it is held for that
    order.refresh_from_db(fields=["status", "held_for"])
    match order.status:
        case OrderStatus.CANCELED:
            return [DriftedOrder(order.number, Drift.CANCELED_HERE, order_id=order.pk)]
        case OrderStatus.CLOSED:
            return [DriftedOrder(order.number, Drift.CLOSED_HERE, order_id=order.pk)]
        case OrderStatus.SHIPPED | OrderStatus.CONFIRMED | OrderStatus.AT_WMS:
            return _packages(order, there, marketplace, now)
    return []


def _packages(order: Order, there: MarketplaceOrder, marketplace: Marketplace, now: datetime) -> list[DriftedOrder]:
    told = Package.objects.filter(order=order, confirmation__state=ErrandState.DONE)
    told = told.filter(confirmation__confirmed_at__lte=now - SETTLES)
    again = [
        package
        for package in told.select_related("order__cart", "shipment", "confirmation")
        if all(sent.reference != str(package.number) for sent in there.packages)
        and not any(not marketplace.compare(dispatch(package), sent) for sent in there.packages)
    ]
    for package in again:
        _tell_again(package, order, now)
    if again:
        return [DriftedOrder(order.number, Drift.NOT_CONFIRMED, order_id=order.pk, mended=True)]
    if _more_is_shipped(order, there):
        return [DriftedOrder(order.number, Drift.QUANTITIES, order_id=order.pk)]
    if order.is_at_warehouse and not is_with_warehouse(order):
        return [_hand_over_again(order, now)]
    return []


def _more_is_shipped(order: Order, there: MarketplaceOrder) -> bool:
    """Whether more is shipped there than here; of a line left out that is somebody else's doing."""
    units = packed_units(order)
    lines: dict[str, Line] = {line.reference: line for line in order.lines.all()}
    packed = {reference: units.get(line.pk, 0) for reference, line in lines.items()}
    left_out = {reference for reference, line in lines.items() if line.left_out}
    return any(each.fulfilled > packed.get(each.reference, 0) for each in there.lines if each.reference not in left_out)


def _tell_again(package: Package, order: Order, now: datetime) -> None:
    """The yes was lost: the order is not confirmed before the cart says so again."""
    Confirmation.objects.filter(package=package).update(seen_at=None, unseen=0)
    if not package.confirmation.reopen(now=now):
        return
    order.advance(frm=[OrderStatus.CONFIRMED], to=OrderStatus.SHIPPED, now=now, reason="Tracking is being sent again")
    record("package.told_again", order, now=now, tracking=package.tracking_number)


def _hand_over_again(order: Order, now: datetime) -> DriftedOrder:
    order.advance(frm=[OrderStatus.AT_WMS], to=OrderStatus.NEW, now=now)
    return DriftedOrder(order.number, Drift.NOT_AT_WAREHOUSE, order_id=order.pk, mended=True)


def left_behind(cart: Cart, *, now: datetime) -> list[DriftedOrder]:
    """Canceled orders that the warehouse has: they are held as canceled again, and so asked back."""
    away = Release.objects.filter(order=OuterRef("pk"), released_at__isnull=False)
    gone = Order.objects.filter(Exists(away), cart=cart, status=OrderStatus.CANCELED)
    since = now - timedelta(days=60)
    found = []
    gone = gone.filter(placed_at__gte=since).select_related("release__warehouse", "recall", "cart")
    for order in gone.all_locked()[:NIGHT]:
        if is_with_warehouse(order) and not Package.objects.filter(order=order).exists():
            reason = "Canceled while at the warehouse: do not ship"
            if order.advance(
                frm=[OrderStatus.CANCELED], to=OrderStatus.HELD, now=now, reason=reason, held_for=HeldFor.CANCELED
            ):
                found.append(DriftedOrder(order.number, Drift.STILL_AT_WAREHOUSE, order_id=order.pk, mended=True))
    return found
