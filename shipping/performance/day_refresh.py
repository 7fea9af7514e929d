"""Keeping the sums in step: which days changed, working them out anew, and comparing all of them with the orders.

Every change of an order passes ``OrderQuerySet.update``, which says when. Days whose orders were touched since the last
look are marked stale; stale days are worked out anew, each in its own short transaction. Done twice, it comes to the
same. A day that comes to something else than before marks its month (month_sums). What no order was touched for, like a
charge that was added later, is found by the nightly comparison.

Orders end and sums stay: a day of which some orders may be gone already is never worked out anew.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from django.db import transaction
from django.db.models import F, Max, Min, Q, QuerySet, Value
from django.db.models.functions import Coalesce, TruncDate

from core.accounts.models import Organization
from core.common import claims, clock
from core.common.lifetimes import OTHER_DATA
from orders.models import Order
from shipping.models import CartDay, DaySum, SumsMark
from shipping.performance import day_sums, month_sums

OVERLAP = timedelta(minutes=2)  # more than any transaction that touches orders takes until its commit
SETTLED = timedelta(minutes=3)  # an order rarely changes alone: its day waits for the others
FOR_ONE = timedelta(seconds=20)  # in one sweep, for one organization
WHOLE = OTHER_DATA - timedelta(days=2)  # so long ago all orders of a day are there yet
COMPARED_EVERY = timedelta(hours=20)
COMPARED_BACK = timedelta(days=35)  # by then an order has come to its end
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Refreshed:
    days: int = 0
    left: bool = False  # more days are stale


def refresh(organization: Organization, *, now: datetime) -> Refreshed:
    """Mark the days whose orders changed, and work out those that have waited long enough, for a while."""
    mark_stale(organization, now=now)
    time = clock.running(now)
    stale = CartDay.objects.filter(organization=organization, stale_at__lte=now - SETTLED)
    done = 0
    for each in stale.order_by("-day", "cart").iterator(chunk_size=AT_ONCE):
        if claims.is_stopping() or time() - now > FOR_ONE:
            return Refreshed(done, left=True)
        done += renew(each, organization.zone, now=now)
    return Refreshed(done)


def mark_stale(organization: Organization, *, now: datetime) -> None:
    """Mark the days of every order touched since the last look. In a new time zone every day begins anew that can."""
    mark, _ = SumsMark.objects.get_or_create(organization=organization)
    if mark.zone != organization.time_zone:
        _begin_anew(mark, organization, now)
    touched = Order.objects.filter(organization=organization)
    if mark.touched_until is not None:
        touched = touched.filter(touched_at__gte=mark.touched_until - OVERLAP)
    days = touched.annotate(day=TruncDate("placed_at", tzinfo=organization.zone)).order_by()
    _mark(organization, days.values_list("cart", "merchant", "day").distinct(), now)
    SumsMark.objects.filter(pk=mark.pk, zone=organization.time_zone).update(touched_until=now)


def _begin_anew(mark: SumsMark, organization: Organization, now: datetime) -> None:
    with transaction.atomic():
        if SumsMark.objects.filter(pk=mark.pk, zone=mark.zone).update(
            zone=organization.time_zone, touched_until=None, checked_at=None
        ):
            since = _whole_since(organization, now)
            CartDay.objects.filter(organization=organization, day__gte=since).delete()
            DaySum.objects.filter(organization=organization, day__gte=since).delete()
            month_sums.forget(organization, since)
    mark.refresh_from_db()


def _whole_since(organization: Organization, now: datetime) -> date:
    return (now - WHOLE).astimezone(organization.zone).date()


def _mark(organization: Organization, days: Iterable[tuple[int, int, date]], now: datetime) -> None:
    """A day that is stale already keeps since when, lest it wait for ever; but that it changed is counted."""
    wanted = {(cart, day): merchant for cart, merchant, day in days}
    if not wanted:
        return
    known = CartDay.objects.filter(organization=organization, cart__in={cart for cart, _ in wanted})
    known = known.filter(day__gte=min(day for _, day in wanted), day__lte=max(day for _, day in wanted))
    there = {(cart, day): pk for pk, cart, day in known.values_list("pk", "cart", "day")}
    whole = _whole_since(organization, now)
    stale = [pk for (cart, day), pk in there.items() if (cart, day) in wanted and day >= whole]
    for begin in range(0, len(stale), AT_ONCE):
        marked = CartDay.objects.filter(pk__in=stale[begin : begin + AT_ONCE])
        marked.update(stale_at=Coalesce("stale_at", Value(now)), marks=F("marks") + 1)
    new = [
        CartDay(organization=organization, merchant_id=merchant, cart_id=cart, day=day, stale_at=now)
        for (cart, day), merchant in wanted.items()
        if (cart, day) not in there
    ]
    CartDay.objects.bulk_create(new, batch_size=AT_ONCE, ignore_conflicts=True)


def renew(cart_day: CartDay, zone: tzinfo, *, now: datetime) -> bool:
    """Work out one day; where it comes to something else, put its rows in place of the former ones and mark its month.
    False where the day went away, was marked or renewed meanwhile: what was worked out may be older than that.
    """
    rows = day_sums.work_out(cart_day, zone)
    with transaction.atomic():
        same = CartDay.objects.filter(pk=cart_day.pk, marks=cart_day.marks)
        if not same.update(stale_at=None, counted_at=now, marks=F("marks") + 1):
            return False
        if _differ(cart_day, rows):
            _kept(cart_day).delete()
            DaySum.objects.bulk_create(rows)
            month_sums.mark(cart_day.organization_id, cart_day.day, now=now)
    return True


# -- Compared with the orders ------------------------------------------------------------------------------------------
def compare(organization: Organization, *, now: datetime) -> Collection[CartDay]:
    """Work out every recent day anew and compare. Days that differ are mended, and returned.

    A day that is stale is left out: it is known to be behind.
    """
    mark_stale(organization, now=now)
    since = (now - COMPARED_BACK).astimezone(organization.zone).date()
    recent = CartDay.objects.filter(organization=organization, day__gte=since, stale_at=None)
    differing: list[CartDay] = []
    for each in recent.order_by("day", "cart"):
        if claims.is_stopping():  # the next night's run has its turn
            return differing
        differs = _differ(each, day_sums.work_out(each, organization.zone))
        if differs and renew(each, organization.zone, now=now):
            differing.append(each)
    SumsMark.objects.filter(organization=organization).update(checked_at=now, differed=len(differing))
    return differing


def _differ(cart_day: CartDay, rows: Iterable[DaySum]) -> bool:
    return [row.facts for row in _kept(cart_day).order_by("pk")] != [row.facts for row in rows]


def _kept(cart_day: CartDay) -> QuerySet[DaySum]:
    found: QuerySet[DaySum] = DaySum.objects.filter(cart=cart_day.cart_id, day=cart_day.day)
    return found


def is_to_be_compared(organization: Organization, *, now: datetime) -> bool:
    due = Q(checked_at=None) | Q(checked_at__lte=now - COMPARED_EVERY)
    return SumsMark.objects.filter(due, organization=organization).exists()


def counted_until(organization: Organization) -> datetime | None:
    """Return the moment up to which every change is in the sums; None where they were never worked out."""
    stale = CartDay.objects.filter(organization=organization).aggregate(since=Min("stale_at"))["since"]
    until = SumsMark.objects.filter(organization=organization).aggregate(until=Max("touched_until"))["until"]
    return min(stale, until) if stale and until else until
