"""What people write about themselves, where allauth's own forms do not do."""

from typing import Any

from allauth.account import forms as allauth_forms
from django.core import mail
from django.core.exceptions import ValidationError

from core.accounts.account_adapter import AWAY, NOT_SENT


class ResetPasswordForm(allauth_forms.ResetPasswordForm):
    """Asks the mail server first, whoever it is for: an answer must not tell whether there is such an account."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "email" in cleaned:
            connection = mail.get_connection()
            try:
                connection.open()
                connection.close()
            except AWAY:
                raise ValidationError(NOT_SENT) from None
        return cleaned
