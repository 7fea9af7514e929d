"""A private key as somebody pastes it. One with a passphrase is refused: unlocking it may take any time a file says."""

import binascii
import io
import struct

from cryptography.exceptions import UnsupportedAlgorithm
from paramiko import ECDSAKey, Ed25519Key, PasswordRequiredException, PKey, RSAKey, SSHException

LONGEST = 16_000  # characters
UNREADABLE = (SSHException, UnsupportedAlgorithm, ValueError, TypeError, IndexError, struct.error, binascii.Error)


class NotAKey(ValueError):
    """The message is a sentence for whoever pasted it."""


def read(text: str) -> PKey:
    """Return the key. Raises NotAKey."""
    if text.lstrip().startswith("PuTTY-User-Key-File"):
        raise NotAKey("This is a key of PuTTY. Export it as an OpenSSH key in PuTTYgen, then paste that.")
    for kind in (Ed25519Key, ECDSAKey, RSAKey):
        try:
            return kind.from_private_key(io.StringIO(text.strip() + "\n"))
        except PasswordRequiredException:
            raise NotAKey(
                "This key has a passphrase. Make one for this purpose alone, without; it is kept encrypted here."
            ) from None
        except UNREADABLE:
            continue
    raise NotAKey("This is no private key that can be read. Paste all of it, from -----BEGIN to END-----.")
