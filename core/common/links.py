"""Personal links: random, recognised by a digest, made again for whoever may copy or mail them.

A token is made of a random nonce by a key that is not in the database, so the rows alone give no link away; and a link
that was mailed can still be copied, without ending it by making another. A row with a link is a PersonalLink; one that
ends with time, or when it is used, a OneTimeLink.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Self, TypeVar

from django.conf import settings
from django.db import models

from core.common import vault

M = TypeVar("M", bound=models.Model)


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


def url(link: Link, path: str) -> str:
    """Return the link's whole address. ``path`` has ``{token}`` in it. Raises Lost."""
    return str(settings.PUBLIC_URL) + path.replace("{token}", token(link))


def _ring(keys: Sequence[str] | None) -> vault.Vault:
    return vault.ring(tuple(settings.VAULT_KEYS if keys is None else keys))


class PersonalLinkQuerySet(models.QuerySet[M]):
    def of_token(self, token: str) -> Self:
        """Return the one that an address names, or none."""
        return self.filter(digest=vault.digest(token))


class PersonalLink(models.Model):
    """A row with a link of its own. Of the link only what recognises it is kept.

    The model that inherits this gives it a manager made from PersonalLinkQuerySet.
    """

    PATH: ClassVar[str]  # "/setup/{token}/". It stands in mails: never change one

    nonce = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        abstract = True

    @property
    def kept(self) -> Link:
        return Link(self.nonce, self.digest)

    @property
    def path(self) -> str:
        """The link from our root. Raises Lost."""
        return self.PATH.replace("{token}", token(self.kept))

    @property
    def url(self) -> str:
        """The whole link, as it stands in a mail. Raises Lost."""
        return url(self.kept, self.PATH)


class OneTimeLinkQuerySet(PersonalLinkQuerySet[M]):
    def unspent(self) -> Self:
        """Those that nobody used or revoked, also those that expired."""
        return self.filter(used_at=None, revoked_at=None)

    def usable(self, now: datetime) -> Self:
        return self.unspent().filter(expires_at__gt=now)


class OneTimeLink(PersonalLink):
    """A link that works once, and for some time. Two who use or revoke it at once: one of them does.

    The model that inherits this gives it a manager made from OneTimeLinkQuerySet, which may narrow what is usable.
    """

    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def is_spent(self) -> bool:
        return bool(self.used_at or self.revoked_at)

    def is_open(self, now: datetime) -> bool:
        """As far as this row knows. Whether it still is, only ``use`` tells."""
        return not self.is_spent and self.expires_at > now

    def use(self, *, now: datetime) -> bool:
        """Use the link up, in the transaction that keeps what it brought. False when it cannot be used any more."""
        return bool(self._row().usable(now).update(used_at=now))

    def revoke(self, *, now: datetime) -> bool:
        """End the link. False when it was used or revoked before."""
        return bool(self._row().unspent().update(revoked_at=now))

    def _row(self) -> OneTimeLinkQuerySet:
        row: OneTimeLinkQuerySet = type(self)._default_manager.filter(pk=self.pk)  # type: ignore[assignment]
        return row
