"""A sheet of tracking numbers that somebody pasted or uploaded, until they are done with it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse

from core.accounts.models import Owned, User
from core.common import vault
from core.common.sealed_field import SealedField, bound_to


class TrackingSheet(Owned):
    """A sheet as it was imported, and what was chosen for it. What became of its orders stands on them alone.

    Sealed, and deleted after some days (integration_manager/clean_up.py): exports of carriers hold names and addresses.
    """

    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    size = models.PositiveIntegerField(null=True)  # orders in it; None until somebody looked at what it matches
    left = models.PositiveIntegerField(null=True)  # of those, orders that were not shipped when somebody last looked
    sealed = SealedField(default=b"", bound_to="tracking_sheet:{row.organization_id}:{row.pk}")

    class Meta:
        indexes = [
            models.Index(fields=["organization", "-made_at"], name="tracking_sheets_of_a_3pl"),
            models.Index(fields=["made_at"], name="tracking_sheets_by_age"),
        ]

    def __str__(self) -> str:
        return f"tracking sheet {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("shipping:tracking_sheet", args=[self.pk])

    def count(self, *, size: int, left: int) -> None:
        """Keep how many orders it has, and how many of them are left to ship, for the list of sheets."""
        if (self.size, self.left) != (size, left):
            self.size, self.left = size, left
            TrackingSheet.objects.filter(pk=self.pk).update(size=size, left=left)  # it may have been put away by now

    def seal(self, content: dict[str, Any]) -> None:
        """Keep the content in the row, which is stored already and is saved by the caller."""
        self.sealed = _ring().seal_json(content, bound_to=bound_to(self, "sealed"))

    def unseal(self) -> dict[str, Any]:
        """Return the content. Raises Unopenable."""
        return _ring().open_json(self.sealed, bound_to=bound_to(self, "sealed"))


def _ring() -> vault.Vault:
    return vault.ring(tuple(settings.VAULT_KEYS))
