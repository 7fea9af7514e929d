"""Signing secrets and signatures, as Standard Webhooks 1.0 has them.

Reference: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Iterable
from datetime import datetime

PREFIX = "whsec_"
BYTES = 32  # of a secret; the standard asks for 24 to 64


def make_secret() -> str:
    return PREFIX + base64.b64encode(os.urandom(BYTES)).decode()


def headers(message_id: str, body: bytes, secrets: Iterable[str], *, at: datetime) -> dict[str, str]:
    """Return the three headers of one attempt, made ``at``; a signature for each secret, the newest first."""
    seconds = str(int(at.timestamp()))
    signed = f"{message_id}.{seconds}.".encode() + body
    return {
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(_signature(secret, signed) for secret in secrets),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
