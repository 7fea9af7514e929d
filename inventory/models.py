"""What is left, and what the carts were told of it."""

from typing import ClassVar

from django.db import models

from carts.models import Listing
from core.accounts.models import OwedQuerySet, OwnedByMerchant
from core.common.errands import Errand, indexes
from shipping.models import Warehouse


class StockLevel(OwnedByMerchant):
    """What a warehouse has of a merchant's SKU, as last observed."""

    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="levels")
    sku = models.CharField(max_length=255)
    title = models.TextField(blank=True)
    on_hand = models.IntegerField(null=True)  # empty: nobody has counted yet, and the carts are told nothing
    observed_at = models.DateTimeField(null=True)
    safety = models.PositiveIntegerField(default=0)  # kept back

    class Meta:
        constraints = [models.UniqueConstraint(fields=["warehouse", "merchant", "sku"], name="one_level_per_sku")]

    def __str__(self) -> str:
        return f"{self.on_hand} × {self.sku}"


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
