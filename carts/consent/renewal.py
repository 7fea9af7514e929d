"""What ends by the calendar: a seller's authorization after a year, our own secret when its time is over.

Reminders go out at 60, 30, 7 and 1 days. Each goes once, also with two workers; after a standstill only the nearest
one. Nothing is stopped by the calendar: the marketplace says when an authorization has ended (carts/consent/grants.py).
"""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import ngettext

from carts import connections
from carts.alerts import GRANT_LAPSES, SECRET_ENDS
from carts.consent import credentials
from carts.lifecycle import GONE
from carts.marketplaces import asked_kinds
from carts.models import RENEWAL, Cart, Grant, SetupLink
from carts.setup_links import sent_links
from core.accounts.models import Organization
from core.activity.event_log import Subject, record
from core.alerts.models import Alert
from core.alerts.raised import change_alert, close_alerts, find_alert, raise_alert

THRESHOLDS = (1, 7, 30, 60)  # days left
SWEEP = 200
DAY = timedelta(days=1)


def nearest(left: timedelta) -> int | None:
    """Return the threshold that was crossed last. None while there is time."""
    return next((days for days in THRESHOLDS if left <= days * DAY), None)


# -- Sellers' authorizations -----------------------------------------------------------------------------------------
def remind_due(*, now: datetime) -> int:
    """Remind sellers and staff of what lapses. Returns how many grants were reminded of."""
    used = Cart.objects.exclude(state__in=GONE).values("grant")
    lapsing = Grant.objects.filter(
        pk__in=used, state=Grant.State.CONNECTED, authorized_at__lte=now - RENEWAL + THRESHOLDS[-1] * DAY
    )
    told = {alert.subject_id: alert for alert in Alert.objects.filter(cause=GRANT_LAPSES, closed_at=None)}
    reminded = 0
    for grant in lapsing.select_related("merchant").order_by("authorized_at", "pk"):
        if _remind(grant, now):
            reminded += 1
        elif grant.pk in told:
            _count_down(grant, told[grant.pk], now)
        if reminded == SWEEP:
            break
    return reminded


def _remind(grant: Grant, now: datetime) -> bool:
    threshold = nearest(grant.lapses_at - now)
    if threshold is None or (grant.reminded_days is not None and grant.reminded_days <= threshold):
        return False
    carts = Cart.objects.filter(grant=grant).exclude(state__in=GONE).order_by("pk")
    cart = carts.filter(merchant=grant.merchant_id).first() or carts.first()
    if cart is None:
        return False
    email = seller_address(grant)
    try:
        with transaction.atomic(durable=True):
            same = Grant.objects.filter(pk=grant.pk, state=Grant.State.CONNECTED, authorized_at=grant.authorized_at)
            if not same.filter(Q(reminded_days=None) | Q(reminded_days__gt=threshold)).update(reminded_days=threshold):
                return False
            _say(GRANT_LAPSES, grant, _lapsing(grant, email, now), cart.get_absolute_url(), tell=True, now=now)
            record("grant.reminded", grant, now=now, days=max(0, (grant.lapses_at - now).days))
            if email:
                sent_links.send(cart, email, purpose=SetupLink.Purpose.RENEW, by=None, now=now)
    except sent_links.LinkNotSent:  # the cart was put away meanwhile; the next sweep chooses another
        return False
    return True


def _count_down(grant: Grant, told: Alert, now: datetime) -> None:
    """Let the open alert say how many days are left today; nobody gets another mail for that."""
    if told.seen_at.date() != now.date():
        change_alert(told, _lapsing(grant, seller_address(grant), now), now=now, tell=False)


def seller_address(grant: Grant) -> str:
    """Return where the seller is written to: where the last good setup link went, else the merchant's own address."""
    links = SetupLink.objects.filter(cart__grant=grant, merchant=grant.merchant_id, revoked_at=None)
    last = links.order_by("-created_at", "-pk").values_list("email", flat=True).first()
    return str(last or grant.merchant.email)


def _lapsing(grant: Grant, email: str, now: datetime) -> str:
    day = f"{grant.lapses_at:%Y-%m-%d}"
    when = f"expires {_in_days((grant.lapses_at - now).days)}, on {day}"
    if grant.lapses_at <= now:
        when = f"has been more than a year old since {day}: Amazon may end it at any time"
    first = f"{grant.merchant}'s authorization ({grant.region}, seller {grant.seller_id}) {when}."
    if email:
        return f"{first} The seller has been emailed a link to renew it."
    return f"{first} We have no email address for the seller: share a setup link from the cart's page."


def _in_days(days: int) -> str:
    return ngettext("in {count} day", "in {count} days", days).format(count=days) if days else "in less than a day"


# -- Our own secrets -------------------------------------------------------------------------------------------------
def watch_secrets(*, now: datetime) -> None:
    """Tell everybody who works with a marketplace that our secret there ends soon, or that it was renewed."""
    for kind in asked_kinds():
        ends_on = connections.application(kind).secret_ends_on
        threshold = nearest(ends_on - now.date()) if ends_on else None
        concerned = credentials.organizations(kind) if threshold else []
        told = Alert.objects.filter(cause=SECRET_ENDS, closed_at=None).values("organization")
        over = Organization.objects.filter(pk__in=told).exclude(pk__in=[each.pk for each in concerned])
        for organization in over:
            close_alerts(organization, SECRET_ENDS, now=now)
        for organization in concerned:
            assert ends_on
            _warn(organization, ends_on, now)


def _warn(organization: Organization, ends_on: date, now: datetime) -> None:
    message = _secret(ends_on, now)
    told = find_alert(SECRET_ENDS, organization)
    if told and told.message == message:
        return
    crossed = told is None or nearest(ends_on - told.seen_at.date()) != nearest(ends_on - now.date())
    with transaction.atomic(durable=True):
        _say(SECRET_ENDS, organization, message, reverse("carts:carts"), tell=crossed, now=now)


def _secret(ends_on: date, now: datetime) -> str:
    days = (ends_on - now.date()).days
    when = (
        f"expires {_in_days(days)}, on {ends_on}"
        if days > 0
        else f"expired on {ends_on}, unless it has been renewed since"
    )
    return (
        f"The secret of this portal's Amazon application {when}. Without it, nothing is downloaded or sent. "
        "Create a new one at Amazon, set AMAZON_LWA_CLIENT_SECRET and AMAZON_LWA_SECRET_ROTATED_ON, and restart."
    )


def _say(cause: str, subject: Subject, message: str, path: str, *, tell: bool, now: datetime) -> None:
    told = find_alert(cause, subject)
    if told is None:
        raise_alert(cause, subject, message, now=now, path=path)
    else:
        change_alert(told, message, now=now, tell=tell)
