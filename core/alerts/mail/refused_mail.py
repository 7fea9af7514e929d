"""What a person does about a mail that was refused for good: send it again, or give it up."""

from datetime import datetime

from django.db import transaction

from core.accounts.models import User
from core.activity.event_log import record
from core.alerts.models import Mail
from core.alerts.own_alerts import MAIL_REFUSED
from core.alerts.raised import close_alerts


def send_again(mail: Mail, *, by: User, now: datetime) -> bool:
    """Owe a refused mail again. False when it is not refused any more. Its alert waits for what becomes of it."""
    with transaction.atomic(durable=True):
        if not _refused(mail) or not mail.reopen(now=now):
            return False
        record("mail.sent_again", mail, now=now, actor=by, about=mail.cause)
    return True


def retry(mail_id: int, by: User, now: datetime) -> bool:
    """Owe the mail again that an alert is about. False when it is not refused any more."""
    mail: Mail | None = Mail.objects.filter(pk=mail_id).first()
    return mail is not None and send_again(mail, by=by, now=now)


def give_up(mail: Mail, *, by: User, now: datetime) -> bool:
    """Owe a refused mail no longer, and close its alert. False when it is not refused any more."""
    with transaction.atomic(durable=True):
        if not _refused(mail) or not mail.stop(f"{mail.last_error} Given up by {by}.", now=now):
            return False
        record("mail.given_up", mail, now=now, actor=by, about=mail.cause)
        close_alerts(mail, MAIL_REFUSED, now=now)
    return True


def _refused(mail: Mail) -> bool:
    """Look again, locked until the commit (SQLite locks all): another worker or person may have been quicker."""
    return bool(Mail.objects.select_for_update().filter(pk=mail.pk).stuck().first())
