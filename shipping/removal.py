"""Taking an order away that stands under the wrong merchant, with everything that hangs on it.

Only one that nobody has: what is at a warehouse, on its way there or shipped is a parcel of the real world, and a
person has to see to it first.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from core.activity.event_log import record
from core.alerts.raised import close_alerts
from orders.models import Order
from shipping.models import Cancellation, Recall, Release, Shipment


def remove(order_id: int, *, why: str, now: datetime) -> str:
    """Take the order away. Returns what a person has to do first, "" when it is gone."""
    with transaction.atomic(durable=True):
        try:
            order = Order.objects.locked(order_id)
        except Order.DoesNotExist:
            return ""
        first = to_be_done(order, Release.objects.locked_of(order), now)
        if first:
            return first
        close_alerts(order, now=now)
        record("order.removed", order, now=now, number=order.number, cart=order.cart.name, reason=why)
        order.delete()
    return ""


def to_be_done(order: Order, releases: Collection[Release], now: datetime) -> str:
    """Return what a person has to do before the order can be taken away, "" when nothing."""
    if order.is_shipped or Shipment.objects.filter(order=order).exists():
        return (
            "It was shipped from here, at least in part: tell both merchants, settle it between them, and see at the "
            "marketplace whether the tracking reached the buyer. It stays, as the record of what was shipped."
        )
    if any(release.is_taken(now) for release in releases):
        return "It is being handed to the warehouse at this moment: run this again in five minutes."
    if any(release.is_with_warehouse for release in releases):
        return "The warehouse has it: press Hold on its page, wait until it is back, then run this again."
    if any(release.is_unsure for release in releases):
        return (
            "The warehouse may have it: its answer was lost. Press Hold on its page, wait until it is "
            "settled, then run this again."
        )
    if Recall.objects.unfinished().filter(order=order).exists():
        return "It is being asked back from the warehouse: wait until it is back, then run this again."
    if Cancellation.objects.unfinished().filter(order=order).exists():
        return "It is being canceled at the marketplace: wait until that is settled, then run this again."
    if order.is_at_warehouse:
        return "It is at the warehouse: press Hold on its page, then run this again."
    return ""
