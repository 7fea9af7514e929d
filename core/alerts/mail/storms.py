"""Storms: a cause that raises more alerts within an hour than anybody reads.

Told once, with how many there are, and then silent for who is told about that scope. It calms when it has lasted an
hour and the last hour brought no more than that. Alerts that closed meanwhile count, too: one that comes and goes all
the time is no less noise.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import IntegrityError, models, transaction

from core.alerts.audience.recipients import MailScope
from core.alerts.models import Alert, Storm

MOST = 20  # alerts of one cause within SPAN; one more is a storm
SPAN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class StormCount:
    """What is told of a storm: how many alerts there were, and those that began it, to see what it is about."""

    cause: str
    count: int
    alerts: Sequence[Alert] = ()
    still_open: int = 0


@dataclass(slots=True)
class Sifted:
    """What of some alerts is told: one by one, or as the storm that begins with them. The rest is kept silent."""

    alerts: list[Alert] = field(default_factory=list)
    began: list[StormCount] = field(default_factory=list)


def sift(scope: MailScope, alerts: Iterable[Alert], *, now: datetime) -> Sifted:
    """Take out what belongs to a storm. Call it in the transaction that owes the mail."""
    by_cause: dict[str, list[Alert]] = defaultdict(list)
    for alert in alerts:
        by_cause[alert.cause].append(alert)
    sifted = Sifted()
    raging = set(_storms(scope).filter(cause__in=by_cause).values_list("cause", flat=True))
    for cause, of_cause in by_cause.items():
        if cause in raging:
            continue
        count = _raised(scope, cause, now)
        if count <= MOST:
            sifted.alerts += of_cause
        elif _begin(scope, cause, now):
            sifted.began.append(StormCount(cause, count, tuple(of_cause)))
    return sifted


def calm(scope: MailScope, *, now: datetime) -> list[StormCount]:
    """End the scope's storms that are over. Returns those that left something open."""
    left = []
    for storm in _storms(scope).filter(began_at__lte=now - SPAN):
        if _raised(scope, storm.cause, now) > MOST:
            continue
        if not Storm.objects.filter(pk=storm.pk, calmed_at=None).update(calmed_at=now):
            continue
        since = scope.alerts.filter(cause=storm.cause, opened_at__gt=storm.began_at - SPAN)
        still_open = since.filter(closed_at=None, mailed_at__isnull=False).count()
        if still_open:
            left.append(StormCount(storm.cause, since.count(), still_open=still_open))
    return left


def raging(*, now: datetime) -> Sequence[int]:
    """Return the organizations with a storm that may be over."""
    old = Storm.objects.filter(calmed_at=None, began_at__lte=now - SPAN)
    return list(old.order_by("organization").values_list("organization", flat=True).distinct())


def _storms(scope: MailScope) -> "models.QuerySet[Storm]":
    here = {"organization": scope.organization_id, "merchant": scope.merchant_id, "cart_id": scope.cart_id}
    found: models.QuerySet[Storm] = Storm.objects.filter(calmed_at=None, **here)
    return found


def _raised(scope: MailScope, cause: str, now: datetime) -> int:
    return int(scope.alerts.filter(cause=cause, opened_at__gt=now - SPAN).count())


def _begin(scope: MailScope, cause: str, now: datetime) -> bool:
    """Keep that a storm began. False when another worker was first, and tells of it."""
    place = {"organization_id": scope.organization_id, "merchant_id": scope.merchant_id, "cart_id": scope.cart_id}
    try:
        with transaction.atomic():
            Storm.objects.create(cause=cause, began_at=now, **place)
    except IntegrityError:
        return False
    return True
