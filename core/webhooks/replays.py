"""Replays: what happened since a moment, told to one endpoint again, or only what it never took.

A replay goes through the log from the newest event to the oldest, some at a time; how far it is stands on the endpoint.
Whatever ends a worker in between: the next sweep goes on there. Messages keep their ids.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from core.accounts.models import User
from core.activity.event_log import record
from core.activity.models import Event
from core.webhooks import log_reader, messages, webhook_types
from core.webhooks.models import Delivery, Endpoint

LONGEST = timedelta(days=30)  # as long as messages are kept
STEP = 1_000  # events in one transaction
STEPS = 10  # in one sweep
SPREAD = timedelta(hours=1)  # an event's number and its time may disagree by less: by what one transaction takes


def begin(endpoint: Endpoint, *, since: datetime, everything: bool, by: User, now: datetime) -> None:
    """Begin one; a replay of the same endpoint that is on its way ends. ``since`` is at most LONGEST ago."""
    last = Event.objects.filter(organization=endpoint.organization_id).aggregate(last=Max("pk"))["last"] or 0
    fields = {"replay_since": max(since, now - LONGEST), "replay_before": last + 1, "replay_all": everything}
    with transaction.atomic():
        Endpoint.objects.filter(pk=endpoint.pk).update(**fields)
        hours = max(1, round((now - since) / timedelta(hours=1)))
        what = "everything" if everything else "what it did not take"
        record("webhook.replayed", endpoint, now=now, actor=by, endpoint=endpoint.pk, hours=hours, what=what)


def go_on(*, now: datetime) -> int:
    """Go on with the replays that are on their way. Returns how many messages are owed by them."""
    owed = 0
    for pk in Endpoint.objects.in_use().filter(replay_since__isnull=False).order_by("pk").values_list("pk", flat=True):
        for _ in range(STEPS):
            with transaction.atomic(durable=True):
                made = _step(pk, now)
            if made is None:
                break
            owed += made
    return owed


def _step(pk: int, now: datetime) -> int | None:
    """Replay some of one. None when it is over."""
    endpoint = Endpoint.objects.select_for_update().get(pk=pk)
    if endpoint.replay_since is None or endpoint.replay_before is None or not endpoint.is_on:
        return None
    earlier = Event.objects.filter(organization=endpoint.organization_id, pk__lt=endpoint.replay_before)
    events = list(earlier.order_by("-pk")[:STEP])
    if not events or events[0].at < endpoint.replay_since - SPREAD:
        Endpoint.objects.filter(pk=pk).update(replay_since=None, replay_before=None, replay_all=False)
        return None
    kinds = webhook_types.event_kinds()
    fresh = [event for event in events if event.at >= endpoint.replay_since and event.kind in kinds]
    wanted = [message for message in messages.of_events(fresh) if endpoint.wants(message.type, message.merchant_id)]
    known = Delivery.objects.filter(endpoint=pk, event__in=[message.event_id for message in wanted])
    there = set(known.values_list("event", flat=True))
    # What it has not taken is owed from the start; what it took, only where everything is wanted again.
    again = known.untaken(now) if endpoint.replay_all else known.undelivered().untaken(now)
    owed = again.reopen(now=now)
    owed += log_reader.write([message for message in wanted if message.event_id not in there], now=now, only=endpoint)
    Endpoint.objects.filter(pk=pk).update(replay_before=events[-1].pk)
    return owed
