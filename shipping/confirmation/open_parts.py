"""How an order stands at the cart once all our tracking was sent: whole, or in part, and whose the rest is."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from carts.models import Cart
from core.activity.event_log import record
from core.common.errands import ErrandState
from orders.models import Line, Order, OrderStatus
from orders.statuses import SHIPPED_OR_CONFIRMED, TO_BE_CONFIRMED
from shipping.models import Confirmation, Package, PackageLine
from shipping.shipments import others_packages

SENT = "Tracking sent"
NAMED = 5  # lines in a sentence
LOOKED_THROUGH = 500  # orders in one go


class Whose(StrEnum):
    """Who has to ship what is still open there, as a sentence says it."""

    LEFT_OUT = "left out here"
    OURS = "packed here, but not sent to the cart"
    ANOTHERS = "not packed here: for whoever else ships this order"


@dataclass(frozen=True, slots=True)
class OpenPart:
    """Units of a line that are still to be shipped there, as far as we know."""

    sku: str
    units: int
    whose: Whose

    def __str__(self) -> str:
        return f"{self.units} × {self.sku} ({self.whose})"


def open_parts(orders: Collection[Order]) -> dict[int, list[OpenPart]]:
    """Return order id: what neither we told nor others shipped; orders with none are not in it. A few queries."""
    others = others_packages.others_units(orders)
    packed = PackageLine.objects.filter(package__order__in=[order.pk for order in orders]).order_by()
    told = packed.filter(package__confirmation__state=ErrandState.DONE)
    all_packed, all_told = _by_line(packed), _by_line(told)
    unwanted = _by_line(packed.exclude(package__confirmation__state=ErrandState.DONE), "untold")
    found: dict[int, list[OpenPart]] = defaultdict(list)
    for line in Line.objects.filter(order__in=[order.pk for order in orders]).order_by("pk"):
        left = line.wanted - others.get(line.pk, 0) - all_told.get(line.pk, 0) - unwanted.get(line.pk, 0)
        if left > 0:
            not_told = all_packed.get(line.pk, 0) - all_told.get(line.pk, 0)
            whose = Whose.LEFT_OUT if line.left_out else Whose.OURS if not_told else Whose.ANOTHERS
            found[line.order_id].append(OpenPart(line.sku, left, whose))
    return dict(found)


def _by_line(packed: "QuerySet[PackageLine]", units: str = "quantity") -> Mapping[int, int]:
    return dict(packed.values_list("line").annotate(units=Sum(units)).values_list("line", "units"))


def in_words(parts: Sequence[OpenPart], place: str) -> str:
    said = ", ".join(map(str, parts[:NAMED]))
    more = f" and {len(parts) - NAMED} more" if len(parts) > NAMED else ""
    return f"Still open on {place}: {said}{more}"


def settle(orders: Collection[Order], *, now: datetime) -> None:
    """Confirm those of which nothing is owed any more: whole, or in part. A statement for each reason there is."""
    ids = [order.pk for order in orders]
    owed = set(
        Confirmation.objects.filter(package__order__in=ids).unfinished().values_list("package__order", flat=True)
    )
    done = [order for order in orders if order.pk not in owed]
    parts = open_parts(done)
    groups: dict[str, list[int]] = defaultdict(list)
    for order in done:
        groups[in_words(parts[order.pk], order.cart.place.name) if order.pk in parts else ""].append(order.pk)
    for reason, which in groups.items():
        to = OrderStatus.PARTLY if reason else OrderStatus.CONFIRMED
        # Of a split order of which one warehouse refused its part, that is still to be shipped.
        shipped = Order.objects.filter(pk__in=which).not_refused_in_part()
        shipped.move(frm=TO_BE_CONFIRMED, to=to, now=now, reason=reason or SENT)


# -- What downloads brought since ------------------------------------------------------------------------------------
def look(carts: Collection[Cart], *, now: datetime) -> None:
    """Follow what downloads said of orders shipped from here, and not whole at the cart. Asks no server."""
    packages = Confirmation.objects.filter(package__order=OuterRef("pk"))
    orders = Order.objects.filter(
        Q(status__in=(OrderStatus.SHIPPED, OrderStatus.PARTLY)) | Q(Exists(packages.done()), status=OrderStatus.AT_WMS),
        ~Exists(packages.unfinished()),
        organization__in={cart.organization_id for cart in carts},  # found by status there, in an index
        cart__in=carts,
    )
    found = list(orders.select_related("cart").order_by("-changed_at")[:LOOKED_THROUGH])
    if not found:
        return
    missing = missing_packages(found)
    for order in found:
        for package in missing.get(order.pk, ()):
            owe_again(package, order, now=now)
    left = [order for order in found if order.pk not in missing]
    settle([order for order in left if order.status == OrderStatus.SHIPPED], now=now)
    partly = [order for order in left if order.status == OrderStatus.PARTLY]
    parts = open_parts(partly)
    for order in partly:
        reason = in_words(parts[order.pk], order.cart.place.name) if order.pk in parts else order.reason
        if reason != order.reason:
            Order.objects.filter(pk=order.pk, status=OrderStatus.PARTLY).update(reason=reason)


def missing_packages(orders: Collection[Order]) -> dict[int, list[Package]]:
    """Return order id: packages that the cart said yes to, and that a document it wrote later does not show as ours."""
    owners = others_packages.ownerships(orders)
    told = Package.objects.filter(order__in=list(owners), confirmation__state=ErrandState.DONE)
    found: dict[int, list[Package]] = defaultdict(list)
    for package in told.select_related("confirmation"):
        owner, confirmed_at = owners[package.order_id], package.confirmation.confirmed_at
        if confirmed_at and owner.there and owner.read_at > confirmed_at and not owner.shown(package.number):
            found[package.order_id].append(package)
    return dict(found)


def owe_again(package: Package, order: Order, *, now: datetime) -> None:
    """The cart does not have it any more: the order is not confirmed before it says so again."""
    with transaction.atomic():
        Order.objects.locked(order.pk)
        Confirmation.objects.filter(package=package).update(seen_at=None, unseen=0)
        if not package.confirmation.reopen(now=now, feed=None):
            return
        order.advance(frm=SHIPPED_OR_CONFIRMED, to=OrderStatus.SHIPPED, now=now, reason="Tracking is being sent again")
        record("package.told_again", order, now=now, tracking=package.tracking_number)
