import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.common.vault import Unopenable, Vault, kept_secret


def key(name: str, byte: int) -> str:
    return f"{name}:{base64.urlsafe_b64encode(bytes([byte]) * 32).decode()}"


OLD, NEW = key("old", 1), key("new", 2)


@given(st.text(), st.text())
def test_what_was_sealed_opens_for_its_own_row(clear: str, row: str) -> None:
    vault = Vault([NEW])

    assert vault.open_text(vault.seal_text(clear, bound_to=row), bound_to=row) == clear


def test_it_does_not_open_for_another_row() -> None:
    vault = Vault([NEW])
    sealed = vault.seal_text("1 Main Street", bound_to="order:1")

    with pytest.raises(Unopenable, match="another row"):
        vault.open_text(sealed, bound_to="order:2")


def test_a_new_key_comes_first_and_the_old_one_still_opens() -> None:
    sealed = Vault([OLD]).seal_text("secret", bound_to="row")
    both = Vault([NEW, OLD])

    assert both.open_text(sealed, bound_to="row") == "secret"
    with pytest.raises(Unopenable, match="VAULT_KEYS"):
        Vault([OLD]).open(both.seal(b"secret", bound_to="row"), bound_to="row")


@given(st.integers(min_value=0, max_value=50))
def test_one_flipped_bit_is_noticed(place: int) -> None:
    vault = Vault([NEW])
    sealed = bytearray(vault.seal(b"some buyer's address", bound_to="row"))
    sealed[place % len(sealed)] ^= 1

    with pytest.raises(Unopenable):
        vault.open(bytes(sealed), bound_to="row")


@pytest.mark.parametrize("keys", [[], ["k1"], ["k1:short"], [":" + "A" * 43]])
def test_keys_of_another_shape_are_refused(keys: list[str]) -> None:
    with pytest.raises(ValueError, match="key"):
        Vault(keys)


def test_a_kept_secret_is_made_once_and_is_nobody_elses_to_read(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret_key"

    first = kept_secret(path)

    assert kept_secret(path) == first
    assert path.stat().st_mode & 0o077 == 0
