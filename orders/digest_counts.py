"""What a digest counts of orders: how many came in, were shipped and confirmed, how many are late or soon will be."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from core.alerts.audience.recipients import MailScope
from core.alerts.digests.digest_figures import Span
from orders.models import Order
from orders.statuses import TO_BE_SHIPPED

SOON = timedelta(hours=24)
DONE = {
    "Orders that came in": "downloaded_at",
    "Orders shipped": "shipped_at",
    "Orders confirmed": "confirmed_at",
}


def done(scope: MailScope, spans: Sequence[Span]) -> Sequence[tuple[str, Sequence[int]]]:
    """Count in each of the spans: one statement for all, over what was touched since the first of them."""
    asked = {
        f"{field}_{number}": Count("pk", filter=Q(**{f"{field}__gte": span.begin, f"{field}__lt": span.end}))
        for field in DONE.values()
        for number, span in enumerate(spans)
    }
    recent = _orders(scope).filter(touched_at__gte=min(span.begin for span in spans))
    counted = recent.aggregate(**asked)
    return [(label, [counted[f"{field}_{number}"] for number in range(len(spans))]) for label, field in DONE.items()]


def late(scope: MailScope, now: datetime) -> Sequence[tuple[str, int]]:
    waiting = _orders(scope).filter(status__in=TO_BE_SHIPPED, ship_by__lt=now + SOON)
    counted = waiting.aggregate(
        late=Count("pk", filter=Q(ship_by__lt=now)), soon=Count("pk", filter=Q(ship_by__gte=now))
    )
    return [
        ("Past their ship-by time", counted["late"]),
        ("To ship within 24 hours", counted["soon"]),
    ]


def _orders(scope: MailScope) -> "QuerySet[Any]":
    of: dict[str, int] = {"organization": scope.organization_id}
    if scope.merchant_id is not None:
        of["merchant"] = scope.merchant_id
    if scope.cart_id is not None:
        of["cart"] = scope.cart_id
    found: QuerySet[Any] = Order.objects.filter(**of)
    return found
