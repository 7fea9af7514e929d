"""What somebody without an account may look at: one alert that they were mailed about, for some days, no more of it.

The link is signed and kept nowhere: it names the subscription and the alert, and ends with time, with the subscription,
or when the alert is no longer theirs to know. It is made when the mail is sent, so no row gives one away.
"""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core import signing
from django.core.signing import b62_decode
from django.urls import reverse

from core.alerts.audience import recipients
from core.alerts.models import Alert, Subscription
from core.row_security import tenant

SALT = "alerts.outside"
LASTS = timedelta(days=14)


def url(subscription_id: int, alert_id: int) -> str:
    """Return the whole address, as it stands in a mail."""
    token = signing.dumps([subscription_id, alert_id], salt=SALT)
    return f"{settings.PUBLIC_URL}{reverse('alerts:outside', args=[token])}"


def ends_at(token: str) -> datetime:
    """Return when a link that is one stops working."""
    _, stamp, _ = token.rsplit(":", 2)
    return datetime.fromtimestamp(b62_decode(stamp), tz=UTC) + LASTS


def find(token: str) -> Alert | None:
    """Return the alert that a link shows; None for a link that is none, or not any more."""
    try:
        subscription_id, alert_id = signing.loads(token, salt=SALT, max_age=LASTS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    rows = recipients.standing(Subscription.objects.filter(pk=subscription_id, stopped_at=None))
    subscription = tenant.find(rows)
    alerts = Alert.objects.filter(pk=alert_id).select_related("organization", "merchant")
    alert: Alert | None = alerts.first()
    if subscription is None or alert is None or alert.organization_id != subscription.organization_id:
        return None
    return alert if recipients.scope_of(subscription).concerns(alert) else None
