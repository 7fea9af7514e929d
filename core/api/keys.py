"""Keys of programs: made, recognized, replaced and ended.

A key is written ``im_ab12cd34ef.<secret>``. The first half is its name, shown and logged; the second is 256 random bits
of which only a digest is kept. As Bearer token it comes whole; its halves also serve as user and password.
"""

import hmac
import ipaddress
import re
import secrets
import string
from collections.abc import Collection, Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction

from core.accounts.models import Merchant, Organization, User
from core.activity.event_log import record
from core.api.models import ApiKey
from core.api.scopes import Scope
from core.common import vault
from core.common.kept_statements import KeptStatement
from core.row_security import tenant

SIGNS = string.ascii_lowercase + string.digits
PUBLIC_ID = re.compile(r"im_[a-z0-9]{10}\Z")
SECRET = re.compile(r"[A-Za-z0-9_-]{43}\Z")
KEYS = KeptStatement(
    lambda public_id: ApiKey.objects.select_related("organization", "merchant").filter(public_id=public_id)
)
NOBODYS = vault.digest("")  # compared with where there is no such key: as long takes what is wrong


class KeyRefused(Exception):
    """This key opens nothing. ``code`` is the problem's; the sentence is for whoever holds the secret."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


# -- Making and ending -------------------------------------------------------------------------------------------------
def issue(
    organization: Organization,
    *,
    name: str,
    scopes: Iterable[Scope],
    by: User | None,
    now: datetime,
    merchant: Merchant | None = None,
    warehouse_id: int | None = None,
    cart_id: int | None = None,
    addresses: Collection[str] = (),
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Make a key. Returns it, and the full key as it is shown once: nobody can show it again.

    ``addresses`` are networks or single addresses it may come from; none: from anywhere.
    """
    key, full = _new(
        ApiKey(
            organization=organization,
            name=name,
            merchant=merchant,
            warehouse_id=warehouse_id,
            cart_id=cart_id,
            scopes=[scope.value for scope in Scope if scope in set(scopes)],
            addresses=list(addresses),
            is_test=bool(settings.EMBEDDED and settings.AMAZON_SIMULATED),
            made_by=by,
            made_at=now,
            expires_at=expires_at,
        )
    )
    with transaction.atomic():
        key.save(force_insert=True)
        said = ", ".join(key.scopes) or "nothing"
        record("api_key.made", key, now=now, actor=by, name=key.name, key=key.public_id, scopes=said)
    return key, full


def rotate(key: ApiKey, *, ends_at: datetime, by: User | None, now: datetime) -> tuple[ApiKey, str]:
    """Make a second key like this one, and let this one end: meanwhile both open the same. Raises KeyRefused."""
    with transaction.atomic():
        kept = ApiKey.objects.select_for_update(of=("self",)).select_related("organization", "merchant").get(pk=key.pk)
        if kept.has_ended(now):
            raise KeyRefused("key_ended", "This key has ended. Make a new one.")
        if kept.replaced_by.usable(now).exists():
            raise KeyRefused("conflict", "This key has been replaced already. Rotate the newer one.")
        copy = {
            field: getattr(kept, field)
            for field in ("organization", "name", "merchant", "warehouse_id", "cart_id", "scopes", "addresses")
        }
        fresh, full = _new(ApiKey(**copy, is_test=kept.is_test, made_by=by, made_at=now, replaces=kept))
        fresh.save(force_insert=True)
        kept.expires_at = min(ends_at, kept.expires_at or ends_at)
        kept.save(update_fields=["expires_at"])
        until = kept.expires_at.astimezone(kept.organization.zone).strftime("%Y-%m-%d %H:%M")
        record("api_key.rotated", fresh, now=now, actor=by, key=fresh.public_id, was=kept.public_id, ends=until)
    return fresh, full


def change_addresses(key: ApiKey, addresses: Collection[str], *, by: User | None, now: datetime) -> bool:
    """Say anew where a key may come from; none: from anywhere. False when it was so. Raises KeyRefused."""
    with transaction.atomic():
        kept = ApiKey.objects.select_for_update(of=("self",)).get(pk=key.pk)
        if kept.has_ended(now):
            raise KeyRefused("key_ended", "This key has ended. Make a new one.")
        if kept.addresses == list(addresses):
            return False
        kept.addresses = list(addresses)
        kept.save(update_fields=["addresses"])
        said = ", ".join(kept.addresses) or "anywhere"
        record("api_key.moved", kept, now=now, actor=by, name=kept.name, key=kept.public_id, addresses=said)
    return True


def revoke(key: ApiKey, *, by: User | None, now: datetime) -> bool:
    """End a key at once. False when it was revoked before."""
    with transaction.atomic():
        if not ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
            return False
        record("api_key.revoked", key, now=now, actor=by, name=key.name, key=key.public_id)
    return True


def _new(key: ApiKey) -> tuple[ApiKey, str]:
    secret = secrets.token_urlsafe(32)
    key.public_id = "im_" + "".join(secrets.choice(SIGNS) for _ in range(10))
    key.digest = vault.digest(secret)
    return key, f"{key.public_id}.{secret}"


# -- Recognizing -------------------------------------------------------------------------------------------------------
def find(full: str, *, address: str, now: datetime) -> ApiKey | None:
    """Return the key that is written here and may be used now from this address, or None."""
    public_id, _, secret = full.partition(".")
    return find_pair(public_id, secret, address=address, now=now)


def find_pair(public_id: str, secret: str, *, address: str, now: datetime) -> ApiKey | None:
    """Return the key with these halves, user and password of HTTP Basic, or None. It may be used now, from there."""
    try:
        return admit(public_id, secret, address=address, now=now)
    except KeyRefused:
        return None


def admit(public_id: str, secret: str, *, address: str, now: datetime) -> ApiKey:
    """Return the key with these halves; the request is its organization's from here on.

    Raises KeyRefused: unknown, ended, or not from this address.
    """
    found = None
    well_formed = bool(PUBLIC_ID.match(public_id) and SECRET.match(secret))
    if well_formed:
        with tenant.every_tenant():
            found = KEYS.first(public_id)
    matches = hmac.compare_digest(vault.digest(secret if well_formed else "-"), found.digest if found else NOBODYS)
    if found is None or not matches:
        raise KeyRefused("not_authenticated", "There is no such key. Check that all of it was copied.")
    if found.revoked_at is not None:
        raise KeyRefused("key_ended", f"Key {found.public_id} was revoked. Use another one.")
    if found.has_ended(now):
        raise KeyRefused("key_ended", f"Key {found.public_id} has expired. Use the one that replaces it.")
    if found.addresses and not _is_within(address, found.addresses):
        raise KeyRefused("wrong_address", f"Key {found.public_id} may not be used from {address or 'this address'}.")
    tenant.work_for(found.organization_id)
    return found


def _is_within(address: str, networks: Iterable[str]) -> bool:
    try:
        here = ipaddress.ip_address(address)
        return any(here in ipaddress.ip_network(network, strict=False) for network in networks)
    except ValueError:
        return False
