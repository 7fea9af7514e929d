"""Our own credentials at a marketplace: when they are refused nobody's work goes on, and it is no seller's fault.

Every organization with carts there is told: whoever runs the portal is among them.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from carts.alerts import CREDENTIALS_REFUSED
from carts.lifecycle import GONE
from carts.models import Cart
from core.accounts.models import Organization
from core.alerts.models import Alert
from core.alerts.raised import close_alerts, raise_alert
from core.common.remote import Unaccepted

ASK_AGAIN = timedelta(minutes=1)  # one try in this time finds out soon enough, and does not press a refused log-in


def organizations(kind: str) -> list[Organization]:
    """Return who works with this kind of marketplace."""
    carts = Cart.objects.filter(kind=kind).exclude(state__in=GONE)
    return list(Organization.objects.filter(pk__in=carts.values("organization")).order_by("pk"))


def refused(kind: str, reason: str, *, now: datetime) -> None:
    """The marketplace does not know us any more: say so, once."""
    message = f"{reason} Nothing is lost: everything waits and resumes once this is fixed."
    with transaction.atomic():
        for organization in organizations(kind):
            raise_alert(CREDENTIALS_REFUSED, organization, message, now=now, path=reverse("carts:carts"))


def wait_if_refused(organization_id: int, *, now: datetime) -> None:
    """Raises Unaccepted when we were refused a moment ago: many workers knocking would open no door."""
    told = Alert.objects.filter(organization_id=organization_id, cause=CREDENTIALS_REFUSED, closed_at=None)
    alert = told.filter(seen_at__gt=now - ASK_AGAIN).first()
    if alert is not None:
        raise Unaccepted(alert.message, retry_in=ASK_AGAIN)


def accepted(*, now: datetime) -> None:
    """The marketplace knows us: what was said is over."""
    told = Alert.objects.filter(cause=CREDENTIALS_REFUSED, closed_at=None)
    for organization in Organization.objects.filter(pk__in=told.values("organization")):
        close_alerts(organization, CREDENTIALS_REFUSED, now=now)
