"""What a seller's names for goods stand for at the warehouse: other names for one item, and kits of several."""

from django.db import models

from core.accounts.models import OwnedByMerchant
from core.common.names import NameField


class ItemAlias(OwnedByMerchant):
    """Another name for an item: a seller's SKU, a UPC. A name stands for one item of its merchant."""

    name = NameField(max_length=255)
    sku = models.CharField("warehouse SKU", max_length=255)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "name"], name="one_item_per_alias")]
        indexes = [models.Index(fields=["merchant", "sku"], name="aliases_of_an_item")]

    def __str__(self) -> str:
        return f"{self.name} → {self.sku}"


class KitComponent(OwnedByMerchant):
    """How many units of an item are in one kit."""

    kit = models.CharField(max_length=255)  # the seller's SKU
    sku = models.CharField("component", max_length=255)  # the warehouse's
    quantity = models.PositiveIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "kit", "sku"], name="one_row_per_component_of_a_kit"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="a_kit_holds_something"),
        ]
        indexes = [models.Index(fields=["merchant", "sku"], name="kits_of_an_item")]

    def __str__(self) -> str:
        return f"{self.kit}: {self.quantity} × {self.sku}"
