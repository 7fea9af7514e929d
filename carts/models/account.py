"""What a marketplace says of a seller's account: its figures, day by day, and what it knows of the seller."""

from typing import Any, ClassVar

from django.db import models

from carts.models.connection import Cart, Grant
from core.accounts.models import OwnedByMerchant, OwnedQuerySet
from core.common.errands import Errand, ErrandQuerySet, indexes


class AccountReadingQuerySet(ErrandQuerySet["AccountReading"], OwnedQuerySet["AccountReading"]):
    pass


class AccountReading(Errand, OwnedByMerchant):
    """A seller account's figures, owed once a day: one report asked for, waited for and read."""

    grant = models.OneToOneField(Grant, models.CASCADE, related_name="account_reading")
    reference = models.CharField(max_length=100, blank=True)  # of the report that is being written there
    asked_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)  # when a report was last read
    seller: Any = models.JSONField(default=dict)  # what the marketplace says of the seller; empty: not told yet

    objects: ClassVar = AccountReadingQuerySet.as_manager()

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
