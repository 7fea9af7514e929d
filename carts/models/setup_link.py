"""How a seller lets us in: by a mailed link, asked for or sent, and by one attempt to consent at the marketplace."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models

from carts.models.connection import Cart
from core.accounts.models import OwnedByMerchant, OwnedLinkQuerySet, User
from core.alerts.models import Mail
from core.common.errands import Errand, ErrandQuerySet, indexes
from core.common.links import OneTimeLink


class SetupLinkQuerySet(OwnedLinkQuerySet["SetupLink"]):  # type: ignore[override]
    def usable(self, now: datetime) -> Self:
        """A cart that was put away is connected by nobody."""
        return super().usable(now).exclude(cart__state=Cart.State.ARCHIVED)


class SetupLink(OneTimeLink, OwnedByMerchant):
    """A link mailed to a seller, who has no account here, to authorize one cart. Opening it changes nothing.

    A new one ends the older one.
    """

    PATH = "/setup/{token}/"

    class Purpose(models.TextChoices):
        CONNECT = "connect", "Connect"
        RENEW = "renew", "Renew"

    cart = models.ForeignKey(Cart, models.CASCADE, related_name="setup_links")
    purpose = models.CharField(max_length=8, choices=Purpose, default=Purpose.CONNECT)
    email = models.EmailField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    opened_at = models.DateTimeField(null=True)  # first; by a person or a mail scanner
    mail = models.ForeignKey(Mail, models.SET_NULL, null=True, related_name="+")

    objects: ClassVar = SetupLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cart"],
                condition=models.Q(used_at__isnull=True, revoked_at__isnull=True),
                name="one_open_setup_link_per_cart",
            )
        ]
        indexes = [models.Index(fields=["email"], name="setup_links_by_email")]

    def __str__(self) -> str:
        return f"setup link for cart {self.cart_id}"


class LinkRequest(Errand):
    """Somebody who says to have this address asked for a setup link. Deleted once it is answered."""

    email = models.EmailField(max_length=320)
    asked_at = models.DateTimeField()

    objects: ClassVar = ErrandQuerySet.as_manager()

    class Meta:
        indexes = indexes("link_requests_owed")

    def __str__(self) -> str:
        return f"request {self.pk} for a setup link"


class Consent(models.Model):
    """A seller was sent to the marketplace to authorize a cart: good for one return, in one browser, ten minutes.

    Begun by a person who is logged in, by a setup link, or by neither: then at the marketplace, to renew. What is made
    for the marketplace's visit in between goes on with the one that was begun: both are one attempt, and end together.
    """

    state_digest = models.CharField(max_length=64, unique=True)
    browser_digest = models.CharField(max_length=64)
    cart = models.ForeignKey(Cart, models.CASCADE, related_name="consents")
    begun_by = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    link = models.ForeignKey(SetupLink, models.CASCADE, null=True, related_name="consents")
    begun_with = models.ForeignKey("self", models.CASCADE, null=True, related_name="+")
    seller_id = models.CharField(max_length=64, blank=True)  # whom the marketplace named at its visit
    begun_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)  # came back, with whatever
    granted_at = models.DateTimeField(null=True)  # came back, and its cart was connected

    def __str__(self) -> str:
        return f"consent for cart {self.cart_id}"
