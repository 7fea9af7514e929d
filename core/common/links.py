"""Personal links: random, recognised by a digest, made again for whoever may copy or mail them.

A token is made of a random nonce by a key that is not in the database, so the rows alone give no link away; and a link
that was mailed can still be copied, without ending it by making another.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings

from core.common import vault


class Lost(Exception):
    """The key that made the link is no longer in VAULT_KEYS. The link still works; it cannot be made again."""


@dataclass(frozen=True, slots=True)
class Link:
    """What is kept of a link."""

    nonce: str = field(repr=False)
    digest: str


def make(*, keys: Sequence[str] | None = None) -> Link:
    """Return a fresh link: 256 random bits."""
    nonce = secrets.token_urlsafe(32)
    return Link(nonce, vault.digest(next(_ring(keys).tokens(nonce))))


def token(link: Link, *, keys: Sequence[str] | None = None) -> str:
    """Return the secret part of the link's address. Raises Lost."""
    for made in _ring(keys).tokens(link.nonce):
        if vault.digest(made) == link.digest:
            return made
    raise Lost("The key this link was made with is no longer in VAULT_KEYS. Send a new link.")


def _ring(keys: Sequence[str] | None) -> vault.Vault:
    return vault.ring(tuple(settings.VAULT_KEYS if keys is None else keys))
