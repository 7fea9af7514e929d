"""What becomes of an endpoint that takes messages, or does not: it fails, is turned off, and somebody is told."""

from datetime import datetime, timedelta

from django.urls import reverse

from core.alerts.raised import close_alerts, raise_alert
from core.webhooks import endpoint_records
from core.webhooks.alerts import FAILING, TURNED_OFF
from core.webhooks.models import Endpoint

TOLD_AFTER = timedelta(hours=1)
OFF_AFTER = timedelta(days=5)
GONE = 410  # it says that nobody is to send there any more


def took(endpoint: Endpoint, *, now: datetime) -> None:
    """It took a message. Call it in the transaction that settles."""
    if endpoint.ailing_since is None:
        return
    endpoint.ailing_since = None
    Endpoint.objects.filter(pk=endpoint.pk).update(ailing_since=None)
    close_alerts(endpoint, FAILING, now=now)


def failed(endpoint: Endpoint, why: str, *, status: int | None, now: datetime) -> None:
    """It did not take one. Call it in the transaction that settles."""
    if endpoint.ailing_since is None:
        endpoint.ailing_since = now
        Endpoint.objects.filter(pk=endpoint.pk, ailing_since=None).update(ailing_since=now)
    if status == GONE:
        _turn_off(endpoint, "It answered 410: nothing is to be sent there any more.", now)
    elif now - endpoint.ailing_since >= OFF_AFTER:
        _turn_off(endpoint, f"It has taken no message for {OFF_AFTER.days} days. The last answer: {why}", now)
    elif now - endpoint.ailing_since >= TOLD_AFTER:
        said = (
            f"Webhook endpoint {endpoint.host} has taken no message for an hour. {why} Messages wait and are retried."
        )
        raise_alert(FAILING, endpoint, said, now=now, path=_path(endpoint))


def _turn_off(endpoint: Endpoint, reason: str, now: datetime) -> None:
    if endpoint_records.turn_off(endpoint, reason, now=now):
        endpoint.disabled_at = now
        said = f"Webhook endpoint {endpoint.host} was turned off. {reason} Turn it on again when it is mended."
        raise_alert(TURNED_OFF, endpoint, said, now=now, path=_path(endpoint))


def _path(endpoint: Endpoint) -> str:
    return reverse("webhooks:endpoint", args=[endpoint.pk])
