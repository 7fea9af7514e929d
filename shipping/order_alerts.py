"""Alerts about an order that ask a person for something outside the portal, and close when somebody says it is done."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from core.accounts.models import User
from core.activity.event_log import record
from core.alerts.models import Alert
from core.alerts.raised import close_alerts
from orders.alerts import CANCELED_LATE
from orders.models import Order
from shipping.alerts import OFF_THE_BENCH, SHIPPED_ELSEWHERE

CAUSES = (OFF_THE_BENCH, CANCELED_LATE, SHIPPED_ELSEWHERE)


def to_see(order: Order) -> "QuerySet[Alert]":
    """Return those that are open, the oldest first."""
    alerts = Alert.objects.filter(organization_id=order.organization_id, subject_kind="order", subject_id=order.pk)
    found: QuerySet[Alert] = alerts.filter(closed_at=None, cause__in=CAUSES).order_by("pk")
    return found


def see_to(order: Order, *, by: User, now: datetime) -> int:
    """A person did what they asked for: each is closed in the commit that says who did. Returns how many."""
    with transaction.atomic(durable=True):
        done = [alert for alert in to_see(order) if close_alerts(order, alert.cause, now=now)]
        for alert in done:
            record("order.seen_to", order, now=now, actor=by, what=alert.message)
    return len(done)
