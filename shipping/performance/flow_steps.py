"""What flowed through: how many orders took each step of their way, in quarters of an hour.

A quarter is counted once, some minutes after it is over, and stays as it was counted: an order that goes a step again
later went it twice. What is younger is counted when somebody looks. All time zones are some quarters away from UTC, so
any place's day is made of whole ones. Every step of an order touches it: so those to look at are found by
``touched_at``.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import TruncMinute

from core.accounts.models import Organization
from core.common.jobs import GOING_ON
from orders.models import Order, OrderStatus
from shipping.models import FlowStep, Shipment, SumsMark

STEP = timedelta(minutes=15)
# What a run does is told as of when the run began: its last step is committed so much later at the most.
SETTLED = GOING_ON + timedelta(minutes=3)
BACK = timedelta(days=36)  # counted in the beginning: four weeks to compare with, and some
FIELDS = {
    "downloaded": "downloaded_at",
    "handed_over": "release__released_at",
    "shipped": "shipped_at",
    "confirmed": "confirmed_at",
}
NAMES = (*FIELDS, "promised", "late")
Counts = Counter[str]


def floor(moment: datetime) -> datetime:
    """Return when the quarter of an hour began that the moment is in."""
    seconds = int(STEP.total_seconds())
    return datetime.fromtimestamp(int(moment.timestamp()) // seconds * seconds, UTC)


def refresh(organization: Organization, *, now: datetime) -> int:
    """Count the quarters that are over. Returns how many rows were written. Done by two at once, it is done once."""
    mark, _ = SumsMark.objects.get_or_create(organization=organization)
    begin, end = mark.flow_until or floor(now - BACK), floor(now - SETTLED)
    if begin >= end:
        return 0
    rows = [
        FlowStep(organization=organization, began_at=began_at, **counts)
        for began_at, counts in sorted(_count(organization, begin, end).items())
    ]
    with transaction.atomic():
        if not SumsMark.objects.filter(pk=mark.pk, flow_until=mark.flow_until).update(flow_until=end):
            return 0
        FlowStep.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def since(organization: Organization, begin: datetime, *, now: datetime) -> dict[datetime, Counts]:
    """Return what flowed in each quarter from ``begin`` until now, by when it began."""
    until = SumsMark.objects.filter(organization=organization).values_list("flow_until", flat=True).first()
    rows = FlowStep.objects.filter(organization=organization, began_at__gte=begin)
    kept = rows.order_by("began_at").values_list("began_at", *NAMES)
    found = {began_at: Counter(dict(zip(NAMES, numbers, strict=True))) for began_at, *numbers in kept}
    return found | _count(organization, max(begin, until) if until else begin, now + STEP)


def between(organization: Organization, begin: datetime, *, now: datetime) -> Counts:
    """Return what flowed from this very moment on, counted from the orders. For an hour or so, not for days."""
    return sum(_count(organization, begin, now + STEP).values(), Counter())


def _count(organization: Organization, begin: datetime, end: datetime) -> dict[datetime, Counts]:
    """Count from the orders. Four statements, by minutes, however many orders there are."""
    touched = Order.objects.filter(organization=organization, touched_at__gte=begin).exclude(status=OrderStatus.SKIPPED)
    found: dict[datetime, Counts] = defaultdict(Counter)
    for name, field in FIELDS.items():
        for minute, counts in _by_minute(touched, name, field, begin, end):
            found[floor(minute)].update(counts)
    return dict(found)


def _by_minute(touched: Any, name: str, field: str, begin: datetime, end: datetime) -> Iterator[tuple[datetime, Any]]:
    rows = touched.filter(**{f"{field}__gte": begin, f"{field}__lt": end})
    counts = {name: Count("pk")}
    if name == "shipped":
        after = Shipment.objects.filter(order=OuterRef("pk"), shipped_at__gt=OuterRef("ship_by"))
        rows = rows.annotate(left_late=Exists(after))
        promised = Q(ship_by__isnull=False)
        counts |= {"promised": Count("pk", filter=promised), "late": Count("pk", filter=promised & Q(left_late=True))}
    minutes = rows.order_by().annotate(minute=TruncMinute(F(field), tzinfo=UTC)).values("minute").annotate(**counts)
    for row in minutes:
        yield row.pop("minute"), row
