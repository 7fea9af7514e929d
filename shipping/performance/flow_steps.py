"""What flowed through: how many orders took each step of their way, in quarters of an hour.

A quarter is counted once, some minutes after it is over, and stays as it was counted: an order that goes a step again
later went it twice. What is younger is counted when somebody looks. All time zones are some quarters away from UTC, so
any place's day is made of whole ones. Every step of an order touches it: so those to look at are found by
``touched_at``.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import TruncMinute

from core.accounts.models import Organization
from core.common.jobs import GOING_ON
from orders.models import Order, OrderStatus
from shipping.models import FlowStep, Shipment, SumsMark

STEP, HOUR = timedelta(minutes=15), timedelta(hours=1)
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
Numbers = tuple[int, ...]


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
        for began_at, counts in sorted(_by_quarter(_by_minute(organization, begin, end)).items())
    ]
    with transaction.atomic():
        if not SumsMark.objects.filter(pk=mark.pk, flow_until=mark.flow_until).update(flow_until=end):
            return 0
        FlowStep.objects.bulk_create(rows, batch_size=500)
    return len(rows)


@dataclass(frozen=True, slots=True)
class Flowed:
    """What flowed in each quarter since some moment, the oldest first, and in the last hour to the second."""

    began: Sequence[datetime]
    numbers: Sequence[Numbers]  # of each quarter, by NAMES
    last_hour: Counts

    def between(self, begin: datetime, end: datetime) -> Counts:
        """Add the quarters that began from ``begin`` until before ``end``."""
        some = self.numbers[bisect_left(self.began, begin) : bisect_left(self.began, end)]
        sums = [sum(column) for column in zip(*some, strict=True)] or [0] * len(NAMES)
        return Counter(dict(zip(NAMES, sums, strict=True)))


def since(organization: Organization, begin: datetime, *, now: datetime) -> Flowed:
    """Return what flowed from ``begin`` until now."""
    until = SumsMark.objects.filter(organization=organization).values_list("flow_until", flat=True).first()
    rows = FlowStep.objects.filter(organization=organization, began_at__gte=begin)
    found: dict[datetime, Numbers] = {row[0]: row[1:] for row in rows.values_list("began_at", *NAMES)}
    counted, hour = max(begin, until) if until else begin, now - HOUR
    recent = _by_minute(organization, min(counted, hour), now + STEP)
    if counted < hour:  # the sweep is behind, and the hour does not begin with a minute
        last_hour = sum((each for _, each in _by_minute(organization, hour, now + STEP)), Counter[str]())
    else:
        last_hour = sum((each for _, each in recent), Counter[str]())
    uncounted = _by_quarter((minute, each) for minute, each in recent if minute >= counted)
    found |= {began_at: tuple(each[name] for name in NAMES) for began_at, each in uncounted.items()}
    began = sorted(found)
    return Flowed(began, [found[each] for each in began], last_hour)


def _by_quarter(minutes: Iterable[tuple[datetime, Counts]]) -> dict[datetime, Counts]:
    found: dict[datetime, Counts] = defaultdict(Counter)
    for minute, counts in minutes:
        found[floor(minute)].update(counts)
    return dict(found)


def _by_minute(organization: Organization, begin: datetime, end: datetime) -> list[tuple[datetime, Counts]]:
    """Count from the orders. Four statements, by minutes, however many orders there are."""
    touched = Order.objects.filter(organization=organization, touched_at__gte=begin).exclude(status=OrderStatus.SKIPPED)
    return [each for name, field in FIELDS.items() for each in _of_field(touched, name, field, begin, end)]


def _of_field(touched: Any, name: str, field: str, begin: datetime, end: datetime) -> Iterator[tuple[datetime, Counts]]:
    rows = touched.filter(**{f"{field}__gte": begin, f"{field}__lt": end})
    counts = {name: Count("pk")}
    if name == "shipped":
        after = Shipment.objects.filter(order=OuterRef("pk"), shipped_at__gt=OuterRef("ship_by"))
        rows = rows.annotate(left_late=Exists(after))
        promised = Q(ship_by__isnull=False)
        counts |= {"promised": Count("pk", filter=promised), "late": Count("pk", filter=promised & Q(left_late=True))}
    minutes = rows.order_by().annotate(minute=TruncMinute(F(field), tzinfo=UTC)).values("minute").annotate(**counts)
    for row in minutes:
        yield row.pop("minute"), Counter(row)
