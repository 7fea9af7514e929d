"""Merchants: meeting a new one, and changing what is known of one."""

from datetime import datetime

from django.db import IntegrityError, transaction

from core.accounts.models import Merchant, Organization, User
from core.activity.event_log import record


class NameTaken(Exception):
    """Another merchant of the organization has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a merchant named {name} already.")


def meet(organization: Organization, *, name: str, email: str, by: User, now: datetime) -> Merchant:
    """Keep a new merchant. Raises NameTaken."""
    merchant = Merchant(organization=organization, name=name, email=email)
    _check(merchant, name)
    try:
        with transaction.atomic(durable=True):
            merchant.save(force_insert=True)
            record("merchant.made", merchant, now=now, actor=by)
    except IntegrityError:  # two at once
        raise NameTaken(name) from None
    return merchant


def change(merchant: Merchant, *, name: str, email: str, by: User, now: datetime) -> list[str]:
    """Keep what differs and return the names of it. Raises NameTaken."""
    changed = {field: value for field, value in (("name", name), ("email", email)) if getattr(merchant, field) != value}
    if not changed:
        return []
    _check(merchant, name)
    names = [str(Merchant._meta.get_field(field).verbose_name) for field in changed]  # type: ignore[union-attr]
    try:
        with transaction.atomic(durable=True):
            Merchant.objects.filter(pk=merchant.pk).update(**changed)
            record("merchant.changed", merchant, now=now, actor=by, fields=" and ".join(names))
    except IntegrityError:
        raise NameTaken(name) from None
    merchant.name, merchant.email = name, email
    return names


def _check(merchant: Merchant, name: str) -> None:
    """Names differ by more than upper and lower case, which the constraint does not see."""
    others = Merchant.objects.filter(organization=merchant.organization_id, name__iexact=name).exclude(pk=merchant.pk)
    if others.exists():
        raise NameTaken(name)
