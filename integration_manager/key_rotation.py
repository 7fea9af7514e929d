"""Changing keys while the portal runs: everything sealed is sealed anew with the newest key, a row at a time.

What is sealed already with the newest is passed over, so it may be stopped anywhere and begun again. A row that was
changed meanwhile was sealed by whoever changed it. What needs an old key otherwise is counted: it keeps the key in the
ring.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.db.models import BinaryField, Model, Q, QuerySet
from django.db.models.functions import Substr

from core.accounts.mfa_adapter import SEALED, FactorAdapter
from core.alerts.models import Mail
from core.common import links, vault
from core.common.links import OneTimeLink
from core.common.sealed_field import SealedField, bound_to, sealed_fields
from core.upkeep import known_keys
from orders.models import Recipient
from orders.recipient_marks import RecipientMarks

STEP = 200  # rows read at once; each is written alone
FACTORS = "second factors"


@dataclass(slots=True)
class Resealed:
    """What became of one kind of sealed value."""

    what: str
    done: int = 0
    closed: int = 0  # no key in the ring opens them


@dataclass(slots=True)
class Needs:
    """What needs a key, by its name, and by what needs it."""

    of: dict[str, dict[str, int]] = field(default_factory=dict)

    def add(self, key: str, what: str, rows: int) -> None:
        if rows:
            kinds = self.of.setdefault(key, {})
            kinds[what] = kinds.get(what, 0) + rows


# -- Sealing anew ------------------------------------------------------------------------------------------------------
def reseal() -> Iterator[Resealed]:
    """Seal everything with the newest key, one kind after the other, and say what became of each."""
    for model, column in sealed_fields():
        yield _reseal(model, column)
    yield _reseal_factors()


def _reseal(model: type[Model], column: SealedField) -> Resealed:
    found, after = Resealed(_called(model, column)), 0
    rows = _filled(model, column).exclude(**_made_with(known_keys.names()[0]))
    rows = rows.select_related(column.needs) if column.needs else rows
    ring = vault.ring(tuple(settings.VAULT_KEYS))
    while step := list(rows.filter(pk__gt=after).order_by("pk")[:STEP]):
        for row in step:
            old, binding = getattr(row, column.attname), bound_to(row, column.name)
            try:
                fresh = ring.seal(ring.open(old, bound_to=binding), bound_to=binding)
            except vault.Unopenable:
                found.closed += 1
                continue
            changed = {column.attname: fresh, **_beside(row, column)}
            found.done += model._default_manager.filter(pk=row.pk, **{column.attname: old}).update(**changed)
        after = step[-1].pk
    return found


def _beside(row: Model, column: SealedField) -> dict[str, str]:
    """Return what else on the row is made with the key."""
    if isinstance(row, Recipient) and column.attname == "sealed":
        return RecipientMarks.of(row.organization_id, row.open()[0]).fields
    return {}


def _reseal_factors() -> Resealed:
    """allauth keeps them in a document of its own."""
    found, adapter, newest = Resealed(FACTORS), FactorAdapter(), known_keys.names()[0]
    for row in Authenticator.objects.order_by("pk").iterator(chunk_size=STEP):
        fresh = dict(row.data)
        for name, value in row.data.items():
            if isinstance(value, str) and value.startswith(SEALED) and FactorAdapter.key_of(value) != newest:
                try:
                    fresh[name] = adapter.encrypt(adapter.decrypt(value))
                except vault.Unopenable:
                    found.closed += 1
        if fresh != row.data:
            found.done += Authenticator.objects.filter(pk=row.pk, data=row.data).update(data=fresh)
    return found


# -- What needs a key --------------------------------------------------------------------------------------------------
def needs(*, now: datetime) -> Needs:
    """Return what needs each key but the newest, also keys that the ring lacks."""
    found = Needs()
    known = list(dict.fromkeys([*known_keys.names(), *known_keys.needed()]))
    for model, column in sealed_fields():
        rows = _filled(model, column)
        other = rows.count()
        for name in known:
            made = rows.filter(**_made_with(name)).count()
            other -= made
            if name != known[0]:
                found.add(name, _called(model, column), made)
        found.add("", _called(model, column), other)
    for factor in Authenticator.objects.all():
        for value in factor.data.values():
            if isinstance(value, str) and value.startswith(SEALED) and (key := FactorAdapter.key_of(value)) != known[0]:
                found.add(key if key in known else "", FACTORS, 1)
    for what, link in _links(now=now):
        if (key := _maker(link)) and key != known[0]:
            found.add(key, what, 1)
    return found


def _links(*, now: datetime) -> Iterator[tuple[str, links.Link]]:
    """Links that people may still copy, and those in mails that are not sent yet."""
    for model in apps.get_models():
        if issubclass(model, OneTimeLink):
            rows: Any = model._default_manager
            for row in rows.usable(now).only("nonce", "digest"):
                yield f"open {model._meta.verbose_name_plural}", row.kept
    for mail in Mail.objects.owed().exclude(link_nonce="").only("link_nonce", "link_digest"):
        yield "links in mails that are owed", links.Link(mail.link_nonce, mail.link_digest)


def _maker(link: links.Link) -> str:
    """Return the name of the key a link was made with; nothing where the ring has none that made it."""
    for key in settings.VAULT_KEYS:
        try:
            links.token(link, keys=[key])
        except links.Lost:
            continue
        return str(key.partition(":")[0])
    return ""


# -- Rows --------------------------------------------------------------------------------------------------------------
def _filled(model: type[Model], column: SealedField) -> "QuerySet[Any]":
    """Those that hold something. What was erased is empty."""
    return model._default_manager.exclude(Q(**{f"{column.attname}": None}) | Q(**{column.attname: b""})).annotate(
        **{
            f"first_{length}": Substr(column.attname, 1, length, output_field=BinaryField())
            for length in {len(vault.prefix(name)) for name in [*known_keys.names(), *known_keys.needed()]}
        }
    )


def _made_with(name: str) -> dict[str, bytes]:
    start = vault.prefix(name)
    return {f"first_{len(start)}": start}


def _called(model: type[Model], column: SealedField) -> str:
    return f"{model._meta.verbose_name_plural} ({column.name.replace('_', ' ')})"
