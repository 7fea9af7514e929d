"""What is left, how it was observed, and what the carts were told of it."""

from typing import ClassVar

from django.db import models

from carts.models import Listing
from core.accounts.models import OwedQuerySet, Owned, OwnedByMerchant, User
from core.common.errands import Errand, indexes
from shipping.models import Warehouse

MOST_ON_HAND = 999_999  # units of one SKU at one warehouse: more is a mistake


class StockLevel(OwnedByMerchant):
    """What a warehouse has of a merchant's SKU, as last observed."""

    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="levels")
    sku = models.CharField(max_length=255)
    title = models.TextField(blank=True)
    # As observed, less what was shipped until ``settled_until``. Empty: nobody has counted, the carts are told nothing.
    on_hand = models.IntegerField(null=True)
    observed_at = models.DateTimeField(null=True)
    sequence = models.BigIntegerField(null=True)  # the warehouse's own count of its observations, where it has one
    # The warehouse took off its own orders already: what it reported is free, and not what lies on the shelf.
    orders_off = models.BooleanField(default=False)
    settled_until = models.DateTimeField(null=True)
    safety = models.PositiveIntegerField(default=0)  # kept back

    class Meta:
        constraints = [models.UniqueConstraint(fields=["warehouse", "merchant", "sku"], name="one_level_per_sku")]
        indexes = [
            # The page of the stock: all of it, or a merchant's.
            models.Index(fields=["organization", "sku", "id"], name="levels_by_sku"),
            models.Index(fields=["merchant", "sku", "id"], name="levels_of_a_merchant"),
        ]

    def __str__(self) -> str:
        return f"{self.on_hand} × {self.sku}"


class Observation(Owned):
    """That a level became another one: what was seen, when, and who or what said so. Kept for some weeks."""

    class Source(models.TextChoices):
        PAGE = "page", "Counted here"
        SHEET = "sheet", "Sheet"
        API = "api", "API"
        WAREHOUSE = "warehouse", "Warehouse system"

    level = models.ForeignKey(StockLevel, models.CASCADE, related_name="observations", db_index=False)
    before = models.IntegerField(null=True)
    on_hand = models.IntegerField()
    observed_at = models.DateTimeField()
    sequence = models.BigIntegerField(null=True)
    stored_at = models.DateTimeField(db_index=True)
    source = models.CharField(max_length=10, choices=Source)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["level", "-stored_at"], name="observations_of_a_level")]

    def __str__(self) -> str:
        return f"{self.on_hand} of level {self.level_id}"


class StockUpdate(Errand, OwnedByMerchant):
    """A quantity told, or owed, to a cart for a listing. One row a listing: only the newest number matters."""

    listing = models.OneToOneField(Listing, models.CASCADE, related_name="stock_update")
    wanted = models.PositiveIntegerField()
    wanted_at = models.DateTimeField()
    told = models.PositiveIntegerField(null=True)
    told_at = models.DateTimeField(null=True)
    reference = models.CharField(max_length=80, blank=True)  # the marketplace's, of the submission

    objects: ClassVar = OwedQuerySet.as_manager()

    class Meta:
        indexes = indexes("stock_updates_owed", "merchant")

    def __str__(self) -> str:
        return f"{self.wanted} of {self.listing}"
