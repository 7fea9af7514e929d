"""What a marketplace says of a seller's account: its figures, day by day, and what it knows of the seller."""

from typing import Any, ClassVar

from django.db import models

from carts.models.connection import Cart, Grant
from core.accounts.models import OwedQuerySet, OwnedByMerchant, OwnedQuerySet, User
from core.common.errands import Errand, indexes
from core.common.names import NameField


class AccountReading(Errand, OwnedByMerchant):
    """A seller account's figures, owed once a day: one report asked for, waited for and read."""

    grant = models.OneToOneField(Grant, models.CASCADE, related_name="account_reading")
    reference = models.CharField(max_length=100, blank=True)  # of the report that is being written there
    asked_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)  # when a report was last read
    seller: Any = models.JSONField(default=dict)  # what the marketplace says of the seller; empty: not told yet

    objects: ClassVar = OwedQuerySet.as_manager()

    class Meta:
        indexes = indexes("account_readings_owed")

    def __str__(self) -> str:
        return f"figures of grant {self.grant_id}"


class AccountDay(OwnedByMerchant):
    """What the marketplace said on one day of the account behind a cart. The last word of that day counts."""

    cart = models.ForeignKey(Cart, models.CASCADE, related_name="account_days")
    day = models.DateField()  # when it was told, where the organization is
    told_at = models.DateTimeField()
    standing = models.CharField(max_length=40, blank=True)  # the marketplace's word; empty: not told
    rates: Any = models.JSONField(default=dict)  # by name, as carts/account_health/kept_figures.py writes them
    warnings: Any = models.JSONField(default=list)  # the marketplace's words
    unread: Any = models.JSONField(default=list)  # names of what was told and could not be read
    source: Any = models.JSONField(default=dict)  # all that the marketplace said of this account

    objects: ClassVar = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cart", "day"], name="one_row_per_account_and_day")]

    def __str__(self) -> str:
        return f"figures of cart {self.cart_id} on {self.day}"


class LinkAnswer(OwnedByMerchant):
    """What a person saw at the marketplace of the account behind a cart, where no program is told it."""

    class Verified(models.TextChoices):
        YES = "yes", "Verified"
        NO = "no", "Not verified"
        UNKNOWN = "unknown", "Not known"

    cart = models.OneToOneField(Cart, models.CASCADE, related_name="link_answer")
    verified = models.CharField("business information", max_length=8, choices=Verified)
    note = NameField(max_length=200, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar = OwnedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"answer about cart {self.cart_id}"


class LinkOutcome(OwnedByMerchant):
    """What became of asking the marketplace to link a merchant's accounts, as a person noted it."""

    class Outcome(models.TextChoices):
        ASKED = "asked", "Asked for"
        LINKED = "linked", "Linked"
        REFUSED = "refused", "Refused"

    TONES: ClassVar[dict[str, str]] = {"asked": "busy", "linked": "good", "refused": "bad"}

    outcome = models.CharField(max_length=8, choices=Outcome)
    reason = NameField("reason given", max_length=300, blank=True)
    next_step = NameField(max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar = OwnedQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["merchant", "-at"], name="link_outcomes_of_a_merchant")]

    def __str__(self) -> str:
        return f"{self.outcome} for merchant {self.merchant_id}"

    @property
    def status(self) -> tuple[str, str]:
        """A word and a tone."""
        return str(self.get_outcome_display()), self.TONES[self.outcome]
