"""Changing the organization's name, logo, color, time zone and reply-to address: in one commit, with its event."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from core.accounts.models import Logo, Organization, User
from core.activity.event_log import record
from core.people.brand.logo_files import LogoFile
from core.row_security import tenant

NAMES: Mapping[str, str] = {
    "name": "name",
    "time_zone": "time zone",
    "color": "color",
    "reply_to": "reply-to address",
}


def change(
    organization: Organization,
    wanted: Mapping[str, Any],
    *,
    logo: LogoFile | None = None,
    without_logo: bool = False,
    by: User,
    now: datetime,
) -> bool:
    """Keep what differs. False when nothing does. A new logo gets a new address, so that no browser shows the old."""
    with transaction.atomic():
        kept = Organization.objects.select_for_update().get(pk=organization.pk)
        fields = {name: value for name, value in wanted.items() if getattr(kept, name) != value}
        said = [NAMES[name] for name in fields]
        if logo is not None:
            Logo.objects.update_or_create(
                organization=kept, defaults={"content": logo.content, "media_type": logo.media_type}
            )
            fields["logo_key"] = secrets.token_urlsafe(24)
        elif without_logo and kept.logo_key:
            Logo.objects.filter(organization=kept).delete()
            fields["logo_key"] = ""
        if "logo_key" in fields:
            said.append("logo")
        if not fields:
            return False
        Organization.objects.filter(pk=kept.pk).update(**fields)
        record("organization.changed", kept, now=now, actor=by, fields=", ".join(said))
    return True


def find_logo(key: str) -> Logo | None:
    """Return the logo that an address names."""
    return tenant.find(Logo.objects.filter(organization__logo_key=key)) if key else None
