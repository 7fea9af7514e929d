"""Which of a desk's orders changed within a span of time. A desk asks for one span after another.

The span is half-open, and begins a little earlier than it is asked for: a change counts from when it was begun, and is
seen only once it is committed. An order is in it by any change within it, so a later change takes none out of the pages
of a span that a desk is reading: it is in the next span, too.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Q, QuerySet

from core.activity.models import Event
from orders.statuses import FREE_TO_GO
from shipping.models import Release, Warehouse

OVERLAP = timedelta(minutes=10)  # longer than any worker is at one change
UNORDERED = timedelta(hours=1)  # events are numbered as they are stored, which is a little after they happened
OUR_OWN = ("order.released", "order.looked_at", "order.noted")  # a desk's fetching it, and looking, change nothing


@dataclass(frozen=True, slots=True)
class Span:
    """Everything from ``start`` on and before ``end``."""

    start: datetime
    end: datetime

    @classmethod
    def asked_for(cls, start: datetime, end: datetime) -> "Span":
        return cls(start - OVERLAP, end)


def changed(warehouse: Warehouse, span: Span) -> "QuerySet[Release]":
    """Return what of a warehouse's orders changed, or was offered to it, within a span; the same order every time.

    What it never fetched and is not to have now is no business of its.
    """
    changes = _changes(warehouse.organization_id, span).values("subject_id")
    offered = Q(due_at__gte=span.start, due_at__lt=span.end)
    to_be_had = Q(released_at=None, order__status__in=FREE_TO_GO, pk__in=Release.objects.owed().values("pk"))
    found: QuerySet[Release] = Release.objects.filter(
        Q(order__in=changes) | offered, Q(released_at__isnull=False) | to_be_had, warehouse=warehouse
    )
    return found.order_by("pk")


def moments(releases: Collection[Release], span: Span) -> Mapping[int, datetime]:
    """Return by order when it changed last within the span."""
    if not releases:
        return {}
    orders = [release.order_id for release in releases]
    organization = next(iter(releases)).organization_id
    told = _changes(organization, span).filter(subject_id__in=orders).values("subject_id")
    last = dict(told.annotate(last=Max("at")).values_list("subject_id", "last"))
    offered = {release.order_id: release.due_at for release in releases if span.start <= release.due_at < span.end}
    return {order: max(filter(None, (last.get(order), offered.get(order)))) for order in orders}


def _changes(organization_id: int, span: Span) -> "QuerySet[Event]":
    ours = Event.objects.filter(organization=organization_id)
    before = ours.filter(at__lt=span.start - UNORDERED).order_by("-id").values_list("id", flat=True).first()
    found = ours.filter(id__gt=before or 0, subject_kind="order", at__gte=span.start, at__lt=span.end)
    return found.exclude(kind__in=OUR_OWN).order_by()
