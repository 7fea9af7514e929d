"""A server's key: as it is kept, and as people compare it."""

import binascii
from base64 import b64decode

from paramiko import PKey, SSHException, UnknownKeyType

SIGNED = {"ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256")}  # how a key of this kind signs today; others as they are called


def written(key: PKey) -> str:
    """Return a key as it is kept: "ssh-ed25519 AAAA…"."""
    return f"{key.get_name()} {key.get_base64()}"


def fingerprint(kept: str) -> str:
    """Return what people compare: "SHA256:…", as ssh-keygen -l shows it; "" for no key."""
    kind, _, coded = kept.partition(" ")
    try:
        return str(PKey.from_type_string(kind, b64decode(coded)).fingerprint) if coded else ""
    except (SSHException, UnknownKeyType, ValueError, binascii.Error):
        return ""


def algorithms(kept: str) -> tuple[str, ...]:
    """Return the signatures by which this very key can be shown."""
    kind = kept.partition(" ")[0]
    return SIGNED.get(kind, (kind,))
