"""Forms of second factors: with an end to every field, and wrong codes counted where wrong passwords are."""

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    ReauthenticateWebAuthnForm,
)

from core.accounts import lock_outs
from core.accounts.account_adapter import locked_out
from core.accounts.short_fields import ShortFields
from core.common import clock


class CountedCode(ShortFields):
    """A code that is counted before it is looked at."""

    def clean_code(self) -> str:
        now = clock.now()
        try:
            attempt = lock_outs.begin(context.request, self.user.email, what=lock_outs.CODE, now=now)  # type: ignore[attr-defined]
        except lock_outs.LockedOut as locked:
            raise locked_out(locked.until, now) from None
        code: str = super().clean_code()  # type: ignore[misc]
        attempt.was_right()
        return code


class CodeForm(CountedCode, AuthenticateForm):
    """A code after the password."""


class ReauthenticateCodeForm(CountedCode, ReauthenticateForm):
    """A code before something is changed."""


class ActivateForm(CountedCode, ActivateTOTPForm):
    """The first code of an app."""


class AddKeyForm(ShortFields, AddWebAuthnForm):
    """A security key or passkey."""


class EditKeyForm(ShortFields, EditWebAuthnForm):
    """Its name."""


class KeyForm(ShortFields, AuthenticateWebAuthnForm):
    """A key after the password."""


class ReauthenticateKeyForm(ShortFields, ReauthenticateWebAuthnForm):
    """A key before something is changed."""
