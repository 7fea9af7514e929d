"""Months beside days: a year is read as its months and the days at its ends, not as tens of thousands of rows.

A month that is over is added up from the sums of its days, not from orders: sums stay when orders end. A day whose sums
change marks its month in the same transaction, so a month in step says what its days say. One that is marked is read by
its days until it was added up anew. Every night all of them are added up anew and compared.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from core.accounts.models import Organization
from core.common import claims
from shipping.models import DaySum, MonthSum, SummedMonth
from shipping.performance import durations

SETTLED = timedelta(minutes=10)  # days rarely change alone: their month waits for the others
DAY = timedelta(days=1)
OF = ("merchant_id", "cart_id", "released_to", "currency")  # what makes a row of its own
ADDED = (*MonthSum.NUMBERS, "sales", "charges")
AT_ONCE = 500


# -- Which months ------------------------------------------------------------------------------------------------------
def month_of(day: date) -> date:
    return day.replace(day=1)


def after(month: date) -> date:
    """Return the first day of the next month."""
    return month_of(month + timedelta(days=32))


def in_step(organization: Organization, first: date, last: date) -> list[date]:
    """Return the months that lie wholly within these days and say what their days say."""
    months = SummedMonth.objects.filter(organization=organization, stale_at=None, month__gte=first, month__lte=last)
    return [month for month in months.order_by("month").values_list("month", flat=True) if after(month) - DAY <= last]


def days_beside(months: Sequence[date], first: date, last: date) -> Q | None:
    """Return the condition for the days of a period that are in none of these of its months; None: there are none."""
    found: Q | None = None
    for begin, end in _between(months, first, last):
        days = Q(day__gte=begin, day__lte=end)
        found = days if found is None else found | days
    return found


def _between(months: Sequence[date], first: date, last: date) -> Iterator[tuple[date, date]]:
    for month in months:
        if first < month:
            yield first, month - DAY
        first = after(month)
    if first <= last:
        yield first, last


# -- Kept in step ------------------------------------------------------------------------------------------------------
def mark(organization_id: int, day: date, *, now: datetime) -> None:
    """Say that the sums of a day changed, in the transaction that changes them."""
    month = {"organization_id": organization_id, "month": month_of(day)}
    if not _mark(month, now):
        SummedMonth.objects.bulk_create([SummedMonth(**month, stale_at=now)], ignore_conflicts=True)
        _mark(month, now)  # also where another one was the first to make it


def _mark(month: dict[str, Any], now: datetime) -> int:
    return SummedMonth.objects.filter(**month).update(stale_at=Coalesce("stale_at", Value(now)), marks=F("marks") + 1)


def forget(organization: Organization, since: date) -> None:
    """Begin anew with the month of that day: its days are being counted anew."""
    MonthSum.objects.filter(organization=organization, month__gte=month_of(since)).delete()
    SummedMonth.objects.filter(organization=organization, month__gte=month_of(since)).delete()


def refresh(organization: Organization, *, now: datetime) -> int:
    """Add up the months that are over, and were marked long enough ago. Returns how many."""
    running = month_of(now.astimezone(organization.zone).date())
    stale = SummedMonth.objects.filter(organization=organization, month__lt=running, stale_at__lte=now - SETTLED)
    done = 0
    for each in stale.order_by("-month"):
        if claims.is_stopping():
            return done
        done += add_up(each, now=now)
    return done


def add_up(month: SummedMonth, *, now: datetime) -> bool:
    """Add up one month and put its rows in place of the former ones. False where a day of it changed meanwhile."""
    rows = work_out(month)
    with transaction.atomic():
        same = SummedMonth.objects.filter(pk=month.pk, marks=month.marks)
        if not same.select_for_update().exists():
            return False
        _kept(month).delete()
        MonthSum.objects.bulk_create(rows, batch_size=AT_ONCE)
        same.update(stale_at=None, summed_at=now)
    return True


def work_out(month: SummedMonth) -> list[MonthSum]:
    """Return the rows of a month, not stored. One statement."""
    numbers: dict[tuple[Any, ...], list[Any]] = {}
    times: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    days = DaySum.objects.filter(
        organization=month.organization_id, day__gte=month.month, day__lt=after(month.month)
    ).order_by()
    for merchant, cart, released_to, currency, took, *added in days.values_list(*OF, "times", *ADDED).iterator():
        key = (merchant, cart, released_to, currency)
        numbers[key] = [a + b for a, b in zip(numbers[key], added, strict=True)] if key in numbers else added
        times[key].append(took)
    return [
        MonthSum(
            organization_id=month.organization_id,
            month=month.month,
            times=durations.packed(durations.added(times[key])),
            **dict(zip(OF, key, strict=True)),
            **dict(zip(ADDED, sums, strict=True)),
        )
        for key, sums in sorted(numbers.items(), key=lambda each: [str(part) for part in each[0]])
    ]


def _kept(month: SummedMonth) -> QuerySet[MonthSum]:
    found: QuerySet[MonthSum] = MonthSum.objects.filter(organization=month.organization_id, month=month.month)
    return found


# -- Compared with their days ------------------------------------------------------------------------------------------
def compare(organization: Organization, *, now: datetime) -> list[date]:
    """Add up every month anew and compare. Those that differ are mended, and returned. A stale one is left out."""
    begin(organization, now=now)
    differing: list[date] = []
    for each in SummedMonth.objects.filter(organization=organization, stale_at=None).order_by("month"):
        if claims.is_stopping():  # the next night's run has its turn
            return differing
        kept = _kept(each).order_by("pk")
        if [row.facts for row in kept] != [row.facts for row in work_out(each)] and add_up(each, now=now):
            differing.append(each.month)
    return differing


def begin(organization: Organization, *, now: datetime) -> None:
    """Begin with the months whose days nobody marked: days were counted before there were months."""
    known = set(SummedMonth.objects.filter(organization=organization).values_list("month", flat=True))
    there = DaySum.objects.filter(organization=organization).dates("day", "month")
    new = [SummedMonth(organization=organization, month=month, stale_at=now) for month in there if month not in known]
    SummedMonth.objects.bulk_create(new, ignore_conflicts=True)
