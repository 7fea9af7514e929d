"""Recording what happened, in the transaction in which it happened."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction

from core.accounts.models import Organization, User
from core.activity import kinds
from core.activity.models import Event, Forgetting
from core.common import bulk_insert
from core.common.lifetimes import AT_ONCE, IN_ALL, Rows


class Subject(Protocol):
    """Anything owned with a primary key."""

    pk: Any

    @property
    def organization_id(self) -> int: ...


def event(kind: str, subject: Subject, *, now: datetime, actor: User | None = None, **details: Any) -> Event:
    """Return an event not yet stored, for storing many at once. ``details`` hold no personal data and no secret.

    Raises kinds.Undeclared for a kind that no app declares, or without a value that its sentence names.
    """
    kinds.check(kind, details)
    return Event(
        organization_id=subject.organization_id,
        kind=kind,
        subject_kind=type(subject).__name__.lower(),
        subject_id=subject.pk,
        actor=actor,
        at=now,
        details=details,
    )


def record(kind: str, subject: Subject, *, now: datetime, actor: User | None = None, **details: Any) -> None:
    event(kind, subject, now=now, actor=actor, **details).save(force_insert=True)


def record_all(events: Iterable[Event]) -> None:
    bulk_insert.insert(list(events))


@contextmanager
def forgetting(organization: Organization, subject_kind: str) -> Iterator[None]:
    """In here the database lets events about this kind of thing be deleted, of this organization and by nobody else.

    For a merchant's off-boarding, and for what is older than events are kept: elsewhere it refuses to delete any.
    """
    with transaction.atomic():
        allowed = Forgetting.objects.create(organization=organization, subject_kind=subject_kind)
        yield
        allowed.delete()


def forget_old(over: Rows, now: datetime) -> int:
    """Delete some of these events, a kind of thing of one organization at a time. Returns how many."""
    gone = 0
    for organization_id, kind in over.order_by().values_list("organization", "subject_kind").distinct():
        of_kind = over.filter(organization=organization_id, subject_kind=kind)
        while gone < IN_ALL and (ids := list(of_kind.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])):
            with forgetting(Organization(pk=organization_id), kind):
                Event.objects.filter(pk__in=ids).delete()
            gone += len(ids)
    return gone
