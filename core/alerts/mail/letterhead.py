"""The top of a mail's HTML: the organization it is from, by its logo, name and color."""

from django.conf import settings

from core.accounts.models import Organization
from core.common.multipart import Letterhead


def of(house: Organization) -> Letterhead:
    logo = f"{settings.PUBLIC_URL}{house.logo_path}" if house.logo_path else ""
    return Letterhead(house.name, house.color, house.ink, house.initial, logo)
