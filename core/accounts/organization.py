"""The tenant. Below what a person may do in it, and below everything it owns."""

from datetime import tzinfo
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models

from core.common.contrast import HEX, ink_on
from core.common.names import NameField

HOUSE_COLOR = "#2f5bd7"  # of whoever chose none


def known_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValidationError(f"“{name}” is not a time zone. Enter one like America/New_York.") from None


def known_color(color: str) -> None:
    if not HEX.fullmatch(color):
        raise ValidationError(f"“{color}” is not a color. Enter one like {HOUSE_COLOR}.")


class Organization(models.Model):
    """A 3PL: the tenant."""

    LOGO_PATH = "/logo/{key}/"  # it stands in mails: never change it

    name = NameField(max_length=120)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[known_zone])
    color = models.CharField(max_length=7, default=HOUSE_COLOR, validators=[known_color])
    reply_to = models.EmailField("reply-to address", blank=True)
    logo_key = models.CharField(max_length=64, blank=True)  # in the logo's address: nobody guesses it. Empty: no logo
    reporting_currency = models.CharField(max_length=3, blank=True, default="")  # sums are told in it, too
    mfa_required = models.BooleanField("everybody logs in with a second factor", default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["logo_key"], condition=~models.Q(logo_key=""), name="one_organization_per_logo"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def organization_id(self) -> int:
        """An organization owns itself: events and alerts may be about it."""
        return self.pk

    @property
    def ink(self) -> str:
        """What is written on its color."""
        return ink_on(self.color)

    @property
    def initial(self) -> str:
        """What stands for its logo where it has none."""
        return self.name[:1].upper()

    @property
    def logo_path(self) -> str:
        """The logo's address from our root, or nothing. Whoever has it may see it: it is in mails to outsiders."""
        return self.LOGO_PATH.format(key=self.logo_key) if self.logo_key else ""

    @property
    def zone(self) -> tzinfo:
        return ZoneInfo(self.time_zone)


class Logo(models.Model):
    """An organization's logo: only pixels, as core/people/brand/logo_files.py wrote it. Not loaded with its owner."""

    organization = models.OneToOneField(Organization, models.CASCADE, related_name="logo", primary_key=True)
    content = models.BinaryField()
    media_type = models.CharField(max_length=20)

    def __str__(self) -> str:
        return f"logo of organization {self.pk}"
