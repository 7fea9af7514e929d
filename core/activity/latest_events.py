"""What happened last, as a value that changes whenever something happens: what pages that follow are compared by."""

from collections.abc import Collection

from django.db.models import Max, Sum

from core.accounts.access import Access
from core.activity.models import Event
from core.common.kept_statements import KeptStatement

RECENT = 200  # events: one whose number is lower than another's may be committed later, and is seen all the same
NUMBERS = KeptStatement(
    lambda organization_id: (
        Event.objects.filter(organization=organization_id).order_by("-pk").values_list("pk", flat=True)[:RECENT]
    )
)


def version_of(access: Access) -> tuple[object, ...]:
    """Return what changes with every event of an organization. One statement, that reads the end of an index."""
    recent = NUMBERS.rows(access.organization.pk)
    return max(recent, default=0), sum(recent)


def recent_subjects(access: Access, kind: str) -> dict[int, int]:
    """Return the latest event of each thing of a kind among the organization's recent ones, by the thing's number."""
    recent = Event.objects.filter(organization=access.organization).order_by("-pk")[:RECENT]
    found = [(pk, subject) for pk, of, subject in recent.values_list("pk", "subject_kind", "subject_id") if of == kind]
    return {subject: pk for pk, subject in reversed(found)}


def version_of_things(access: Access, things: Collection[tuple[str, int]]) -> tuple[object, ...]:
    """Return what changes with every event of these things, each named by its kind and number."""
    found: list[object] = []
    for kind, number in things:
        of = Event.objects.filter(organization=access.organization, subject_kind=kind, subject_id=number)
        found += of.aggregate(Max("pk"), Sum("pk")).values()
    return tuple(found)
