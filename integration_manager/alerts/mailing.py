"""Mail: owed in the commit that causes it, written out here, sent at least once.

No other module talks to a mail server. An alert is itself the debt: the sweep turns each new one into a mail to
everybody who is told, and what came together goes out together.
"""

import smtplib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Min, Q

from integration_manager.accounts.access import ABILITIES, Ability, Role
from integration_manager.accounts.models import Membership, Organization
from integration_manager.alerts import bouncing
from integration_manager.alerts.models import Alert, Mail
from integration_manager.lib import errands, links
from integration_manager.lib.errands import Outcome
from integration_manager.lib.remote import Rejected, Throttled, Unavailable

LINK = "{link}"
PAGE = 200
TOLD = [role for role in Role if Ability.CONNECT in ABILITIES[role]]  # who can mend what alerts are about
ORGANIZATIONS = 50  # told in one go
ASK_AGAIN = timedelta(minutes=1)  # while the mail server is away
IN_FULL = 20  # alerts in one mail; the rest is counted


@dataclass
class Mailed:
    written: int = 0
    sent: int = 0
    waiting: int = 0
    stuck: int = 0


# -- Owing -----------------------------------------------------------------------------------------------------------
def owe(
    *,
    organization_id: int,
    to: str,
    subject: str,
    text: str,
    cause: str,
    now: datetime,
    merchant_id: int | None = None,
    link: links.Link | None = None,
    link_path: str = "",
) -> Mail:
    """Write one mail to one person. Call it in the transaction that causes it.

    ``text`` may hold ``{link}``; ``link_path`` is the address of the link with ``{token}`` in it.
    """
    mail: Mail = Mail.objects.create(
        organization_id=organization_id,
        merchant_id=merchant_id,
        to=to,
        subject=_one_line(subject)[:200],
        text=text,
        link_path=link_path,
        link_nonce=link.nonce if link else "",
        link_digest=link.digest if link else "",
        cause=cause,
        message_id=_message_id(),
        created_at=now,
        due_at=now,
    )
    return mail


def told(organization_id: int) -> list[str]:
    """Return the addresses of the people of an organization who get mail about what needs a person."""
    people = Membership.objects.filter(
        organization_id=organization_id, role__in=TOLD, mailed=True, user__is_active=True
    )
    return list(people.order_by("user__email").values_list("user__email", flat=True))


def tell(organization: Organization, *, subject: str, text: str, cause: str, now: datetime) -> None:
    """Owe the same mail to everybody who is told."""
    for address in told(organization.pk):
        owe(organization_id=organization.pk, to=address, subject=subject, text=text, cause=cause, now=now)


# -- Alerts become mail ----------------------------------------------------------------------------------------------
def write_alerts(*, now: datetime) -> int:
    """Owe the mails about alerts that nobody was told of yet. Returns how many mails were written.

    An alert that closed before anybody was told is not mailed. Each organization has its turn, however many alerts
    another one has.
    """
    untold = Alert.objects.filter(closed_at=None, mailed_at=None)
    waiting = untold.values("organization").annotate(since=Min("opened_at")).order_by("since", "organization")
    return sum(
        _write(pk, list(untold.filter(organization=pk).order_by("opened_at", "pk")[:PAGE]), now)
        for pk in list(waiting.values_list("organization", flat=True)[:ORGANIZATIONS])
    )


def _write(organization_id: int, alerts: Sequence[Alert], now: datetime) -> int:
    people = told(organization_id)
    with transaction.atomic(durable=True):
        mine = [alert for alert in alerts if _claim(alert, now)]
        for address in people if mine else ():
            subject = mine[0].message if len(mine) == 1 else f"{len(mine)} things need somebody"
            owe(
                organization_id=organization_id,
                to=address,
                subject=subject,
                text=_letter(mine),
                cause=mine[0].cause if len(mine) == 1 else "alerts",
                now=now,
            )
    return len(people) if mine else 0


def _claim(alert: Alert, now: datetime) -> bool:
    return bool(Alert.objects.filter(pk=alert.pk, closed_at=None, mailed_at=None).update(mailed_at=now))


def _letter(alerts: Sequence[Alert]) -> str:
    parts = [_about(alert) for alert in alerts[:IN_FULL]]
    if len(alerts) > IN_FULL:
        parts.append(f"And {len(alerts) - IN_FULL} more: {settings.PUBLIC_URL}/alerts/")
    parts.append("An alert closes by itself when its cause is gone.")
    return "\n\n".join(parts) + "\n"


def _about(alert: Alert) -> str:
    return f"{alert.message}\n{settings.PUBLIC_URL}{alert.path}" if alert.path else str(alert.message)


# -- Sending ---------------------------------------------------------------------------------------------------------
def send_due(*, now: datetime) -> Mailed:
    """Send what is owed and due, fairly between organizations. Stops when the mail server is away.

    A mail that the server asks to bring again later holds up no other.
    """
    total = Mailed()
    owed = Mail.objects.due(now).fairly(within="organization", order_by="due_at")
    for mail in owed[:PAGE]:
        try:
            outcome = run(mail, now=now)
        except Throttled:
            total.waiting += 1
            break
        total.sent += outcome == Outcome.DONE
        total.stuck += outcome == Outcome.STUCK
        total.waiting += outcome == Outcome.WAITING
    bouncing.settle(now=now)
    return total


def run(mail: Mail, *, now: datetime) -> Outcome:
    """Send one mail. Raises Throttled, settled, while the mail server is away."""
    return errands.run(
        mail,
        do=_send,
        done=lambda mail, _: _sent(mail, now),
        stuck=lambda mail, reason: bouncing.refuse(mail, reason, now=now),
        now=now,
    )


def _send(mail: Mail) -> None:
    message = EmailMessage(
        subject=mail.subject,
        body=body(mail),
        to=[mail.to],
        headers={"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"},
    )
    try:
        validate_email(mail.to)
        message.send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
        raise _refusal(error) from error
    except smtplib.SMTPServerDisconnected as error:  # at this mail, perhaps because of it
        raise Unavailable("The mail server broke off.") from error
    except (OSError, ImproperlyConfigured) as error:
        # No connection, no log-in, or not in our name; in the embedded run no folder to write to. Nothing is wrong with
        # the mail, and it costs no attempt.
        raise Throttled(f"The mail server cannot be used now: {type(error).__name__}.", retry_in=ASK_AGAIN) from error
    except (ValidationError, ValueError) as error:  # a line break or worse: nothing is sent to where it may lead
        raise Rejected("This address cannot be written to.") from error


def _refusal(error: smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError) -> Exception:
    """A 4xx of a mail server asks to come again, a 5xx will not change."""
    codes: Iterable[int] = [getattr(error, "smtp_code", 0)]
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
    code = max(codes, default=0)
    sentence = f"The mail server refused the mail ({code or type(error).__name__})."
    return Rejected(sentence) if code >= 500 else Unavailable(sentence)


def _sent(mail: Mail, now: datetime) -> None:
    Mail.objects.filter(pk=mail.pk).update(sent_at=now)


def body(mail: Mail) -> str:
    """Return the text with its link. Raises Rejected when the link cannot be made any more."""
    if not mail.link_path:
        return str(mail.text)
    return mail.text.replace(LINK, address(mail))


def address(mail: Mail) -> str:
    """Return the personal link of a mail. Raises Rejected when it cannot be made any more."""
    try:
        token = links.token(links.Link(mail.link_nonce, mail.link_digest))
    except links.Lost as error:
        raise Rejected(str(error)) from error
    return str(settings.PUBLIC_URL + mail.link_path.replace("{token}", token))


def drop(link: links.Link, reason: str) -> None:
    """Do not send what is still owed with a link that ended."""
    for mail in Mail.objects.filter(link_digest=link.digest).exclude(Q(state="done") | Q(state="dropped")):
        mail.drop(reason)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _message_id() -> str:
    _, _, host = settings.DEFAULT_FROM_EMAIL.rstrip("> ").rpartition("@")
    return f"<{uuid.uuid4().hex}@{host or 'localhost'}>"
