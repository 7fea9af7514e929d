"""Reading the activity log for webhooks: what happened becomes one message for each endpoint that wants it.

The log is the only link: whoever records an event knows nothing of webhooks. It is read by its numbers, a page at a
time, under the lock of the one row that says how far; what was missing is looked for again (log_gaps.py). A message is
known by its endpoint and its event, so reading twice writes nothing twice.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Max, Q

from core.activity.models import Event
from core.webhooks import messages, webhook_types
from core.webhooks.log_gaps import Gap, Horizon, between
from core.webhooks.messages import Message
from core.webhooks.models import Delivery, Endpoint, LogPosition

PAGE = 2_000  # events in one transaction
PAGES = 25  # in one sweep: the next one goes on


def read_log(*, now: datetime) -> int:
    """Write the messages about what happened since. Returns how many."""
    written = 0
    for _ in range(PAGES):
        if not Endpoint.objects.in_use().exists():
            return written  # whoever turns one on says from where it is told
        with transaction.atomic(durable=True):
            made, is_more = _read_page(now)
        written += made
        if not is_more:
            return written
    return written


def begin(*, now: datetime) -> int:
    """Return the number from which on an endpoint that is turned on now is told. Call it in the same transaction.

    Where nobody was told before, the log was not read: what is in it by now is passed over.
    """
    LogPosition.objects.get_or_create(pk=LogPosition.ONLY)
    position = LogPosition.objects.select_for_update().get(pk=LogPosition.ONLY)
    last = Event.objects.aggregate(last=Max("pk"))["last"] or 0
    if not Endpoint.objects.in_use().exists():
        LogPosition.objects.filter(pk=position.pk).update(read_to=last, gaps=[])
    return int(last) + 1


def _read_page(now: datetime) -> tuple[int, bool]:
    position = LogPosition.objects.select_for_update().get(pk=LogPosition.ONLY)
    before = Horizon.now()  # asked for first: what ended by then is seen by what is asked next
    gaps = [Gap.of_row(row) for row in position.gaps]
    missing = [Q(pk__gte=gap.first, pk__lte=gap.last) for gap in gaps]
    filled = list(Event.objects.filter(reduce(or_, missing)).values_list("pk", flat=True)) if missing else []
    found = list(Event.objects.filter(pk__gt=position.read_to).order_by("pk").values_list("pk", flat=True)[:PAGE])
    after = Horizon.now()
    left = [part for gap in gaps if not (before and gap.is_over(before, now=now)) for part in gap.without(filled)]
    if after is not None:
        left += between(position.read_to, found, after, now=now)
    kept = [gap.kept for gap in left]
    if found or kept != position.gaps:
        read_to = found[-1] if found else position.read_to
        LogPosition.objects.filter(pk=position.pk).update(read_to=read_to, gaps=kept)
    return write([*_messages(filled), *_messages(found)], now=now), len(found) == PAGE


def _messages(ids: Sequence[int]) -> list[Message]:
    if not ids:
        return []
    told = Endpoint.objects.in_use().values("organization")
    kinds = webhook_types.event_kinds()
    events = Event.objects.filter(pk__gte=min(ids), pk__lte=max(ids), kind__in=kinds, organization__in=told)
    wanted = set(ids)
    return messages.of_events(event for event in events.order_by("pk") if event.pk in wanted)


def write(found: Iterable[Message], *, now: datetime, only: Endpoint | None = None) -> int:
    """Owe messages to the endpoints that want them; to those that have one already it is not owed again."""
    told = list(found)
    if not told:
        return 0
    endpoints = [only] if only else list(Endpoint.objects.in_use().order_by("pk"))
    rows = [
        Delivery(
            organization_id=endpoint.organization_id,
            endpoint=endpoint,
            event_id=message.event_id,
            message_id=endpoint.message_id(message.event_id),
            type=message.type,
            body=message.body,
            made_at=now,
            due_at=now,
        )
        for message in told
        for endpoint in endpoints
        if endpoint.organization_id == message.organization_id
        and endpoint.wants(message.type, message.merchant_id)
        and (only is not None or message.event_id >= endpoint.first_event)
    ]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
