"""Adding and changing endpoints, their secrets, and turning them on and off: in one commit, with its event."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from core.accounts.models import Organization, User
from core.activity.event_log import record
from core.alerts.raised import close_alerts
from core.webhooks import log_reader, signatures
from core.webhooks.models import Delivery, Endpoint

BOTH_FOR = timedelta(hours=24)  # how long messages are signed with the former secret too
NAMES: Mapping[str, str] = {
    "shape": "format",
    "url": "address",
    "merchant": "merchant",
    "urgent_only": "urgency",
    "types": "messages",
}


def add(organization: Organization, wanted: Mapping[str, Any], *, by: User, now: datetime) -> Endpoint:
    """``wanted`` has url, merchant and types, checked, and more. It is told what happens from now on."""
    with transaction.atomic(durable=True):
        first = log_reader.begin(now=now)
        made = Endpoint(organization=organization, made_at=now, made_by=by, first_event=first, **wanted)
        made.secret = made.seal(signatures.make_secret())
        made.save(force_insert=True)
        record("webhook.added", made, now=now, actor=by, endpoint=made.pk)
    return made


def change(endpoint: Endpoint, wanted: Mapping[str, Any], *, by: User, now: datetime) -> bool:
    """Keep what differs. False when nothing does."""
    with transaction.atomic(durable=True):
        kept = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
        fields = {name: value for name, value in wanted.items() if getattr(kept, name) != value}
        if not fields:
            return False
        Endpoint.objects.filter(pk=kept.pk).update(**fields)
        said = ", ".join(NAMES[name] for name in fields)
        record("webhook.changed", kept, now=now, actor=by, endpoint=kept.pk, fields=said)
    return True


def rotate(endpoint: Endpoint, *, by: User, now: datetime) -> None:
    """Give it a new secret. For a day, messages are signed with the former one, too."""
    with transaction.atomic(durable=True):
        kept = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
        Endpoint.objects.filter(pk=kept.pk).update(
            secret=kept.seal(signatures.make_secret()), former_secret=kept.secret, former_until=now + BOTH_FOR
        )
        record("webhook.secret_rotated", kept, now=now, actor=by, endpoint=kept.pk)


def end_former(endpoint: Endpoint, *, by: User, now: datetime) -> bool:
    """Sign with the new secret alone. False when that was so."""
    with transaction.atomic(durable=True):
        former = Endpoint.objects.filter(pk=endpoint.pk, former_secret__isnull=False)
        if not former.update(former_secret=None, former_until=None):
            return False
        record("webhook.secret_ended", endpoint, now=now, actor=by, endpoint=endpoint.pk)
    return True


def turn_on(endpoint: Endpoint, *, by: User, now: datetime) -> bool:
    """Send to it again: what waits for it, and what happens from now on. False when it is on."""
    with transaction.atomic(durable=True):
        first = log_reader.begin(now=now)
        off = Endpoint.objects.present().filter(pk=endpoint.pk, disabled_at__isnull=False)
        if not off.update(disabled_at=None, disabled_because="", ailing_since=None, first_event=first):
            return False
        close_alerts(endpoint, now=now)
        record("webhook.turned_on", endpoint, now=now, actor=by, endpoint=endpoint.pk)
    return True


def turn_off(endpoint: Endpoint, reason: str, *, now: datetime, by: User | None = None) -> bool:
    """Send nothing to it. What is owed waits. False when it is off. Raises no alert: its caller does."""
    with transaction.atomic():
        on = Endpoint.objects.in_use().filter(pk=endpoint.pk)
        if not on.update(disabled_at=now, disabled_because="" if by else reason):
            return False
        close_alerts(endpoint, now=now)
        record("webhook.turned_off", endpoint, now=now, actor=by, endpoint=endpoint.pk, reason=reason)
    return True


def remove(endpoint: Endpoint, *, by: User, now: datetime) -> bool:
    """Send nothing to it any more, and forget its secrets. What was sent stays for as long as messages are kept."""
    with transaction.atomic(durable=True):
        gone = {"removed_at": now, "secret": b"", "former_secret": None, "former_until": None}
        if not Endpoint.objects.present().filter(pk=endpoint.pk).update(**gone):
            return False
        Delivery.objects.filter(endpoint=endpoint).unfinished().stop("The endpoint was removed.")
        close_alerts(endpoint, now=now)
        record("webhook.removed", endpoint, now=now, actor=by, endpoint=endpoint.pk)
    return True
