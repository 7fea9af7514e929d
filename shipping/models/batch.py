"""Ship and Close beyond one page: what is filled in on it before anybody looks, and what was sent with it."""

from typing import Any, ClassVar

from django.db import models
from django.urls import reverse

from core.accounts.models import OwedQuerySet, Owned, User
from core.common.errands import Errand, indexes
from orders.models import Order


class ShippingDraft(Owned):
    """Ship and Close as somebody, or a sheet of theirs, filled it in, and nothing of it shipped yet.

    It is only what stands in the form when it opens. Whatever is shipped is what the page then sends.
    """

    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    # By the names of the form's fields (shipping/close/drafts.py); "order" is the list of the orders' ids.
    fields: Any = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["made_at"], name="shipping_drafts_by_age")]

    def __str__(self) -> str:
        return f"draft {self.pk}"

    def get_absolute_url(self) -> str:
        """Where Ship and Close opens with it."""
        return f"{reverse('shipping:close')}?draft={self.pk}"


class ShipmentBatch(Errand, Owned):
    """Orders shipped and closed with one press of the button, worked off one by one by whoever has its claim."""

    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    # What was typed, as a draft has it: what was refused opens again with it.
    fields: Any = models.JSONField(default=dict)

    objects: ClassVar = OwedQuerySet.as_manager()

    class Meta:
        indexes = [
            *indexes("shipment_batches_owed"),
            models.Index(fields=["organization", "by", "-made_at"], name="shipment_batches_of_a_person"),
            models.Index(fields=["made_at"], name="shipment_batches_by_age"),
        ]

    def __str__(self) -> str:
        return f"batch {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("shipping:batch", args=[self.pk])


class BatchResult(models.TextChoices):
    """What became of an order of a batch, when it was its turn."""

    WAITING = "waiting", "Waiting"
    SHIPPED = "shipped", "Shipped"
    PART = "part", "Partly shipped"
    AGAIN = "again", "Already shipped"
    FAILED = "failed", "Not shipped"


class BatchedOrder(Owned):
    """An order of a batch: what is to be stored of it, and then what became of that."""

    batch = models.ForeignKey(ShipmentBatch, models.CASCADE, related_name="orders", db_index=False)
    order = models.ForeignKey(Order, models.CASCADE, related_name="+")
    place = models.PositiveIntegerField()  # as it stood on the page
    closing: Any = models.JSONField()  # shipping/close/stored_closings.py
    result = models.CharField(max_length=8, choices=BatchResult, default=BatchResult.WAITING)
    message = models.TextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "order"], name="an_order_stands_in_a_batch_once")]

    def __str__(self) -> str:
        return f"{self.order} in batch {self.batch_id}"
