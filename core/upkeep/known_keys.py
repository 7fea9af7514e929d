"""The keys that this database's sealed values may be made with, and whether VAULT_KEYS has them all.

Each key of the ring leaves a proof here that it alone opens. A key is known until nothing needs it, which only
``manage.py rotate_keys`` can tell; so a key that leaves the ring too early, or another one under its name, is seen at
once and not when somebody opens the one value that it closed.
"""

from collections.abc import Sequence

from django.conf import settings

from core.common import clock, vault
from core.upkeep.models import KnownKey

PROOF, BOUND_TO = b"canary", "installation"


def names() -> list[str]:
    """Return the names of the keys in VAULT_KEYS, the newest first."""
    return [key.partition(":")[0] for key in settings.VAULT_KEYS]


def note() -> None:
    """Write down the keys of the ring that nobody has seen yet. The one that seals is needed, whatever was said.

    A ring that lacks a key is not this database's, and nothing is learned from it.
    """
    if lacking(settings.VAULT_KEYS):
        return
    known = {row.name: row for row in KnownKey.objects.all()}
    now, ring = clock.now(), settings.VAULT_KEYS
    fresh = [
        KnownKey(name=name, proof=vault.ring((key,)).seal(PROOF, bound_to=BOUND_TO), known_at=now)
        for name, key in zip(names(), ring, strict=True)
        if name not in known
    ]
    if fresh:
        KnownKey.objects.bulk_create(fresh, ignore_conflicts=True)
    sealing = known.get(names()[0])
    if sealing and sealing.retired_at:
        KnownKey.objects.filter(pk=sealing.pk).update(retired_at=None)


def needed() -> list[str]:
    """Return the names of all keys that something may need, the oldest first."""
    return list(KnownKey.objects.filter(retired_at=None).order_by("pk").values_list("name", flat=True))


def lacking(keys: Sequence[str]) -> list[str]:
    """Return the names of the keys that something needs and these lack, or have another of.

    Raises ValueError where they are no keys.
    """
    ring = vault.ring(tuple(keys))
    return [row.name for row in KnownKey.objects.filter(retired_at=None).order_by("pk") if not _opens(ring, row)]


def missing() -> list[str]:
    """Return the names of the keys that VAULT_KEYS lacks. Where none is known yet, these are this database's.

    Raises ValueError.
    """
    found = lacking(settings.VAULT_KEYS)
    if not found and not KnownKey.objects.exists():
        note()
    return found


def described(names: Sequence[str]) -> str:
    """Say what it means that these are missing."""
    if len(names) == KnownKey.objects.filter(retired_at=None).count():
        return "VAULT_KEYS are not the keys of this database: nothing that is encrypted opens."
    listed = ", ".join(names)
    return f"VAULT_KEYS lacks keys that something is sealed with, or has others by their names: {listed}."


def fit() -> bool:
    """Whether VAULT_KEYS are all of the keys of this database."""
    try:
        return not missing()
    except ValueError:
        return False


def retire(names: Sequence[str]) -> None:
    """Nothing needs these any more: they may leave the ring."""
    KnownKey.objects.filter(name__in=names, retired_at=None).update(retired_at=clock.now())


def _opens(ring: vault.Vault, row: KnownKey) -> bool:
    try:
        return ring.open(row.proof, bound_to=BOUND_TO) == PROOF
    except vault.Unopenable:
        return False
