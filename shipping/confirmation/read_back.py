"""Reading back: a yes is not yet a package. What the cart shows is compared with what it was told.

What an ordinary download brought of the order is looked at first: it costs nothing. Reading single orders is scarce.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from carts.marketplaces.base import Marketplace
from carts.marketplaces.values import Dispatch, MarketplaceOrder, OrderDocument, Strange
from carts.models import Cart
from core.activity.event_log import record
from core.alerts.raised import close_alerts, raise_alert
from core.common.remote import RemoteError
from core.common.vault import Unopenable
from orders.models import Order
from shipping.alerts import NOT_SEEN
from shipping.confirmation.dispatches import SEEN_AFTER, dispatch
from shipping.models import Confirmation, Package

LOOKS = 3  # before a person looks
LOOKED_AT = 20  # single orders in one go; the next sweep goes on
NOT_NOW, NOT_THIS = timedelta(minutes=1), timedelta(minutes=5)  # before what could not be asked is asked again
LOOKED_THROUGH = 500  # downloaded ones in one go


# -- After a yes -----------------------------------------------------------------------------------------------------
def read_back(confirmation: Confirmation, marketplace: Marketplace, *, now: datetime) -> bool | None:
    """Look whether the marketplace shows the package as it was told. None when it could not be asked."""
    try:
        read = marketplace.read(marketplace.order(confirmation.package.order.number))
    except (RemoteError, ValueError):
        return None
    if wrong := differences(dispatch(confirmation.package), read, marketplace):
        confirmation.last_error = f"{confirmation.package.order.cart.place.name} shows {', '.join(wrong)}."
        return False
    _seen(confirmation, now)
    return True


def differences(told: Dispatch, read: MarketplaceOrder, marketplace: Marketplace) -> Sequence[str]:
    """Return in words what is shown otherwise than it was told; nothing when it is shown as it is."""
    if any(not marketplace.compare(told, sent) for sent in read.packages):
        return []
    ours = [sent for sent in read.packages if sent.reference == str(told.package_number)]
    return marketplace.compare(told, ours[0]) if ours else ["no such package"]


def to_be_seen(now: datetime) -> "QuerySet[Confirmation]":
    """Return what was told a while ago and is due to be looked for."""
    told: QuerySet[Confirmation] = Confirmation.objects.filter(seen_at=None, unseen__lt=LOOKS).done()
    return told.filter(confirmed_at__lte=now - SEEN_AFTER, due_at__lte=now)


def look_again(carts: Collection[Cart], marketplace: Marketplace, *, now: datetime) -> None:
    """What was told and is still not to be seen is told again, then a person is."""
    unseen = to_be_seen(now).filter(cart__in=carts).order_by("confirmed_at")
    asked = 0
    for confirmation in unseen.select_related("package__order__cart", "package__order__recipient", "package__shipment")[
        :LOOKED_THROUGH
    ]:
        if _was_downloaded(confirmation, marketplace):
            _seen(confirmation, now)
            continue
        if asked == LOOKED_AT:
            continue
        asked += 1
        seen = read_back(confirmation, marketplace, now=now)
        if seen is None:
            asked = LOOKED_AT  # not now; what was downloaded is still looked through
            unseen.order_by().update(due_at=now + NOT_NOW)
            Confirmation.objects.filter(pk=confirmation.pk).update(due_at=now + NOT_THIS)  # perhaps it is this one
        elif not seen:
            _not_seen(confirmation, now)


def _was_downloaded(confirmation: Confirmation, marketplace: Marketplace) -> bool:
    """Whether the last download of the order shows the package as it was told."""
    order, package = confirmation.package.order, confirmation.package
    if order.changed_at < max(filter(None, (package.shipment.created_at, package.corrected_at))):
        return False  # it was written before the package was
    try:
        source = order.recipient.open_source()
        if source is None:
            return False
        read = marketplace.read(OrderDocument(order.number, order.cart.place_id, order.changed_at, source))
    except (Unopenable, Strange):
        return False
    return not differences(dispatch(package), read, marketplace)


def _seen(confirmation: Confirmation, now: datetime) -> None:
    """Compare and swap: a package that was corrected meanwhile is read back itself."""
    package, order = confirmation.package, confirmation.package.order
    with transaction.atomic(durable=True):
        same = Package.objects.select_for_update().filter(
            pk=package.pk, tracking_number=package.tracking_number, corrected_at=package.corrected_at
        )
        if not same.exists():
            return
        Confirmation.objects.filter(pk=confirmation.pk).note("", seen_at=now)
        record("package.seen", order, now=now, tracking=confirmation.package.tracking_number)
        if not _given_up(order).exists():
            close_alerts(order, NOT_SEEN, now=now)


def _given_up(order: Order) -> "QuerySet[Confirmation]":
    """Return the order's packages that were looked for in vain for the last time."""
    told: QuerySet[Confirmation] = Confirmation.objects.filter(package__order=order).done()
    return told.filter(seen_at=None, unseen__gte=LOOKS)


def _not_seen(confirmation: Confirmation, now: datetime) -> None:
    order, tracking = confirmation.package.order, confirmation.package.tracking_number
    Confirmation.objects.filter(pk=confirmation.pk).note(confirmation.last_error, unseen=F("unseen") + 1)
    if confirmation.unseen + 1 < LOOKS:
        confirmation.reopen(now=now, feed=None)  # a feed that carried it answers for it no more
        return
    place = order.cart.place.name
    message = f"Order {order.number}: {place} accepted tracking {tracking}, but does not show it as it was sent."
    with transaction.atomic(durable=True):
        record("package.not_seen", order, now=now, tracking=tracking, reason=confirmation.last_error)
        message = f"{message} {confirmation.last_error}".strip()
        raise_alert(NOT_SEEN, order, message, now=now, path=order.get_absolute_url())
