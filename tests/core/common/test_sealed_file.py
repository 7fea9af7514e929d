"""Files that are encrypted in pieces: each piece has its place, and the end is the end."""

import base64
import io
from itertools import pairwise

import pytest

from core.common.vault import Unopenable, Vault
from core.upkeep import sealed_file

KEY, OTHER = (f"k1:{base64.urlsafe_b64encode(bytes([byte]) * 32).decode()}" for byte in (1, 2))
NONCE = b"12345678"


def sealed(clear: bytes, *, keys: str = KEY) -> bytes:
    written = io.BytesIO()
    sealed_file.write(Vault([keys]), [clear], written, nonce=NONCE)
    return written.getvalue()


def opened(file: bytes, *, keys: str = KEY) -> bytes:
    return b"".join(sealed_file.read(Vault([keys]), io.BytesIO(file)))


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_file, "PIECE", 10)


@pytest.mark.parametrize("length", [0, 1, 9, 10, 11, 20, 95])
def test_what_is_opened_is_what_was_sealed(length: int) -> None:
    clear = bytes(range(length))

    assert opened(sealed(clear)) == clear
    assert opened(sealed(clear), keys=f"k2:{OTHER[3:]},{KEY}".split(",")[1]) == clear


def test_nothing_that_was_touched_opens() -> None:
    file = sealed(bytes(range(30)))
    head = len(sealed_file.MAGIC) + 1 + 2 + 8
    places = [head + index * (5 + 26) for index in range(4)]
    pieces = [file[a:b] for a, b in pairwise(places)]

    for wrong in (
        file[: places[2]],  # cut between two pieces
        file[:-1],
        file[:head] + pieces[1] + pieces[0] + pieces[2],  # in another order
        file[: places[1] + 4] + b"\x01" + file[places[1] + 5 :],  # called the last
        file[: places[1] + 4] + b"\x01" + file[places[1] + 5 : places[2]],  # cut, and its end called the last
        file + b"x",
        b"x" + file,
    ):
        with pytest.raises(Unopenable):
            opened(wrong)
    with pytest.raises(Unopenable, match="another key of the same name"):
        opened(file, keys=OTHER)
    with pytest.raises(Unopenable, match="k1, which is not in VAULT_KEYS"):
        opened(file, keys="k9" + KEY[2:])
