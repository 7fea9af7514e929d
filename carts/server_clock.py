"""This server's clock, held against a marketplace's: a wrong one is our own fault, and told once an organization."""

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from carts.alerts import CLOCK_OFF
from carts.consent import credentials
from carts.marketplaces.values import MOST_AHEAD, MOST_BEHIND
from core.accounts.models import Organization
from core.alerts.models import Alert
from core.alerts.raised import close_alerts, raise_alert


def watch(kind: str, skew: timedelta | None, *, now: datetime) -> None:
    """Raise or close the alert. ``skew`` is the marketplace's clock minus ours, None where it did not say."""
    if skew is None:
        return
    told = set(Alert.objects.filter(cause=CLOCK_OFF, closed_at=None).values_list("organization", flat=True))
    if -MOST_AHEAD <= skew <= MOST_BEHIND:
        for organization in Organization.objects.filter(pk__in=told):
            close_alerts(organization, CLOCK_OFF, now=now)
        return
    way = "behind" if skew > timedelta(0) else "ahead of"
    message = (
        f"This server's clock is {round(abs(skew.total_seconds()))} seconds {way} the marketplace's: orders may come "
        "late, shipments may be refused as being in the future, and codes for logging in may not match. Turn on time "
        "synchronization (NTP) on this server. This closes by itself."
    )
    with transaction.atomic():
        for organization in credentials.organizations(kind):
            if organization.pk not in told:
                raise_alert(CLOCK_OFF, organization, message, now=now, path=reverse("carts:carts"))
