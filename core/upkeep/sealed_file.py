"""Files that are encrypted as they are written, in pieces: a backup need not fit into memory.

``IMBACKUP1 key-id-length(1) key-id nonce(8)`` and then, for each piece, its length and its ciphertext. A piece is bound
to its place and to whether it is the last, so a file that was cut, or whose pieces were moved, does not open.
"""

import struct
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.common import vault
from core.common.vault import Unopenable, Vault

MAGIC = b"IMBACKUP1"
PIECE = 1024 * 1024
USE = "backups"


def write(ring: Vault, pieces: Iterable[bytes], to: BinaryIO, *, nonce: bytes) -> None:
    """Encrypt with the newest key. ``nonce``: 8 fresh random bytes."""
    name, key = ring.newest_for(USE)
    cipher, place = AESGCM(key), 0
    to.write(MAGIC + bytes([len(name)]) + name + nonce)
    held: bytes | None = None
    for piece in _even(pieces):
        if held is not None:
            _put(cipher, nonce, place, held, to, last=False)
            place += 1
        held = piece
    _put(cipher, nonce, place, held or b"", to, last=True)


def read(ring: Vault, source: BinaryIO) -> Iterator[bytes]:
    """Decrypt piece by piece. Raises Unopenable without the key, and for a file that is damaged or cut off."""
    if source.read(len(MAGIC)) != MAGIC:
        raise Unopenable("this file is not one of our backups")
    length = source.read(1)
    name = source.read(length[0]) if length else b""
    nonce = source.read(8)
    key = ring.key_for(USE, name.decode(errors="replace"))
    if key is None:
        raise Unopenable(f"it was made with the key {name.decode(errors='replace')}, which is not in VAULT_KEYS")
    cipher, place, last = AESGCM(key), 0, False
    while not last:
        head = source.read(5)
        if len(head) < 5:
            raise Unopenable("its end is missing")
        size, last = struct.unpack(">I?", head)
        try:
            yield cipher.decrypt(nonce + struct.pack(">I", place), source.read(size), _place(place, last))
        except InvalidTag:
            raise Unopenable("it is damaged, or was made with another key of the same name") from None
        place += 1
    if source.read(1):
        raise Unopenable("something follows its end")


def _put(cipher: AESGCM, nonce: bytes, place: int, piece: bytes, to: BinaryIO, *, last: bool) -> None:
    sealed = cipher.encrypt(nonce + struct.pack(">I", place), piece, _place(place, last))
    to.write(struct.pack(">I?", len(sealed), last) + sealed)


def _place(place: int, last: bool) -> bytes:
    return b"%d:%d:%d" % (vault.VERSION, place, last)


def _even(pieces: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) >= PIECE:
            yield bytes(held[:PIECE])
            del held[:PIECE]
    if held:
        yield bytes(held)
