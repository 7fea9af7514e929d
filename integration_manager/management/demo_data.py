"""An organization to try the product with."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from core.accounts.access import Role
from core.accounts.models import Membership, Merchant, Organization, User
from core.common import vault
from shipping.routing import make_portal_warehouse

NAME = "Northwind 3PL"
EMAIL = "demo@northwind.example"
MERCHANTS = ("Blue Mug Co", "Nordlicht Kerzen")


@dataclass(frozen=True, slots=True)
class Demo:
    organization: Organization
    user: User
    password: str | None  # None: somebody chose one of their own, and nothing here knows it


def furnish() -> Demo:
    """Return the demo organization, made if there is none. Its password is made once and kept next to the data.

    What somebody changed since stays so: names, the address they log in with, what was removed, and a password of
    their own, unless the file of the first one is lost: then nobody could look it up.
    """
    kept = settings.DATA_DIR / "demo_password"
    was_told = kept.exists()
    password = vault.kept_secret(kept)[:16]
    with transaction.atomic():
        user = _made_before(was_told) or User.objects.create_user(EMAIL, name="Maria Ortiz")
        is_ours = user.check_password(password)
        is_theirs = was_told and user.has_usable_password() and not is_ours
        if not is_ours and not is_theirs:
            user.set_password(password)
            user.save(update_fields=["password"])
        membership = Membership.objects.filter(user=user).select_related("organization").order_by("pk").first()
        organization = membership.organization if membership else _made_for(user)
    return Demo(organization, user, None if is_theirs else password)


def _made_before(was_told: bool) -> User | None:
    """Return who the demo organization was made for, also by another address: then the first owner there is.

    Of a portal that nobody was told a password of, that is only who owns an organization of the demo's name.
    """
    if user := User.objects.filter(email=EMAIL).first():
        return user
    owners = Membership.objects.filter(role=Role.OWNER, user__is_active=True).select_related("user").order_by("pk")
    first: Membership | None = (owners if was_told else owners.filter(organization__name=NAME)).first()
    return first.user if first else None


def _made_for(owner: User) -> Organization:
    organization, _ = Organization.objects.get_or_create(name=NAME, defaults={"time_zone": "America/Los_Angeles"})
    for merchant in MERCHANTS:
        Merchant.objects.get_or_create(organization=organization, name=merchant)
    make_portal_warehouse(organization, "Reno")
    Membership.objects.create(organization=organization, user=owner, role=Role.OWNER)
    return organization
