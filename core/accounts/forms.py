"""What people write about themselves, where allauth's own forms do not do."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.core import context
from django.http import HttpRequest

from core.accounts import known_devices, lock_outs, reset_requests
from core.accounts.short_fields import ShortFields
from core.common import clock


class LoginForm(ShortFields, allauth_forms.LoginForm):
    """Address and password."""


class ResetPasswordForm(ShortFields, allauth_forms.ResetPasswordForm):
    """Takes any address and looks nobody up: neither an answer nor its time tells whether there is such an account."""

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email = str(self.cleaned_data["email"])
        reset_requests.ask(email, now=clock.now())
        return email


class ResetPasswordKeyForm(ShortFields, allauth_forms.ResetPasswordKeyForm):
    """A new password, from the mail: whoever reads the mail of an address is no stranger to it."""

    def save(self) -> None:
        super().save()
        lock_outs.forget(self.user.email)
        known_devices.remember(context.request, self.user.email)


class ChangePasswordForm(ShortFields, allauth_forms.ChangePasswordForm):
    """The old password and a new one."""


class SetPasswordForm(ShortFields, allauth_forms.SetPasswordForm):
    """A first password."""


class ReauthenticateForm(ShortFields, allauth_forms.ReauthenticateForm):
    """The password, before something is changed."""
