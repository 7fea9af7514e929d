"""Shipment Upload: telling the cart each package's tracking, the most urgent first.

A package keeps its number, so telling it twice changes nothing at the marketplace. Afterwards it is read back.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from carts.marketplaces.base import Dispatch, DispatchLine, Marketplace
from carts.models import Cart
from integration_manager.activity.recording import record
from integration_manager.alerts.alerting import close_alerts, raise_alert
from integration_manager.lib import errands
from integration_manager.lib.errands import ErrandState, Outcome
from integration_manager.lib.remote import RemoteError, Throttled
from orders.models import Order, OrderStatus
from shipping.models import Confirmation, Package

RUNS = 500  # in one go
SEEN_AFTER = timedelta(minutes=15)  # the marketplace needs a while to show what it said yes to
LOOKS = 3  # before a person looks
LOOKED_AT = 20  # in one go: reading single orders is scarce


@dataclass
class Confirmed:
    confirmed: int = 0
    waiting: int = 0
    stuck: int = 0
    throttled: bool = False

    def __str__(self) -> str:
        text = f"{self.confirmed} confirmed, {self.waiting} to be tried again, {self.stuck} refused"
        return f"{text}; the rest waits for quota" if self.throttled else text


def confirm_packages(
    carts: Collection[Cart], marketplace: Marketplace, *, now: datetime, orders: Collection[int] | None = None
) -> Confirmed:
    """Tell the carts what is owed and due. Raises Disconnected; what was told stays told."""
    total = Confirmed()
    owed = Confirmation.objects.filter(cart__in=carts).due(now).order_by("due_by", "pk")
    if orders is not None:
        owed = owed.filter(package__order__in=orders)
    for confirmation in owed.select_related("package__order__cart", "package__shipment")[:RUNS]:
        try:
            outcome = run(confirmation, marketplace, now=now)
        except Throttled:
            total.throttled = True
            break
        total.confirmed += outcome == Outcome.DONE
        total.waiting += outcome == Outcome.WAITING
        total.stuck += outcome == Outcome.STUCK
        if outcome == Outcome.DONE:
            read_back(confirmation, marketplace, now=now)
    if orders is None and not total.throttled:
        look_again(carts, marketplace, now=now)
    return total


def run(confirmation: Confirmation, marketplace: Marketplace, *, now: datetime) -> Outcome:
    """Tell one package. Raises Throttled or Disconnected, settled."""
    return errands.run(
        confirmation,
        do=lambda confirmation: marketplace.confirm(dispatch(confirmation.package)),
        done=lambda confirmation, _: _done(confirmation, now),
        stuck=lambda confirmation, reason: _stuck(confirmation, reason, now),
        now=now,
    )


def dispatch(package: Package) -> Dispatch:
    return Dispatch(
        order_number=package.order.number,
        place_id=package.order.cart.place_id,
        package_number=package.number,
        carrier=package.carrier,
        service=package.service,
        tracking_number=package.tracking_number,
        shipped_at=package.shipment.shipped_at,
        lines=[
            DispatchLine(packed.line.reference, packed.quantity)
            for packed in package.lines.select_related("line").order_by("pk")
        ],
    )


def _done(confirmation: Confirmation, now: datetime) -> None:
    package, order = confirmation.package, confirmation.package.order
    Confirmation.objects.filter(pk=confirmation.pk).update(confirmed_at=now)
    record("package.confirmed", order, now=now, cart=order.cart.name, tracking=package.tracking_number)
    close_alerts(order, "order.not_confirmed", now=now)
    settle_order(order, now)


def settle_order(order: Order, now: datetime) -> None:
    """The order is confirmed when all of it is shipped and every package is told."""
    owed = Confirmation.objects.filter(package__order=order).exclude(state=ErrandState.DONE)
    if not owed.exists() and order.advance(
        frm=[OrderStatus.SHIPPED, OrderStatus.ERROR], to=OrderStatus.CONFIRMED, reason="Tracking sent"
    ):
        Order.objects.filter(pk=order.pk).update(confirmed_at=now)


def _stuck(confirmation: Confirmation, reason: str, now: datetime) -> None:
    order = confirmation.package.order
    order.advance(frm=[OrderStatus.SHIPPED], to=OrderStatus.ERROR, reason=f"Tracking was refused: {reason}")
    record("package.not_confirmed", order, now=now, tracking=confirmation.package.tracking_number, reason=reason)
    message = f"Order {order.number}: {order.cart.place.name} refused the tracking. {reason}"
    raise_alert("order.not_confirmed", order, message, now=now, path=order.get_absolute_url())


def read_back(confirmation: Confirmation, marketplace: Marketplace, *, now: datetime) -> bool | None:
    """Look whether the marketplace has the package now. None when it could not be asked."""
    package = confirmation.package
    try:
        read = marketplace.read(marketplace.order(package.order.number))
    except (RemoteError, ValueError):
        return None
    if package.tracking_number not in {sent.tracking_number for sent in read.packages}:
        return False
    with transaction.atomic(durable=True):
        Confirmation.objects.filter(pk=confirmation.pk).update(seen_at=now)
        record("package.seen", package.order, now=now, tracking=package.tracking_number)
        close_alerts(package.order, "package.not_seen", now=now)
    return True


def look_again(carts: Collection[Cart], marketplace: Marketplace, *, now: datetime) -> None:
    """A yes is not yet a package: what was told and is still not to be seen is told again, then a person is."""
    told = Confirmation.objects.filter(cart__in=carts, state=ErrandState.DONE, seen_at=None, unseen__lt=LOOKS)
    for confirmation in told.filter(confirmed_at__lte=now - SEEN_AFTER).select_related("package__order__cart")[
        :LOOKED_AT
    ]:
        seen = read_back(confirmation, marketplace, now=now)
        if seen is None:
            return
        if not seen:
            _not_seen(confirmation, now)


def _not_seen(confirmation: Confirmation, now: datetime) -> None:
    order = confirmation.package.order
    Confirmation.objects.filter(pk=confirmation.pk).update(unseen=F("unseen") + 1)
    if confirmation.unseen + 1 < LOOKS:
        confirmation.owe(now)
        return
    tracking = confirmation.package.tracking_number
    message = f"Order {order.number}: {order.cart.place.name} said yes to tracking {tracking} and does not show it."
    with transaction.atomic(durable=True):
        record("package.not_seen", order, now=now, tracking=tracking)
        raise_alert("package.not_seen", order, message, now=now, path=order.get_absolute_url())
