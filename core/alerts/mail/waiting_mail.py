"""Mail that waits because the mail server is away or does not let us send: no mail's fault, and no alert for each.

After an hour one alert an organization says what to do. It closes when nothing waits any more.
"""

from datetime import datetime, timedelta

from django.db.models import Count, F, Max, Min
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import ngettext

from core.accounts.models import Organization
from core.alerts.mail.mail_server import ASK_AGAIN
from core.alerts.models import Alert, Mail
from core.alerts.own_alerts import MAIL_WAITS
from core.alerts.raised import close_alerts, find_alert, raise_alert

PATIENCE = timedelta(hours=1)  # a mail server that restarts is nobody's business


def put_off(why: str, *, now: datetime) -> int:
    """Let all that is due wait with the one that could not be sent: one try tells as much as two hundred."""
    since = Coalesce(F("waiting_since"), now)
    return int(Mail.objects.due(now).put_off(why, again_at=now + ASK_AGAIN, waiting_since=since))


def tell(*, now: datetime) -> None:
    """Raise, refresh or close the alert of every organization."""
    waiting = Mail.objects.filter(waiting_since__isnull=False).owed()
    standing = waiting.values("organization").annotate(count=Count("pk"), since=Min("waiting_since"), last=Max("pk"))
    late = {each["organization"]: each for each in standing if each["since"] <= now - PATIENCE}
    for organization in Organization.objects.filter(pk__in=late).order_by("pk"):
        each = late[organization.pk]
        _say(organization, each["count"], each["since"], Mail.objects.get(pk=each["last"]).last_error, now)
    told = Alert.objects.filter(cause=MAIL_WAITS, closed_at=None).exclude(organization__in=late)
    for organization in Organization.objects.filter(pk__in=told.values("organization")):
        close_alerts(organization, MAIL_WAITS, now=now)


def _say(organization: Organization, count: int, since: datetime, why: str, now: datetime) -> None:
    mails = ngettext("{count} email has been waiting", "{count} emails have been waiting", count).format(count=count)
    when = f"{since.astimezone(organization.zone):%Y-%m-%d %H:%M}"
    message = f"Email can't be sent: {mails} since {when}. {why} Nothing is lost: they go out once this is fixed."
    told = find_alert(MAIL_WAITS, organization)
    if told is None or told.message != message:
        raise_alert(MAIL_WAITS, organization, message, now=now, path=reverse("alerts:mails"))
