"""How an order can stand otherwise at the cart than here, what is done about it, and what a person has to do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef

from carts.marketplaces.base import Marketplace
from carts.marketplaces.values import MarketplaceOrder, OrderDocument, OrderState, Strange
from carts.models import Cart
from core.common.errands import ErrandState
from orders import packages_there
from orders.models import HeldFor, Order, OrderStatus
from orders.statuses import SHIPPED_OR_CONFIRMED
from shipping.confirmation import open_parts
from shipping.confirmation.dispatches import dispatch
from shipping.models import Confirmation, Package, Release, is_with_warehouse
from shipping.shipments import others_packages
from shipping.shipments.others_packages import PackageOwnership
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
    OTHERS_PACKAGE = "others_package"
    REPLACED = "replaced"


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
    Drift.OTHERS_PACKAGE: ("Somebody else shipped a package of it", "The package was taken up.", ""),
    Drift.REPLACED: (
        "A package of ours no longer shows there: its tracking was replaced",
        "",
        "Compare the tracking in Seller Central with the package here, and correct the one that is wrong.",
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
    order.refresh_from_db(fields=["status", "held_for", "packages_there", "changed_at"])
    match order.status:
        case OrderStatus.CANCELED:
            return [DriftedOrder(order.number, Drift.CANCELED_HERE, order_id=order.pk)]
        case OrderStatus.CLOSED:
            return [DriftedOrder(order.number, Drift.CLOSED_HERE, order_id=order.pk)]
        case OrderStatus.SHIPPED | OrderStatus.CONFIRMED | OrderStatus.PARTLY | OrderStatus.AT_WMS:
            return _packages(order, there, marketplace, now)
    return []


def _packages(order: Order, there: MarketplaceOrder, marketplace: Marketplace, now: datetime) -> list[DriftedOrder]:
    found = _take_up(order, there)
    owner = others_packages.ownership(order, there=there.packages, read_at=there.changed_at)
    told = Package.objects.filter(order=order, confirmation__state=ErrandState.DONE)
    told = told.filter(confirmation__confirmed_at__lte=now - SETTLES)
    again = [
        package
        for package in told.select_related("order__cart", "shipment", "confirmation")
        if _differs(package, owner, marketplace)
    ]
    for package in again:
        open_parts.owe_again(package, order, now=now)
    if again:
        return [*found, DriftedOrder(order.number, Drift.NOT_CONFIRMED, order_id=order.pk, mended=True)]
    if _is_unexplained(order, there, owner):
        return [*found, DriftedOrder(order.number, Drift.QUANTITIES, order_id=order.pk)]
    if order.is_at_warehouse and not order.parts and not is_with_warehouse(order):  # parts are owed again by themselves
        return [*found, _hand_over_again(order, now)]
    return found


def _differs(package: Package, owner: PackageOwnership, marketplace: Marketplace) -> bool:
    """Whether the cart does not show a package, or not as it did when it was read back after it was told.

    What was never seen as it was told is looked for by read_back, which knows when to give up.
    """
    shown = owner.shown(package.number)
    if not shown:
        return True
    told = dispatch(package)
    return package.confirmation.seen_at is not None and all(marketplace.compare(told, sent) for sent in shown)


def _take_up(order: Order, there: MarketplaceOrder) -> list[DriftedOrder]:
    """Keep what the cart shows of packages, where no download brought it."""
    kept = packages_there.kept(there.packages)
    if order.packages_there == kept or there.changed_at < order.changed_at:
        return []
    Order.objects.filter(pk=order.pk).update(packages_there=kept)
    known = {(each["reference"], each["tracking_number"]) for each in order.packages_there}
    order.packages_there = kept
    owner = others_packages.ownerships([order])[order.pk]
    if all((sent.reference, sent.tracking_number) in known for sent in owner.others):
        return []
    return [DriftedOrder(order.number, Drift.OTHERS_PACKAGE, order_id=order.pk, mended=True)]


def _is_unexplained(order: Order, there: MarketplaceOrder, owner: PackageOwnership) -> bool:
    """Whether more of a line is shipped there than packages account for, or more here and there than was ordered.

    Of a line left out it is others' business how many of it they ship.
    """
    packed, others = packed_units(order), others_packages.others_units([order])
    listed, fulfilled = owner.others_units({}), {line.reference: line.fulfilled for line in there.lines}
    return any(
        fulfilled.get(line.reference, 0) > packed.get(line.pk, 0) + listed.get(line.reference, 0)
        or (others.get(line.pk, 0) and packed.get(line.pk, 0) + others[line.pk] > line.wanted)
        for line in order.lines.filter(left_out=False)
    )


# -- Shipped here and there, and otherwise ---------------------------------------------------------------------------
def changed_since_seen(cart: Cart, *, since: datetime, now: datetime) -> list[DriftedOrder]:
    """Look over packages that were seen there, and whose orders the cart changed afterwards. Asks no server.

    One that is gone while all is shipped there was replaced by somebody: telling it again would be refused.
    """
    seen = Confirmation.objects.filter(package__order=OuterRef("pk"), seen_at__lt=OuterRef("changed_at"))
    orders = Order.objects.filter(Exists(seen.done()), cart=cart, placed_at__gte=since, status__in=SHIPPED_OR_CONFIRMED)
    found = []
    page = list(orders.filter(state_there=OrderState.SHIPPED).select_related("cart").order_by("pk")[:NIGHT])
    missing = open_parts.missing_packages(page)
    for order in page:
        if order.pk not in missing:
            continue
        numbers = ", ".join(package.tracking_number for package in missing[order.pk])
        found.append(DriftedOrder(order.number, Drift.REPLACED, order_id=order.pk, why=f"Tracking {numbers}."))
    rest = [order.pk for order in page if order.pk not in missing]
    Confirmation.objects.filter(package__order__in=rest, seen_at__isnull=False).done().update(seen_at=now)
    return found


def _hand_over_again(order: Order, now: datetime) -> DriftedOrder:
    order.advance(frm=[OrderStatus.AT_WMS], to=OrderStatus.NEW, now=now)
    return DriftedOrder(order.number, Drift.NOT_AT_WAREHOUSE, order_id=order.pk, mended=True)


def left_behind(cart: Cart, *, now: datetime) -> list[DriftedOrder]:
    """Canceled orders that the warehouse has: they are held as canceled again, and so asked back."""
    away = Release.objects.filter(order=OuterRef("pk"), released_at__isnull=False)
    gone = Order.objects.filter(Exists(away), cart=cart, status=OrderStatus.CANCELED)
    since = now - timedelta(days=60)
    found = []
    gone = gone.filter(placed_at__gte=since).select_related("cart").prefetch_related("releases__warehouse", "recalls")
    for order in gone.all_locked()[:NIGHT]:
        if is_with_warehouse(order) and not Package.objects.filter(order=order).exists():
            reason = "Canceled while at the warehouse: do not ship"
            if order.advance(
                frm=[OrderStatus.CANCELED], to=OrderStatus.HELD, now=now, reason=reason, held_for=HeldFor.CANCELED
            ):
                found.append(DriftedOrder(order.number, Drift.STILL_AT_WAREHOUSE, order_id=order.pk, mended=True))
    return found
