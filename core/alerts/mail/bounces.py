"""Mail that the server refused for good: an alert says so until it arrives, is owed no more, or the person is reached.

One alert an address, however many mails to it are refused; and none about the mail that tells of such an alert.
"""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse

from core.alerts.models import Alert, Mail
from core.alerts.own_alerts import MAIL_REFUSED
from core.alerts.raised import raise_alert
from core.common.errands import ENDED


def refuse(mail: Mail, reason: str, *, now: datetime) -> None:
    """Raise the alert. It says what the mail was about, and not to whom it went."""
    if mail.cause == MAIL_REFUSED:
        return
    known = Alert.objects.filter(organization=mail.organization_id, cause=MAIL_REFUSED, closed_at=None).values(
        "subject_id"
    )
    first = Mail.objects.filter(pk__in=known, to__iexact=mail.to).order_by("pk").first() or mail
    message = f"An email was not delivered: “{mail.subject}”. {reason}"
    raise_alert(MAIL_REFUSED, first, message, now=now, path=reverse("alerts:mails"))


def settle(*, now: datetime) -> int:
    """Close the alerts whose mail arrived or is no longer owed, or whose address took another mail since."""
    mail = Mail.objects.filter(pk=OuterRef("subject_id"))
    since = Mail.objects.filter(
        organization=OuterRef("organization"), to__iexact=OuterRef("to"), sent_at__gt=OuterRef("seen_at")
    )
    alerts = Alert.objects.filter(cause=MAIL_REFUSED, closed_at=None, subject_kind="mail").annotate(
        to=Subquery(mail.values("to")), state=Subquery(mail.values("state"))
    )
    gone = list(alerts.filter(Q(state__in=ENDED) | Exists(since)).values_list("pk", flat=True))
    return Alert.objects.filter(pk__in=gone, closed_at=None).update(closed_at=now) if gone else 0
