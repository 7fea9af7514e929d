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
    password: str


def furnish() -> Demo:
    """Return the demo organization, made if there is none. Its password is made once and kept next to the data."""
    password = vault.kept_secret(settings.DATA_DIR / "demo_password")[:16]
    with transaction.atomic():
        organization, _ = Organization.objects.get_or_create(name=NAME, defaults={"time_zone": "America/Los_Angeles"})
        for merchant in MERCHANTS:
            Merchant.objects.get_or_create(organization=organization, name=merchant)
        make_portal_warehouse(organization, "Reno")
        user = User.objects.filter(email=EMAIL).first() or User.objects.create_user(EMAIL, name="Maria Ortiz")
        if not user.check_password(password):
            user.set_password(password)
            user.save(update_fields=["password"])
        Membership.objects.get_or_create(organization=organization, user=user, defaults={"role": Role.OWNER})
    return Demo(organization, user, password)
