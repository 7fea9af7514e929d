"""Encryption at rest: AES-256-GCM under a key ring, bound to the row it belongs to.

A sealed value is ``version(1) key-id-length(1) key-id nonce(12) ciphertext``. The row it belongs to ("bound to") is
authenticated with it, so a value moved to another row, tenant or field does not open. Opening never returns garbage:
it gives back exactly what was sealed or raises Unopenable.
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.common import json_documents

VERSION = 1
Sealed = bytes | memoryview
NONCE = 12


class Unopenable(Exception):
    """A sealed value was made with a key we do not have, for another row, or is damaged."""


class Vault:
    """Seals with the first key of the ring, opens with any."""

    def __init__(self, keys: Sequence[str]) -> None:
        """``keys``: "id:base64url(32 bytes)", newest first. Raises ValueError for a key of another shape."""
        self._ciphers: dict[bytes, AESGCM] = {}
        self._makers: list[bytes] = []
        self._markers: list[bytes] = []
        self._keys: dict[str, bytes] = {}
        for key in keys:
            name, _, material = key.partition(":")
            try:
                raw = base64.urlsafe_b64decode(material + "=" * (-len(material) % 4))
            except binascii.Error:
                raw = b""
            if not name or len(name) > 255 or len(raw) != 32:
                raise ValueError("a vault key is written id:base64url of 32 bytes")
            self._ciphers[name.encode()] = AESGCM(raw)
            self._keys[name] = raw
            self._makers.append(hmac.digest(raw, b"tokens", "sha256"))  # a key of its own for each use
            self._markers.append(hmac.digest(raw, b"marks", "sha256"))
        if not self._ciphers:
            raise ValueError("the vault needs at least one key")
        self._newest = next(iter(self._ciphers))
        self._prefix = prefix(self._newest.decode())

    def seal(self, clear: bytes, *, bound_to: str) -> bytes:
        nonce = os.urandom(NONCE)
        return self._prefix + nonce + self._ciphers[self._newest].encrypt(nonce, clear, bound_to.encode())

    def open(self, sealed: Sealed, *, bound_to: str) -> bytes:
        sealed = bytes(sealed)  # PostgreSQL hands out memoryviews
        if len(sealed) < 2 or sealed[0] != VERSION:
            raise Unopenable("not a sealed value")
        start = 2 + sealed[1]
        cipher = self._ciphers.get(sealed[2:start])
        if cipher is None:
            raise Unopenable("sealed with a key that is not in VAULT_KEYS")
        try:
            return cipher.decrypt(sealed[start : start + NONCE], sealed[start + NONCE :], bound_to.encode())
        except InvalidTag:
            raise Unopenable("damaged, or belonging to another row") from None

    def tokens(self, nonce: str) -> Iterator[str]:
        """Yield the 256-bit token that each key of the ring makes of a nonce, the newest key's first."""
        for maker in self._makers:
            yield base64.urlsafe_b64encode(hmac.digest(maker, nonce.encode(), "sha256")).rstrip(b"=").decode()

    def key_for(self, use: str, name: str) -> bytes | None:
        """Return a key for another use, made of the ring's key of that name; nothing where it has none."""
        raw = self._keys.get(name)
        return None if raw is None else hmac.digest(raw, use.encode(), "sha256")

    def newest_for(self, use: str) -> tuple[bytes, bytes]:
        """Return the newest key's name, and the key for this use that is made of it."""
        return self._newest, hmac.digest(self._keys[self._newest.decode()], use.encode(), "sha256")

    def mark(self, text: str) -> str:
        """Return what a text is found by where it stands sealed: nobody without the newest key can make it."""
        return _mark(self._markers[0], text)

    def marks(self, text: str) -> list[str]:
        """Return what a text may have been marked with, by each key of the ring."""
        return [_mark(marker, text) for marker in self._markers]

    def seal_text(self, clear: str, *, bound_to: str) -> bytes:
        return self.seal(clear.encode(), bound_to=bound_to)

    def open_text(self, sealed: Sealed, *, bound_to: str) -> str:
        return self.open(sealed, bound_to=bound_to).decode()

    def seal_json(self, value: Mapping[str, Any], *, bound_to: str) -> bytes:
        return self.seal(json_documents.write(value), bound_to=bound_to)

    def open_json(self, sealed: Sealed, *, bound_to: str) -> dict[str, Any]:
        opened: dict[str, Any] = json.loads(self.open(sealed, bound_to=bound_to))
        return opened


def prefix(name: str) -> bytes:
    """Return what every value begins with that was sealed with the key of this name."""
    return bytes([VERSION, len(name.encode())]) + name.encode()


def maker(sealed: Sealed) -> str:
    """Return the name of the key that a value was sealed with."""
    start = bytes(sealed)
    return start[2 : 2 + start[1]].decode(errors="replace") if len(start) > 2 else ""


def _mark(marker: bytes, text: str) -> str:
    """96 bits: two texts of one organization do not meet, and an index stays small."""
    return base64.urlsafe_b64encode(hmac.digest(marker, text.encode(), "sha256")[:12]).decode()


@lru_cache(maxsize=8)
def ring(keys: tuple[str, ...]) -> Vault:
    """Return the vault of these keys, made once."""
    return Vault(keys)


def digest(secret: str) -> str:
    """Return what we keep of a random secret that only has to be recognised: states, links, keys."""
    return hashlib.sha256(secret.encode()).hexdigest()


def key_from(secret: str) -> str:
    """Derive key material from a long random secret."""
    return base64.urlsafe_b64encode(hashlib.sha256(b"vault:" + secret.encode()).digest()).decode()


def kept_secret(path: Path) -> str:
    """Return the secret in this file; make it, readable by nobody else, when there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()
