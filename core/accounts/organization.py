"""The tenant. Below what a person may do in it, and below everything it owns."""

from datetime import tzinfo
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models

from core.common.names import NameField


def known_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValidationError(f"“{name}” is not a time zone. Enter one like America/New_York.") from None


class Organization(models.Model):
    """A 3PL: the tenant."""

    name = NameField(max_length=120)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[known_zone])
    mfa_required = models.BooleanField("everybody logs in with a second factor", default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    @property
    def organization_id(self) -> int:
        """An organization owns itself: events and alerts may be about it."""
        return self.pk

    @property
    def zone(self) -> tzinfo:
        return ZoneInfo(self.time_zone)
