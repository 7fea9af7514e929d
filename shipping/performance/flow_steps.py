"""What flowed through: how many orders took each step of their way, in quarters of an hour.

A quarter is counted once, some minutes after it is over, and stays as it was counted: an order that goes a step again
later went it twice. What is younger is counted when somebody looks. All time zones are some quarters away from UTC, so
any place's day is made of whole ones. Every step of an order touches it: so those to look at are found by
``touched_at``, and what was handed over by when that was.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, Sum, Value
from django.db.models.functions import TruncDate, TruncMinute

from core.accounts.models import Organization
from core.common.jobs import GOING_ON
from core.common.kept_statements import KeptStatement
from orders.models import Order, OrderStatus
from shipping.models import FlowStep, Release, Shipment, SumsMark

STEP, HOUR = timedelta(minutes=15), timedelta(hours=1)
# What a run does is told as of when the run began: its last step is committed so much later at the most.
SETTLED = GOING_ON + timedelta(minutes=3)
BACK = timedelta(days=36)  # counted in the beginning: four weeks to compare with, and some
FIELDS = {
    "downloaded": "downloaded_at",
    "handed_over": "released_at",  # of the release
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
    """What flowed: on each day where the organization is, in some quarters, and in the last hour to the second."""

    days: Mapping[date, Counts]  # those with anything
    began: Sequence[datetime]  # of the quarters within the spans that were asked for, the oldest first
    numbers: Sequence[Numbers]  # of each of them, by NAMES
    last_hour: Counts

    def between(self, begin: datetime, end: datetime) -> Counts:
        """Add the quarters that began from ``begin`` until before ``end``: within one of the spans."""
        some = self.numbers[bisect_left(self.began, begin) : bisect_left(self.began, end)]
        sums = [sum(column) for column in zip(*some, strict=True)] or [0] * len(NAMES)
        return Counter(dict(zip(NAMES, sums, strict=True)))


def since(
    organization: Organization, begin: datetime, *, spans: Iterable[tuple[datetime, datetime]], now: datetime
) -> Flowed:
    """Return what flowed from ``begin`` until now: the database adds up days, and quarters are read within spans."""
    until = COUNTED_UNTIL.first(organization.pk)
    counted = max(begin, until) if until else begin
    quarters = QUARTERS.rows(organization.pk, begin, counted, *(edge for span in spans for edge in span))
    found: dict[datetime, Numbers] = {row[0]: row[1:] for row in quarters}
    by_day = _days_in(organization.time_zone).rows(organization.pk, begin, counted)
    days = {day: Counter(dict(zip(NAMES, row, strict=True))) for day, *row in by_day}
    uncounted, last_hour = _uncounted(organization, counted, now)
    for began_at, each in uncounted.items():
        found[began_at] = tuple(each[name] for name in NAMES)
        days.setdefault(began_at.astimezone(organization.zone).date(), Counter()).update(each)
    began = sorted(found)
    return Flowed(days, began, [found[each] for each in began], last_hour)


def _kept(organization_id: int, begin: datetime, end: datetime) -> Any:
    return FlowStep.objects.filter(organization=organization_id, began_at__gte=begin, began_at__lt=end)


def _within(organization_id: int, begin: datetime, end: datetime, *edges: datetime) -> Any:
    within = Q(pk__in=[])
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        within |= Q(began_at__gte=first, began_at__lt=last)
    return _kept(organization_id, begin, end).filter(within).values_list("began_at", *NAMES)


@lru_cache(maxsize=1_000)  # there are fewer time zones
def _days_in(time_zone: str) -> KeptStatement:
    """Return what adds up the days of a place."""
    day, sums = TruncDate("began_at", tzinfo=ZoneInfo(time_zone)), {f"{name}_sum": Sum(name) for name in NAMES}
    return KeptStatement(lambda *given: _kept(*given).annotate(day=day).order_by().values_list("day").annotate(**sums))


def _uncounted(organization: Organization, begin: datetime, now: datetime) -> tuple[dict[datetime, Counts], Counts]:
    """Return the quarters from ``begin`` that the sweep has not counted, and the last hour. As a rule read together."""
    hour = now - HOUR
    recent = _by_minute(organization, min(begin, hour), now + STEP)
    quarters = _by_quarter((minute, each) for minute, each in recent if minute >= begin)
    if begin < hour:  # the sweep is behind, and the hour does not begin with a minute
        recent = _by_minute(organization, hour, now + STEP)
    return quarters, sum((each for _, each in recent), Counter[str]())


def _by_quarter(minutes: Iterable[tuple[datetime, Counts]]) -> dict[datetime, Counts]:
    found: dict[datetime, Counts] = defaultdict(Counter)
    for minute, counts in minutes:
        found[floor(minute)].update(counts)
    return dict(found)


def _by_minute(organization: Organization, begin: datetime, end: datetime) -> list[tuple[datetime, Counts]]:
    """Count from the orders, each step by minutes. One statement, however many orders there are."""
    return [
        (minute, Counter({name: number, "promised": promised, "late": late}))
        for name, minute, number, promised, late in STEPS_BY_MINUTE.rows(organization.pk, begin, end)
    ]


def _all_steps(organization_id: int, begin: datetime, end: datetime) -> Any:
    touched = Order.objects.filter(organization=organization_id, touched_at__gte=begin)
    orders = touched.exclude(status=OrderStatus.SKIPPED)
    firsts = Release.objects.filter(organization=organization_id, part__lte=1)  # a split order went with its first part
    handed_over = firsts.exclude(order__status=OrderStatus.SKIPPED)
    first, *others = (_of_step(orders if name != "handed_over" else handed_over, name, begin, end) for name in FIELDS)
    return first.union(*others, all=True)


def _of_step(found: Any, name: str, begin: datetime, end: datetime) -> Any:
    field = FIELDS[name]
    rows = found.filter(**{f"{field}__gte": begin, f"{field}__lt": end}).order_by()
    judged: dict[str, Any] = {"promised": Value(0), "late": Value(0)}
    if name == "shipped":
        after = Shipment.objects.filter(order=OuterRef("pk"), shipped_at__gt=OuterRef("ship_by"))
        rows = rows.annotate(left_late=Exists(after))
        promised = Q(ship_by__isnull=False)
        judged = {"promised": Count("pk", filter=promised), "late": Count("pk", filter=promised & Q(left_late=True))}
    of_step = rows.annotate(step=Value(name), minute=TruncMinute(F(field), tzinfo=UTC)).values_list("step", "minute")
    return of_step.annotate(number=Count("pk"), **judged)


STEPS_BY_MINUTE = KeptStatement(_all_steps)
COUNTED_UNTIL = KeptStatement(
    lambda organization_id: SumsMark.objects.filter(organization=organization_id).values_list("flow_until", flat=True)
)
QUARTERS = KeptStatement(_within)
