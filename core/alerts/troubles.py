"""Troubles that may pass by themselves: another server is away, a time-out, a page where an answer should be.

Each failure is noted, the next success ends it. What fails for longer than its patience becomes one alert.
"""

from datetime import datetime, timedelta

from core.accounts.models import Organization
from core.activity.event_log import Subject
from core.alerts import causes
from core.alerts.models import Trouble
from core.alerts.raised import close_alerts, named, raise_alert

FORGOTTEN = timedelta(hours=6)  # after so long without a try, the next failure is a new one: the portal was off


def note(cause: str, subject: Subject, message: str, *, after: timedelta, now: datetime, path: str = "") -> None:
    """It failed again. Raises the alert once that has been so for ``after``.

    Raises causes.Undeclared for a cause that no app declares.
    """
    causes.check(cause)
    mine = Trouble.objects.filter(cause=cause, **named(subject))
    mine.filter(seen_at__lt=now - FORGOTTEN).update(since=now)
    trouble, _ = Trouble.objects.get_or_create(cause=cause, **named(subject), defaults={"since": now, "seen_at": now})
    mine.update(seen_at=now)
    if now - trouble.since >= after:
        since = trouble.since.astimezone(Organization.objects.get(pk=subject.organization_id).zone)
        raise_alert(cause, subject, f"{message} It has failed since {since:%Y-%m-%d %H:%M}.", now=now, path=path)


def end(cause: str, subject: Subject, *, now: datetime) -> None:
    """It works: forget the trouble and close its alert. Call it in the transaction that stores the success."""
    Trouble.objects.filter(cause=cause, **named(subject)).delete()
    close_alerts(subject, cause, now=now)
