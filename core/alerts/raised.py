"""Raising and closing alerts. Raising one that is open only refreshes it."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, QuerySet, Sum

from core.accounts.access import Access
from core.accounts.models import User
from core.accounts.visible_statements import VisibleStatement
from core.activity.event_log import Subject
from core.alerts import causes, fingerprints
from core.alerts.models import CALLING, Alert

SAID = {  # what of the open ones changes with any of them
    "calling": Count("pk", filter=CALLING),
    "number": Count("pk"),
    "latest": Max("pk"),
    "all_pks": Sum("pk"),
    "all_times": Sum("times"),
    "assignees": Sum("assigned_to"),
    "assigned": Count("assigned_to"),
    "dismissed": Count("dismissed_at"),
    "snoozed": Count("snoozed_until"),
    "snoozed_last": Max("snoozed_until"),
}
VERSION = VisibleStatement(
    Alert,
    lambda alerts: alerts.open().order_by().values("organization").annotate(**SAID).values_list(*SAID),
)
COUNTED = "alerts that call"  # among what one request counted already
NOT_ASIDE: dict[str, Any] = {
    "snoozed_until": None,
    "dismissed_at": None,
    "dismissed_by": None,
    "dismissed_because": "",
}


def raise_alert(
    cause: str, subject: Subject, message: str, *, now: datetime, path: str = "", by: User | None = None
) -> bool:
    """Return True when the alert is new. Raises causes.Undeclared for a cause that no app declares.

    ``by`` is the person whose own act it follows from: everybody else is mailed.
    """
    causes.check(cause)
    about, alike = named(subject), fingerprints.of(message)
    if Alert.objects.filter(cause=cause, closed_at=None, **about).update(
        message=message, path=path, seen_at=now, times=F("times") + 1, fingerprint=alike
    ):
        return False
    # Two at once: the constraint lets one through, the other one finds it open.
    of = {"merchant_id": getattr(subject, "merchant_id", None), "cart_id": _cart_of(subject)}
    Alert.objects.bulk_create(
        [
            Alert(
                cause=cause,
                message=message,
                path=path,
                opened_at=now,
                seen_at=now,
                by=by,
                fingerprint=alike,
                **of,
                **about,
            )
        ],
        ignore_conflicts=True,
    )
    return True


def raise_alerts(cause: str, said: Iterable[tuple[Subject, str, str]], *, now: datetime) -> None:
    """Raise the same alert about many things of a kind, each with its message and path: a few statements for all.

    Raises causes.Undeclared for a cause that no app declares.
    """
    causes.check(cause)
    untold = {(subject.organization_id, subject.pk): (subject, message, path) for subject, message, path in said}
    if not untold:
        return
    subjects = [subject for subject, _, _ in untold.values()]
    opened = list(_about(cause, subjects))
    for alert in opened:
        _, alert.message, alert.path = untold.pop((alert.organization_id, alert.subject_id))
        alert.seen_at, alert.times, alert.fingerprint = now, alert.times + 1, fingerprints.of(alert.message)
    Alert.objects.bulk_update(opened, ["message", "path", "seen_at", "times", "fingerprint"])
    Alert.objects.bulk_create(
        [
            Alert(
                cause=cause,
                merchant_id=getattr(subject, "merchant_id", None),
                cart_id=_cart_of(subject),
                message=message,
                path=path,
                opened_at=now,
                seen_at=now,
                fingerprint=fingerprints.of(message),
                **named(subject),
            )
            for subject, message, path in untold.values()
        ],
        ignore_conflicts=True,
    )


def keep_alerts(cause: str, said: Iterable[tuple[Subject, str, str]], *, now: datetime) -> None:
    """Let the open alerts of a cause be just these, each with its message and path: the others are closed.

    For a sweep that looks at everything. One that says the same as before is left alone.
    """
    wrong = {(subject.organization_id, subject.pk): (subject, message, path) for subject, message, path in said}
    gone = []
    for alert in Alert.objects.filter(cause=cause, closed_at=None):
        key = (alert.organization_id, alert.subject_id)
        if key not in wrong:
            gone.append(alert.pk)
        elif wrong[key][1] == alert.message:
            del wrong[key]
    Alert.objects.filter(pk__in=gone, closed_at=None).update(closed_at=now)
    raise_alerts(cause, wrong.values(), now=now)


def close_alerts_about(subjects: Collection[Subject], cause: str, *, now: datetime) -> None:
    """Close the same alert about many things of a kind."""
    if subjects:
        _about(cause, subjects).update(closed_at=now)


def find_alert(cause: str, subject: Subject) -> Alert | None:
    """Return the open alert, if there is one."""
    found: Alert | None = Alert.objects.filter(cause=cause, closed_at=None, **named(subject)).first()
    return found


def change_alert(alert: Alert, message: str, *, now: datetime, tell: bool) -> bool:
    """Let an open alert say something else; with ``tell`` it is mailed again. False when another worker was first.

    What is told again was set aside for something else: it is not set aside any more.
    """
    fields: dict[str, Any] = {"message": message, "seen_at": now, "times": F("times") + 1}
    fields["fingerprint"] = fingerprints.of(message)
    if tell:
        fields |= {"mailed_at": None, **NOT_ASIDE}
    same = Alert.objects.filter(pk=alert.pk, closed_at=None, times=alert.times)
    return bool(same.update(**fields))


def count_open(access: Access) -> int:
    """How many alerts are open and not set aside, for the menu; as the page's version counted them, if it has one."""
    if COUNTED in access.kept:
        return access.kept[COUNTED]
    return int(Alert.objects.visible_to(access).calling().count())


def version_of(access: Access) -> tuple[object, ...]:
    """Return what changes with the alerts that a person sees: one is raised, refreshed, closed, or handled by somebody.

    One statement, which counts for the menu, too.
    """
    told = next(iter(VERSION.rows(access)), (0,))  # no row where none is open
    access.kept[COUNTED] = told[0]
    return tuple(told)


def close_alerts(subject: Subject, *of: str, now: datetime) -> int:
    """Close what is gone: alerts of these causes, or all of the thing's."""
    alerts = Alert.objects.filter(closed_at=None, **named(subject))
    if of:
        alerts = alerts.filter(cause__in=of)
    return alerts.update(closed_at=now)


def close_alerts_of_hold(subject: Subject, held_for: str, *, now: datetime) -> int:
    """Close what goes with a hold that ended, and nothing else of the thing's."""
    of = causes.of_hold(held_for)
    return close_alerts(subject, *of, now=now) if of else 0


def _cart_of(subject: Subject) -> int | None:
    """Return the number of the cart it is about: itself, or the one it names as its own."""
    found: int | None = subject.pk if type(subject).__name__ == "Cart" else getattr(subject, "cart_id", None)
    return found


def _about(cause: str, subjects: Collection[Subject]) -> "QuerySet[Alert]":
    """Return the open alerts of a cause about things that are all of one kind."""
    kinds = {type(subject).__name__.lower() for subject in subjects}
    found: QuerySet[Alert] = Alert.objects.filter(
        cause=cause,
        closed_at=None,
        organization__in={subject.organization_id for subject in subjects},
        subject_kind__in=kinds,
        subject_id__in=[subject.pk for subject in subjects],
    )
    return found


def named(subject: Subject) -> dict[str, int | str]:
    """Return how a row names what it is about."""
    return {
        "organization_id": subject.organization_id,
        "subject_kind": type(subject).__name__.lower(),
        "subject_id": subject.pk,
    }
