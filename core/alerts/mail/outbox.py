"""Mail: owed in the commit that causes it, written out here, sent at least once.

No other module talks to a mail server.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from core.accounts.models import Organization
from core.alerts import causes, wording
from core.alerts.audience import outside, recipients
from core.alerts.audience.recipients import Addressee
from core.alerts.mail import bounces, letterhead, mail_server, waiting_mail
from core.alerts.mail.mail_server import ServerUnusable
from core.alerts.models import Mail, Subscription
from core.common import jobs, links, multipart
from core.common.jobs import Job
from core.common.remote import Rejected
from core.upkeep import installation

PAGE = 200
KEPT_OUT = 3  # mails in a row, and then the others wait until the next sweep: knocking opens no door


@dataclass
class Mailed:
    written: int = 0
    sent: int = 0
    waiting: int = 0
    stuck: int = 0


@dataclass(frozen=True, slots=True)
class MailText:
    """What everybody who is told reads, from templates/mail; each mail says below why it came."""

    template: str  # "alerts/orders"
    cause: str
    values: Mapping[str, Any]


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

    ``text`` may hold ``{link}``; ``link_path`` is the address of the link with ``{token}`` in it. Raises
    causes.Undeclared for a cause that no app declares.
    """
    causes.check_mail(cause)
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


def owe_to(recipient: Addressee, organization: Organization, letter: MailText, *, now: datetime) -> Mail:
    """Write one mail to somebody who is told, with why, and with how to be told no more."""
    subscription = recipient.subscription
    reader: dict[str, Any] = {"told_as": "subscription" if subscription else "team", "organization": organization.name}
    reader["may_choose"] = recipient.is_outside
    reader["may_overview"] = bool(subscription and subscription.shows_overview)
    said = wording.write(letter.template, {**letter.values, **reader})
    return owe(
        organization_id=organization.pk,
        merchant_id=subscription.merchant_id if subscription else None,
        to=recipient.address,
        subject=said.subject,
        text=said.text,
        cause=letter.cause,
        link=_stopping(subscription) if subscription else None,
        link_path=Subscription.PATH if subscription else "",
        now=now,
    )


def _stopping(subscription: Subscription) -> links.Link:
    """Return the subscription's link, made anew when the key that made it is gone."""
    link = subscription.kept
    try:
        links.token(link)
    except links.Lost:
        link = links.make()
        Subscription.objects.filter(pk=subscription.pk, digest=subscription.digest).update(
            nonce=link.nonce, digest=link.digest
        )
    return link


def tell(organization: Organization, letter: MailText, *, now: datetime) -> None:
    """Owe the same mail to everybody who is told of what needs a person."""
    for recipient in recipients.told(organization.pk):
        owe_to(recipient, organization, letter, now=now)


# -- Sending ---------------------------------------------------------------------------------------------------------
def send_due(*, now: datetime) -> Mailed:
    """Send what is owed and due, fairly between organizations.

    Stops when the mail server is away or does not let us in: everything due waits, at no cost. A mail that the server
    asks to bring again later holds up no other.
    """
    due = Mail.objects.due(now).fairly(within="organization", order_by="due_at")
    job = MailJob()
    tally = jobs.run_due(due[:PAGE], job, now=now)
    if job.shut_out:
        waiting_mail.put_off(job.why, now=now)
    waiting_mail.tell(now=now)
    bounces.settle(now=now)
    return Mailed(sent=tally.done, waiting=tally.waiting + tally.put_off, stuck=tally.stuck)


@dataclass
class MailJob(Job[Mail, None]):
    """Send one mail. A mail server that cannot be used is like a quota that is used up: the others wait as well."""

    one_quota: bool = False  # until the mail server turns out to be away, or to want nothing of us
    shut_out: bool = False  # no mail at all would be taken
    why: str = ""
    kept_out: int = 0  # mails in a row that it did not let us send, though it lets us in

    def do(self, mail: Mail, /, *, now: datetime) -> None:
        try:
            _send(mail)
        except ServerUnusable as error:
            self.why = str(error)
            self.kept_out += 1
            self.shut_out = error.for_all
            self.one_quota = self.shut_out or self.kept_out >= KEPT_OUT
            mail.keep(waiting_since=mail.waiting_since or now)
            raise
        self.kept_out = 0

    def done(self, mail: Mail, result: None, /, *, now: datetime) -> None:
        Mail.objects.filter(pk=mail.pk).update(sent_at=now, waiting_since=None)

    def stuck(self, mail: Mail, reason: str, /, *, now: datetime) -> None:
        Mail.objects.filter(pk=mail.pk).update(waiting_since=None)
        bounces.refuse(mail, reason, now=now)


def _send(mail: Mail) -> None:
    installation.check_may_send()
    headers = {"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"}
    if mail.link_path == Subscription.PATH:  # the button of mail programs: https://www.rfc-editor.org/rfc/rfc8058
        headers |= {"List-Unsubscribe": f"<{address(mail)}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    house = Organization.objects.get(pk=mail.organization_id)
    message = multipart.message(
        subject=mail.subject,
        text=body(mail),
        to=[mail.to],
        sender=sender_of(house),
        reply_to=house.reply_to,
        head=letterhead.of(house),
        headers=headers,
    )
    try:
        validate_email(mail.to)
        mail_server.send(message)
    except (ValidationError, ValueError) as error:  # a line break or worse: nothing is sent to where it may lead
        raise Rejected("Email can't be sent to this address.") from error


def body(mail: Mail) -> str:
    """Return the text with its links. Raises Rejected when the link cannot be made any more."""
    text = wording.OUTSIDE.sub(lambda found: outside.url(int(found[1]), int(found[2])), str(mail.text))
    if wording.OVERVIEW in text:
        text = text.replace(wording.OVERVIEW, address(mail, Subscription.OVERVIEW_PATH))
    return text.replace(wording.LINK, address(mail)) if mail.link_path else text


def address(mail: Mail, path: str = "") -> str:
    """Return the personal link of a mail, or of another page it opens. Raises Rejected when it can't be made."""
    try:
        return links.url(links.Link(mail.link_nonce, mail.link_digest), path or mail.link_path)
    except links.Lost as error:
        raise Rejected(str(error)) from error


def drop(link: links.Link, reason: str, *, now: datetime) -> None:
    """Do not send what is still owed with a link that ended."""
    for mail in Mail.objects.filter(link_digest=link.digest).unfinished():
        mail.stop(reason, now=now)


def sender_of(house: Organization) -> str:
    """Return who a mail is from: the 3PL by its name, at the one address this portal may send from."""
    _, own = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((house.name, own)) if own else str(settings.DEFAULT_FROM_EMAIL)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _message_id() -> str:
    _, _, host = settings.DEFAULT_FROM_EMAIL.rstrip("> ").rpartition("@")
    return f"<{uuid.uuid4().hex}@{host or 'localhost'}>"
