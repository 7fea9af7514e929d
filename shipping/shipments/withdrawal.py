"""Withdrawing a package that was packed by mistake, while the marketplace does not have it."""

from datetime import datetime

from django.db import transaction

from core.accounts.models import User
from core.activity.event_log import record
from orders.models import Order
from shipping.confirmation import dispatches
from shipping.models import Confirmation, ConfirmationFeed, Package, Shipment
from shipping.shipments.correction import back_to_warehouse, in_words
from shipping.shipments.shipped_packages import still_open, units_left


class NotWithdrawable(Exception):
    """Nothing was changed. The message says why, and what can be done."""


def hindrance(package: Package, *, now: datetime) -> str:
    """Return why a package cannot be withdrawn, as a sentence with what can be done instead; "" when it can."""
    order, place = package.order, package.order.cart.place.name
    confirmation = Confirmation.objects.filter(package=package).select_related("feed").first()
    if order.is_ended_otherwise:
        return f"{order} is {order.state.label.lower()}: nothing of it is sent any more."
    if confirmation is None or confirmation.is_dropped:
        return ""
    if confirmation.is_done or confirmation.confirmed_at:
        return (
            f"{place} already has this package, and none can be taken back there. "
            f"Correct its contents or its tracking: {place} changes the package it has."
        )
    if confirmation.is_taken(now) or (confirmation.feed is not None and confirmation.feed.is_owed):
        return f"It is being sent to {place} at the moment. Try again in a few minutes."
    if confirmation.failing_since is not None or _was_in_feed(package, confirmation):
        return (
            f"{place} may already have this package: an answer was lost. Wait until it is confirmed, then correct it."
        )
    return ""


def _was_in_feed(package: Package, confirmation: Confirmation) -> bool:
    """Whether a feed that was submitted may have carried the package as it was before its correction."""
    feeds = ConfirmationFeed.objects.filter(cart=confirmation.cart_id, submitted_at__isnull=False, read_at=None)
    return package.corrected_at is not None and feeds.filter(submitted_at__gte=package.shipment.created_at).exists()


def withdraw(package: Package, *, by: User, now: datetime) -> None:
    """Take back a package that nobody was told of: its units are open again. What was charged stays charged.

    Raises NotWithdrawable.
    """
    with transaction.atomic(durable=True):
        order: Order = Order.objects.locked(package.order_id)
        package.order = order
        if why := hindrance(package, now=now):
            raise NotWithdrawable(why)
        confirmation = Confirmation.objects.filter(package=package).undropped().first()
        if confirmation is not None and not confirmation.stop("Packed by mistake.", now=now):
            raise NotWithdrawable("It is being sent at the moment. Try again in a few minutes.")
        said = {
            "package": package.number,
            "tracking": package.number_or_none,
            "contents": in_words(package),
            "carrier": package.carrier,
        }
        if not Package.objects.filter(pk=package.pk, corrected_at=package.corrected_at).delete()[0]:
            raise NotWithdrawable("Somebody else has changed it in the meantime. Check what it is now.")
        Shipment.objects.filter(pk=package.shipment_id, packages=None).delete()
        record("package.withdrawn", order, now=now, actor=by, **said)
        dispatches.calm([order], now)
        left = units_left(order)
        if left:
            packed = Package.objects.filter(order=order).exists()
            back_to_warehouse(order, still_open(left) if packed else "", now)
        else:
            dispatches.settle_order(order, now)
