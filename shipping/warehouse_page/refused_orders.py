"""What a warehouse refused, by reason, and sending it again: all of one reason, or all that waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Min

from core.accounts.models import User
from core.activity.event_log import record
from core.activity.models import Event
from core.common.bell import Bell
from orders.models import Order
from shipping.models import Release, Warehouse

SHOWN = 50  # reasons
AT_ONCE = 500  # orders that one press sends: the rest waits for the next press
REMEMBERED = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class RefusedFor:
    """Orders that a warehouse refused with the same words."""

    reason: str
    count: int
    since: datetime  # when the oldest of them came in
    before: int = 0  # how many there were when they were last sent again; 0: they never were
    sent_at: datetime | None = None


def groups(warehouse: Warehouse, now: datetime) -> Sequence[RefusedFor]:
    """Return the reasons with most orders first, and what sending again made of each."""
    rows = (
        Release.objects.filter(warehouse=warehouse)
        .stuck()
        .order_by()
        .values("last_error")
        .annotate(count=Count("pk"), since=Min("order__downloaded_at"))
        .order_by("-count", "last_error")[:SHOWN]
    )
    counts = {row["last_error"]: row for row in rows}
    found = []
    seen: set[str] = set()
    for event in _sent(warehouse, now):
        reason = str(event.details["reason"])
        if reason in seen:
            continue
        seen.add(reason)
        row = counts.get(reason, {"count": 0, "since": event.at})
        found.append(RefusedFor(reason, row["count"], row["since"], event.details["count"], event.at))
    found += [RefusedFor(reason, row["count"], row["since"]) for reason, row in counts.items() if reason not in seen]
    return sorted(found, key=lambda each: (-each.count, each.reason))


def _sent(warehouse: Warehouse, now: datetime) -> Any:
    mine = Event.objects.filter(
        organization=warehouse.organization_id, subject_kind="warehouse", subject_id=warehouse.pk
    )
    return mine.filter(kind="warehouse.sent_again", at__gte=now - REMEMBERED).order_by("-pk")[:SHOWN]


def send_again(warehouse: Warehouse, reason: str, *, by: User, now: datetime) -> int:
    """Owe again what was refused with these words. Returns how many; what a worker took meanwhile is its own."""
    stuck = Release.objects.filter(warehouse=warehouse, last_error=reason).stuck().order_by("pk")
    ids = list(stuck.values_list("pk", "order_id")[:AT_ONCE])
    sent = 0
    for release_id, order_id in ids:
        with transaction.atomic(durable=True):
            order = Order.objects.locked(order_id)
            if not Release.objects.filter(pk=release_id).stuck().reopen(now=now):
                continue
            record("order.sent_again", order, now=now, actor=by)
        sent += 1
    if sent:
        record("warehouse.sent_again", warehouse, now=now, actor=by, count=sent, reason=reason)
        Bell.RELEASE_DUE.ring()
    return sent


def hasten(warehouse: Warehouse, *, by: User, now: datetime) -> int:
    """Let what waits for a later try go now. Returns how many."""
    moved: int = Release.objects.filter(warehouse=warehouse).hasten(now=now)
    if moved:
        record("warehouse.hastened", warehouse, now=now, actor=by, count=moved)
        Bell.RELEASE_DUE.ring()
    return moved
