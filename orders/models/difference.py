"""What a cart says otherwise than an order stands here, and what people wrote about it."""

from django.db import models

from core.accounts.models import OwnedByMerchant, User
from core.common.sealed_field import SealedField
from orders.models.order import Line, Order
from orders.models.recipient import BOUND_TO


class Difference(OwnedByMerchant):
    """What the marketplace changed after we took an order. Shown until somebody settles it; nothing is overwritten."""

    class Kind(models.TextChoices):
        QUANTITY = "quantity", "Quantity"
        ADDRESS = "address", "Address"
        SERVICE = "service", "Ship method"
        LINE = "line", "Line"

    order = models.ForeignKey(Order, models.CASCADE, related_name="differences")
    kind = models.CharField(max_length=8, choices=Kind)
    line = models.ForeignKey(Line, models.CASCADE, null=True, related_name="+")
    was = models.CharField(max_length=200, blank=True)  # no personal data: of an address only that it changed
    now = models.CharField(max_length=200, blank=True)
    seen_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["order"], condition=models.Q(settled_at__isnull=True), name="differences_open"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.order_id}"


class Note(OwnedByMerchant):
    """What a person wrote about an order. Sealed: people write names into notes. Erased with its recipient."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="notes")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    sealed = SealedField(bound_to=BOUND_TO + "note", needs="order")

    def __str__(self) -> str:
        return f"note on {self.order_id}"
