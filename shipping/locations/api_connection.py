"""How far a warehouse's system that calls us has come with its orders, and how it connects: what its page shows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min, Sum

from core.api.models import ApiCall
from shipping.delivery import answers, collection
from shipping.models import Release, ReportState, ShipmentReport, Warehouse, WarehouseTraffic

LOOKED_BACK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class CallerStanding:
    """Counts of what a warehouse has and has not answered for."""

    offered: int
    oldest: datetime | None  # of what is offered: since when it waits
    claimed: int
    cancels: int
    changes: int
    rejected: int
    held: int


@dataclass(frozen=True, slots=True)
class Traffic:
    """Calls and bytes of the last seven days, as we see them."""

    calls: int
    failed: int
    received: int
    sent: int


def standing_of(warehouse: Warehouse, now: datetime) -> CallerStanding:
    waiting = collection.offered(warehouse, now).aggregate(count=Count("pk"), oldest=Min("due_at"))
    return CallerStanding(
        offered=waiting["count"],
        oldest=waiting["oldest"],
        claimed=collection.claimed(warehouse, now).count(),
        cancels=len(answers.cancel_requests(warehouse)),
        changes=answers.change_requests(warehouse).count(),
        rejected=Release.objects.stuck().filter(warehouse=warehouse).count(),
        held=ShipmentReport.objects.filter(warehouse=warehouse, state=ReportState.HELD).count(),
    )


def traffic_of(warehouse: Warehouse, now: datetime) -> Traffic:
    """Return what its keys asked, and what we asked of it."""
    since = now - LOOKED_BACK
    asked = ApiCall.objects.filter(
        key__warehouse_id=warehouse.pk, organization=warehouse.organization_id, at__gte=since
    )
    keys = asked.aggregate(calls=Count("pk"), received=Sum("received"), sent=Sum("sent"))
    failed = asked.filter(status__gte=400).count()
    ours = WarehouseTraffic.objects.filter(warehouse=warehouse, day__gte=since.date())
    own = ours.aggregate(calls=Sum("calls"), failed=Sum("failed"), received=Sum("received"), sent=Sum("sent"))
    return Traffic(
        calls=keys["calls"] + (own["calls"] or 0),
        failed=failed + (own["failed"] or 0),
        received=(keys["received"] or 0) + (own["received"] or 0),
        sent=(keys["sent"] or 0) + (own["sent"] or 0),
    )


def address() -> str:
    return f"{settings.PUBLIC_URL}/api/v1"
