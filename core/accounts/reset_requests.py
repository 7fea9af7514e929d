"""New passwords by email: asked for in the browser, looked at by a worker.

Whoever asks waits for the same work, and just as long, whether or not anybody has an account with the address: it is
written down, and nothing is looked up.
"""

import smtplib
from datetime import datetime, timedelta

from allauth.account.forms import default_token_generator
from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from core.accounts.models import ResetRequest, User
from core.common import jobs, kill_points, multipart
from core.common.bell import Bell
from core.common.jobs import Job
from core.common.remote import Rejected, Throttled

PAGE = 100
ASK_AGAIN = timedelta(minutes=1)  # while the mail server is away
WAITED_FOR = timedelta(hours=24)  # nobody waits longer for such a mail


def ask(email: str, *, now: datetime) -> None:
    """Somebody asks for a new password for this address."""
    with transaction.atomic():
        ResetRequest.objects.create(email=email.strip().lower(), asked_at=now, due_at=now)
        Bell.RESET_DUE.ring()


def answer_due(*, now: datetime) -> int:
    """Mail whoever has an account with an address that was asked for. Returns how many requests were answered."""
    due = ResetRequest.objects.due(now).filter(asked_at__gte=now - WAITED_FOR).order_by("due_at")
    return jobs.run_due(due[:PAGE], ResetJob(), now=now).done


class ResetJob(Job[ResetRequest, None]):
    def do(self, request: ResetRequest, /, *, now: datetime) -> None:
        for user in filter_users_by_email(request.email, is_active=True, prefer_verified=True, for_login=True):
            _send(user, request.email, now=now)

    def done(self, request: ResetRequest, result: None, /, *, now: datetime) -> None:
        request.delete()

    def stuck(self, request: ResetRequest, reason: str, /, *, now: datetime) -> None:
        """Nobody can be told: the address is all that is known. It is forgotten with the others of its day."""


def link(user: User) -> str:
    """Return the address where this person chooses a new password. It ends with the password, and with time."""
    names = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return str(settings.PUBLIC_URL) + reverse("account_reset_password_from_key", kwargs=names)


def _send(user: User, email: str, *, now: datetime) -> None:
    until = now + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    values = {"password_reset_url": link(user), "user": user, "email": email, "until": until}
    subject = " ".join(render_to_string("account/email/password_reset_key_subject.txt", values).split())
    text = render_to_string("account/email/password_reset_key_message.txt", values).strip()
    try:
        with kill_points.around("mail of a password reset"):
            multipart.message(subject=subject, text=text, to=[email]).send()
    except smtplib.SMTPRecipientsRefused as error:
        raise Rejected("The mail server refused the address.") from error
    except (smtplib.SMTPException, OSError) as error:
        raise Throttled(f"The mail server cannot be used now: {type(error).__name__}.", retry_in=ASK_AGAIN) from error
