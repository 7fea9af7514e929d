"""Retries of many alerts at once: an errand that goes through them in small steps.

What is counted is what is gone through: the alerts that were open when it was asked for, by their numbers. It may be
canceled between two steps, and a worker that dies takes none of it along: doing a step twice sends nothing twice.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from core.accounts.access import Access
from core.accounts.models import User
from core.activity.event_log import record
from core.alerts import causes
from core.alerts.handling.alert_choice import AlertChoice
from core.alerts.models import Alert, AlertQuerySet, RetryPlan
from core.alerts.retries import retriers
from core.common import claims, clock, jobs
from core.common.bell import Bell
from core.common.jobs import Job, NotYet, Tally

STEP = 25  # alerts
STEPS = 40  # in one go: others have their turn, too
PAGE = 20  # plans


class NotPlanned(Exception):
    """It is not retried. The message says why."""


def make(choice: AlertChoice, access: Access, because: str, *, expected: int, by: User, now: datetime) -> RetryPlan:
    """Owe a retry of these alerts. Raises NotPlanned, also when there are not as many as somebody was told."""
    if not retriers.has(choice.cause):
        raise NotPlanned("There is nothing to send again for this cause.")
    with transaction.atomic(durable=True):
        rows = choice.rows(access)
        total, last = rows.count(), rows.aggregate(last=Max("pk"))["last"]
        if not total:
            raise NotPlanned("None of these alerts is open any more.")
        if total != expected:
            raise NotPlanned(f"It was {expected} when you opened the page, and is {total} by now. Check, then confirm.")
        made: RetryPlan = RetryPlan.objects.create(
            organization=access.organization,
            merchant_id=choice.merchant_id,
            cause=choice.cause,
            choice=choice.kept,
            because=because,
            by=by,
            made_at=now,
            due_at=now,
            total=total,
            last_alert=last,
        )
        said = {"what": causes.say(choice.cause), "because": because}
        record("alerts.retry_begun", access.organization, now=now, actor=by, count=total, **said)
    Bell.RETRY_DUE.ring()
    return made


def cancel(plan: RetryPlan, *, by: User, now: datetime) -> bool:
    """Go through no more of it. False when it had ended. A worker that is at it ends after the step it is at."""
    with transaction.atomic(durable=True):
        asked = RetryPlan.objects.filter(pk=plan.pk, cancel_asked_at=None).unfinished()
        if not asked.update(cancel_asked_at=now, due_at=now):
            return False
        plan.refresh_from_db()
        said = {"what": causes.say(plan.cause), "retried": plan.retried, "count": plan.total}
        record("alerts.retry_canceled", plan.organization, now=now, actor=by, **said)
    Bell.RETRY_DUE.ring()
    return True


def run_due(*, now: datetime) -> Tally:
    """Go on with what is owed, fairly between organizations."""
    due = RetryPlan.objects.due(now).fairly(within="organization", order_by="due_at")
    return jobs.run_due(due.select_related("by", "organization")[:PAGE], RetryJob(), now=now)


class RetryJob(Job[RetryPlan, None]):
    """Go through some of a plan's alerts; the rest is due at once, behind what others asked for."""

    def do(self, plan: RetryPlan, /, *, now: datetime) -> None:
        for _ in range(STEPS):
            if claims.is_stopping() or not _step(plan):
                break
        plan.refresh_from_db(fields=["cancel_asked_at", "seen_to"])
        if plan.cancel_asked_at is None and _ahead(plan).exists():
            raise NotYet(timedelta(0))

    def done(self, plan: RetryPlan, result: None, /, *, now: datetime) -> None:
        RetryPlan.objects.filter(pk=plan.pk).update(ended_at=now)
        if plan.cancel_asked_at is None:
            said = {"what": causes.say(plan.cause), "retried": plan.retried, "left": plan.left}
            record("alerts.retry_ended", plan.organization, now=now, actor=plan.by, **said)

    def stuck(self, plan: RetryPlan, reason: str, /, *, now: datetime) -> None:
        RetryPlan.objects.filter(pk=plan.pk).update(ended_at=now)


def _step(plan: RetryPlan) -> bool:
    """Retry the next few. False when nothing is left, somebody canceled it, or another worker took it over."""
    if RetryPlan.objects.filter(pk=plan.pk, cancel_asked_at__isnull=False).exists():
        return False
    next_few = list(_ahead(plan).order_by("pk")[:STEP])
    if not next_few:
        return False
    retried = 0
    for alert in next_few:
        retried += retriers.retry(plan.cause, alert.subject_id, by=plan.by, now=clock.now())
    counted = {"retried": plan.retried + retried, "left": plan.left + len(next_few) - retried}
    return plan.keep(seen_to=next_few[-1].pk, **counted)


def _ahead(plan: RetryPlan) -> AlertQuerySet:
    """Return the alerts that it has not come to, as far as they are still open and as they were chosen."""
    mine = Alert.objects.filter(organization=plan.organization_id, pk__gt=plan.seen_to, pk__lte=plan.last_alert)
    return AlertChoice.of_row(plan.choice).narrow(mine)
