"""Raising and closing alerts. Raising one that is open only refreshes it."""

from datetime import datetime
from typing import Any

from django.db.models import F

from integration_manager.accounts.access import Access
from integration_manager.activity.recording import Subject
from integration_manager.alerts.models import Alert


def raise_alert(cause: str, subject: Subject, message: str, *, now: datetime, path: str = "") -> bool:
    """Return True when the alert is new."""
    named = _named(subject)
    if Alert.objects.filter(cause=cause, closed_at=None, **named).update(
        message=message, path=path, seen_at=now, times=F("times") + 1
    ):
        return False
    # Two at once: the constraint lets one through, the other one finds it open.
    merchant_id = getattr(subject, "merchant_id", None)
    Alert.objects.bulk_create(
        [Alert(cause=cause, merchant_id=merchant_id, message=message, path=path, opened_at=now, seen_at=now, **named)],
        ignore_conflicts=True,
    )
    return True


def find_alert(cause: str, subject: Subject) -> Alert | None:
    """Return the open alert, if there is one."""
    found: Alert | None = Alert.objects.filter(cause=cause, closed_at=None, **_named(subject)).first()
    return found


def change_alert(alert: Alert, message: str, *, now: datetime, tell: bool) -> bool:
    """Let an open alert say something else; with ``tell`` it is mailed again. False when another worker was first."""
    fields: dict[str, Any] = {"message": message, "seen_at": now, "times": F("times") + 1}
    if tell:
        fields["mailed_at"] = None
    same = Alert.objects.filter(pk=alert.pk, closed_at=None, times=alert.times)
    return bool(same.update(**fields))


def count_open(access: Access) -> int:
    """How many alerts are open, for the menu."""
    return int(Alert.objects.visible_to(access).filter(closed_at=None).count())


def close_alerts(subject: Subject, *causes: str, now: datetime) -> int:
    """Close what is gone: these causes, or all of the thing's."""
    alerts = Alert.objects.filter(closed_at=None, **_named(subject))
    if causes:
        alerts = alerts.filter(cause__in=causes)
    return alerts.update(closed_at=now)


def _named(subject: Subject) -> dict[str, int | str]:
    return {
        "organization_id": subject.organization_id,
        "subject_kind": type(subject).__name__.lower(),
        "subject_id": subject.pk,
    }
