"""Alerts about an order: those that ask a person for something outside the portal and close when somebody says it is
done, and what is tried again of those that many have at once.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from core.accounts.models import User
from core.activity.event_log import record
from core.alerts.models import Alert
from orders.alerts import CANCELED_LATE, PARTLY_CANCELED, PARTLY_SHIPPED
from orders.models import Order
from shipping.alerts import NOT_TAKEN, OFF_THE_BENCH, PACKED_CANCELED, SHIPPED_ELSEWHERE
from shipping.confirmation import refused_packages
from shipping.delivery import retry

CAUSES = (OFF_THE_BENCH, PARTLY_SHIPPED, PARTLY_CANCELED, CANCELED_LATE, PACKED_CANCELED, SHIPPED_ELSEWHERE, NOT_TAKEN)


def to_see(order: Order) -> "QuerySet[Alert]":
    """Return those that are open, the oldest first."""
    return to_see_of([order.pk], order.organization_id)


def to_see_of(orders: Collection[int], organization_id: int) -> "QuerySet[Alert]":
    """The same of many, by their keys."""
    alerts = Alert.objects.filter(organization_id=organization_id, subject_kind="order", subject_id__in=orders)
    found: QuerySet[Alert] = alerts.filter(closed_at=None, cause__in=CAUSES).order_by("pk")
    return found


def seen_as(alert: Alert) -> str:
    """Return what stands for an alert as somebody saw it: once it says more, it is another."""
    return f"{alert.pk}.{alert.times}"


def see_to(order: Order, seen: str, *, by: User, now: datetime) -> bool:
    """A person did what one of them asked for: it is closed in the commit that says who did.

    False when it is closed already, or has said more since it was ``seen``.
    """
    alert = next((each for each in to_see(order) if seen_as(each) == seen), None)
    if alert is None:
        return False
    with transaction.atomic(durable=True):
        if not Alert.objects.filter(pk=alert.pk, closed_at=None, times=alert.times).update(closed_at=now):
            return False
        record("order.seen_to", order, now=now, actor=by, what=alert.message)
    return True


def retry_order(order_id: int, by: User, now: datetime) -> bool:
    """Send again what was refused of an order. False when nothing was, or when it would only be refused again."""
    order = Order.objects.filter(pk=order_id).select_related("cart").first()
    if order is None or refused_packages.hopeless(order):
        return False
    return bool(retry.send_again(order, by=by, now=now))
