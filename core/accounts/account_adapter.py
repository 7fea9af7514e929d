"""How allauth works here: nobody signs up by themselves, and a mail server that is away breaks nothing."""

import smtplib
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context as current
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.translation import ngettext

from core.accounts import known_devices, lock_outs, sessions
from core.accounts.models import User
from core.common import clock, multipart

log = structlog.get_logger()

AWAY = (smtplib.SMTPException, OSError)
NOT_SENT = "The email could not be sent. Try again in a few minutes."


class MailNotSent(Exception):
    """The mail server did not take a mail."""


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The email address or password is incorrect.",
        "incorrect_password": "The password is incorrect.",
        "enter_current_password": "This is not your current password.",
        "invalid_password_reset": "This link has been used or has expired.",
        "duplicate_email": "This is already your address.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        sessions.begin(request, user, clock.now())
        known_devices.remember(request, user.email)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Count it before the password is looked at: of many at once each counts."""
        now = clock.now()
        try:
            attempt = lock_outs.begin(request, str(credentials.get("email", "")), now=now)
        except lock_outs.LockedOut as locked:
            raise locked_out(locked.until, now) from None
        user: User | None = super().authenticate(request, **credentials)
        if user:
            attempt.was_right()
        return user

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        if sessions.just_began(current.request, clock.now()):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Refuse an address that another person logs in with: allauth looks among confirmed ones only."""
        others = User.objects.filter(email__iexact=email_address.email).exclude(pk=email_address.user_id)
        if others.exists():
            self.add_message(
                request,
                messages.ERROR,
                "account/messages/email_confirmation_failed.txt",
                {"email": email_address.email},
            )
            return False
        return bool(super().confirm_email(request, email_address))

    # -- Mail: sent at once, because the person waits for it ----------------------------------------------------------
    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return _public(super().get_email_confirmation_url(request, emailconfirmation))

    def render_mail(self, *args: Any, **kwargs: Any) -> EmailMultiAlternatives:
        """Send our HTML beside allauth's text: both say the same."""
        made = super().render_mail(*args, **kwargs)
        made.attach_alternative(multipart.html(made.subject, made.body), "text/html")
        return made

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        try:
            super().send_mail(template_prefix, email, context)
        except AWAY as error:
            log.warning("account_mail_not_sent", mail=template_prefix, error=type(error).__name__)
            raise MailNotSent(template_prefix) from error

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:
        try:
            super().send_confirmation_mail(request, emailconfirmation, signup)
        except MailNotSent as error:
            messages.error(current.request, NOT_SENT)
            raise ImmediateHttpResponse(HttpResponseRedirect(current.request.path)) from error

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Tell a person that their account was changed. The change stands, told or not."""
        try:
            super().send_notification_mail(*args, **kwargs)
        except MailNotSent:
            return


def locked_out(until: datetime, now: datetime) -> ValidationError:
    """Say how long nothing is taken, and the ways in until then."""
    minutes = max(1, -(-int((until - now).total_seconds()) // 60))
    wait = ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes)
    if minutes > 120:
        wait = f"{-(-minutes // 60)} hours"
    return ValidationError(
        f"Too many failed logins from here. For {wait} not even the right password is taken. Wait, reset your password "
        "by email, or use a browser you have logged in with before.",
        code="too_many_login_attempts",
    )


def _public(address: str) -> str:
    """Return an address under our public one: a mailed secret must not lead where a Host header says."""
    return str(settings.PUBLIC_URL) + urlsplit(address).path
