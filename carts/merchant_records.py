"""Merchants: meeting a new one, and changing what is known of one."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from core.accounts.models import Merchant, Organization, User
from core.activity.event_log import record
from core.common.one_line import fold


class NameTaken(Exception):
    """Another merchant of the organization has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is already a merchant named {name}.")


def make(organization: Organization, *, name: str, email: str, by: User | None, now: datetime) -> Merchant:
    """Keep a new merchant. Raises NameTaken."""
    name = fold(name)
    merchant = Merchant(organization=organization, name=name, email=email)
    _check(merchant, name)
    try:
        with transaction.atomic(durable=True):
            merchant.save(force_insert=True)
            record("merchant.made", merchant, now=now, actor=by)
    except IntegrityError:  # two at once
        raise NameTaken(name) from None
    return merchant


def find(organization: Organization, name: str) -> Merchant | None:
    return _named(organization.pk, name).order_by("pk").first()


def find_or_make(organization: Organization, *, name: str, email: str = "", by: User | None, now: datetime) -> Merchant:
    """Return the merchant of this name, made when there is none.

    The e-mail is kept where none is known; a known one is changed on the merchants' page only.
    """
    if not _named(organization.pk, name).exists():
        try:
            return make(organization, name=name, email=email, by=by, now=now)
        except NameTaken:
            pass  # somebody else met them just now
    known: Merchant = _named(organization.pk, name).earliest("pk")
    keep_email(known, email, by=by, now=now)
    return known


def keep_email(known: Merchant, email: str, *, by: User | None, now: datetime) -> None:
    """Keep an address that came with a new cart, where none is known."""
    if email and not known.email:
        with transaction.atomic(durable=True):
            if Merchant.objects.filter(pk=known.pk, email="").update(email=email):
                record("merchant.changed", known, now=now, actor=by, fields=_label("email"))
        known.refresh_from_db(fields=["email"])


def change(merchant: Merchant, *, name: str, email: str, by: User, now: datetime) -> list[str]:
    """Keep what differs and return the names of it. Raises NameTaken."""
    name = fold(name)
    changed = {field: value for field, value in (("name", name), ("email", email)) if getattr(merchant, field) != value}
    if not changed:
        return []
    _check(merchant, name)
    names = [_label(field) for field in changed]
    try:
        with transaction.atomic(durable=True):
            Merchant.objects.filter(pk=merchant.pk).update(**changed)
            record("merchant.changed", merchant, now=now, actor=by, fields=" and ".join(names))
    except IntegrityError:
        raise NameTaken(name) from None
    merchant.name, merchant.email = name, email
    return names


def _check(merchant: Merchant, name: str) -> None:
    if _named(merchant.organization_id, name).exclude(pk=merchant.pk).exists():
        raise NameTaken(name)


def _named(organization_id: int, name: str) -> "QuerySet[Merchant]":
    """Names differ by more than upper and lower case, which the constraint does not see."""
    return Merchant.objects.filter(organization=organization_id, name__iexact=name)


def _label(field: str) -> str:
    return str(Merchant._meta.get_field(field).verbose_name)  # type: ignore[union-attr]
