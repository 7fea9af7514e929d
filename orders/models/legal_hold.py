"""What must not be erased, and why."""

from django.db import models

from core.accounts.models import OwnedByMerchant, User
from orders.models.order import Order


class LegalHold(OwnedByMerchant):
    """Somebody needs an order's buyer data for longer than it is kept: a claim, an inspection. Until they end it."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="legal_holds")
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=models.Q(ended_at__isnull=True), name="one_legal_hold_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"legal hold on {self.order_id}"
