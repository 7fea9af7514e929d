"""Giving alerts to somebody, letting them rest, and saying why nothing is to be done about them.

None of it closes an alert: it closes when its cause is gone, and when that comes back it is a new one, which nobody has
set aside. Each deed is one event, however many alerts it is about.
"""

from datetime import datetime

from django.db import transaction

from core.accounts.access import Access, Role
from core.accounts.models import Membership, User
from core.activity.event_log import record
from core.alerts import causes
from core.alerts.handling.alert_choice import AlertChoice
from core.alerts.models import Alert
from core.alerts.raised import NOT_ASIDE


def people(access: Access) -> list[User]:
    """Return who alerts can be given to: the 3PL's own people."""
    members = Membership.objects.filter(organization=access.organization, user__is_active=True)
    own = members.exclude(role=Role.SELLER).select_related("user").order_by("user__name", "user__email")
    return [membership.user for membership in own]


def assign(choice: AlertChoice, access: Access, person: User | None, *, by: User, now: datetime) -> int:
    """Give them to somebody, or to nobody. Returns how many."""
    with transaction.atomic(durable=True):
        changed = choice.rows(access).exclude(assigned_to=person).update(assigned_to=person)
        if changed:
            what, house = _what(choice, access), access.organization
            if person:
                record("alerts.assigned", house, now=now, actor=by, what=what, count=changed, person=str(person))
            else:
                record("alerts.unassigned", house, now=now, actor=by, what=what, count=changed)
    return int(changed)


def snooze(choice: AlertChoice, access: Access, until: datetime, *, by: User, now: datetime) -> int:
    """Let them rest: nobody is told before then. Returns how many."""
    with transaction.atomic(durable=True):
        what = _what(choice, access)
        changed = choice.rows(access).update(**{**NOT_ASIDE, "snoozed_until": until})
        if changed:
            when = f"{until.astimezone(access.organization.zone):%Y-%m-%d %H:%M}"
            record("alerts.snoozed", access.organization, now=now, actor=by, what=what, count=changed, until=when)
    return int(changed)


def dismiss(choice: AlertChoice, access: Access, because: str, *, by: User, now: datetime) -> int:
    """Nothing is to be done about them. Returns how many."""
    with transaction.atomic(durable=True):
        what = _what(choice, access)
        said = {"dismissed_at": now, "dismissed_by": by, "dismissed_because": because}
        changed = choice.rows(access).update(**{**NOT_ASIDE, **said})
        if changed:
            house = access.organization
            record("alerts.dismissed", house, now=now, actor=by, what=what, count=changed, because=because)
    return int(changed)


def restore(choice: AlertChoice, access: Access, *, by: User, now: datetime) -> int:
    """Take back that they were set aside. Returns how many."""
    with transaction.atomic(durable=True):
        what = _what(choice, access)
        changed = choice.rows(access).aside().update(**NOT_ASIDE)
        if changed:
            record("alerts.restored", access.organization, now=now, actor=by, what=what, count=changed)
    return int(changed)


def wake(*, now: datetime) -> int:
    """End the rest of those whose time has come: they are told anew. Returns how many."""
    rested = Alert.objects.open().filter(snoozed_until__lte=now, dismissed_at=None)
    return int(rested.update(snoozed_until=None, mailed_at=None))


def _what(choice: AlertChoice, access: Access) -> str:
    """Return what is wrong, in the words of its cause: an alert's own sentence may name people."""
    cause = choice.cause or choice.rows(access).values_list("cause", flat=True).first()
    return causes.say(cause) if cause else ""
