"""How allauth keeps second factors here: sealed, and under the portal's own name."""

import base64

from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings

from core.common import vault

SEALED = "sealed:"
BOUND_TO = "second factor"  # allauth does not say whose it is


class FactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "This code is incorrect. Codes change every 30 seconds: enter the latest one.",
        "cannot_generate_recovery_codes": "Set up an authenticator app or a security key first.",
    }

    def encrypt(self, text: str) -> str:
        sealed = vault.ring(tuple(settings.VAULT_KEYS)).seal_text(text, bound_to=BOUND_TO)
        return SEALED + base64.urlsafe_b64encode(sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        if not encrypted_text.startswith(SEALED):
            return encrypted_text  # set up before secrets were sealed
        sealed = base64.urlsafe_b64decode(encrypted_text.removeprefix(SEALED))
        return vault.ring(tuple(settings.VAULT_KEYS)).open_text(sealed, bound_to=BOUND_TO)

    @staticmethod
    def key_of(encrypted_text: str) -> str:
        """Return the name of the key that a secret was sealed with."""
        return vault.maker(base64.urlsafe_b64decode(encrypted_text.removeprefix(SEALED)))

    def _get_site_name(self) -> str:
        return str(settings.MFA_TOTP_ISSUER)
