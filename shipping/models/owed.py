"""What is owed to carts and warehouses for an order: confirmations, recalls, cancels, and comparing it all."""

from datetime import datetime
from typing import Any, ClassVar

from django.db import models

from carts.models import Cart
from core.accounts.models import OwedQuerySet, OwnedByMerchant, User
from core.common.errands import OWED, Errand, indexes
from orders.models import Order
from shipping.models.release import Release
from shipping.models.shipment import Package
from shipping.models.warehouse import Warehouse


class Confirmation(Errand, OwnedByMerchant):
    """One package's tracking told, or owed, to the cart."""

    package = models.OneToOneField(Package, models.CASCADE, related_name="confirmation")
    cart = models.ForeignKey(Cart, models.PROTECT, related_name="confirmations")
    due_by = models.DateTimeField()  # the order's ship-by: what the queue is sorted by
    confirmed_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)  # read back from the marketplace
    unseen = models.PositiveSmallIntegerField(default=0)  # how often it was looked for in vain
    feed = models.ForeignKey("ConfirmationFeed", models.SET_NULL, null=True, related_name="confirmations")

    objects: ClassVar = OwedQuerySet.as_manager()

    class Meta:
        indexes = [
            *indexes("confirmations_owed", "cart"),
            models.Index(
                fields=["cart", "confirmed_at"],
                condition=models.Q(state="done", seen_at__isnull=True),
                name="confirmations_to_see",
            ),
        ]

    def __str__(self) -> str:
        return f"confirmation of {self.package}"


class ConfirmationFeed(Errand, OwnedByMerchant):
    """Many confirmations in one submission, when the quota cannot carry them one by one before their deadlines."""

    cart = models.ForeignKey(Cart, models.PROTECT, related_name="confirmation_feeds")
    reference = models.CharField(max_length=80, blank=True)  # the marketplace's, once submitted
    made_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)  # when its report was read, message by message

    objects: ClassVar = OwedQuerySet.as_manager()

    class Meta:
        constraints = [
            # A marketplace works off one feed of a kind after another: a second one would only wait behind the first,
            # and one at a time is what makes a feed whose answer was lost recognisable.
            models.UniqueConstraint(
                fields=["cart"],
                condition=models.Q(state__in=OWED),
                name="one_confirmation_feed_at_a_time",
            )
        ]
        indexes = indexes("confirmation_feeds_owed", "cart")

    def __str__(self) -> str:
        return f"feed {self.reference or self.pk}"


class Recall(Errand, OwnedByMerchant):
    """An order asked back from its warehouse, because it was canceled; a split one from each that has a part of it."""

    order = models.ForeignKey(
        Order, models.CASCADE, related_name="recalls", related_query_name="recall", db_index=False
    )
    # Nothing of its part is left to ship, and the rest of the order goes on elsewhere: it is asked back all the same.
    is_of_part = models.BooleanField(default=False)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="recalls")
    made_at = models.DateTimeField()
    recalled_at = models.DateTimeField(null=True)

    objects: ClassVar = OwedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "warehouse"], name="one_recall_per_warehouse")]
        indexes = indexes("recalls_owed", "warehouse")

    def __str__(self) -> str:
        return f"recall of {self.order}"

    @property
    def release(self) -> Release | None:
        """What is asked back."""
        return next((each for each in self.order.releases.all() if each.warehouse_id == self.warehouse_id), None)


class Cancellation(Errand, OwnedByMerchant):
    """A person cancels an order at the marketplace, with one of its reasons."""

    order = models.OneToOneField(Order, models.CASCADE, related_name="cancellation")
    cart = models.ForeignKey(Cart, models.PROTECT, related_name="cancellations")
    reason = models.CharField(max_length=40)  # the marketplace's own word
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    reference = models.CharField(max_length=80, blank=True)  # of the submission
    submitted_at = models.DateTimeField(null=True)
    canceled_at = models.DateTimeField(null=True)

    objects: ClassVar = OwedQuerySet.as_manager()

    class Meta:
        indexes = indexes("cancellations_owed", "cart")

    def __str__(self) -> str:
        return f"cancellation of {self.order}"


class Reconciliation(Errand, OwnedByMerchant):
    """Everything the marketplace calls unshipped, against what we have and what the warehouse has."""

    cart = models.ForeignKey(Cart, models.CASCADE, related_name="reconciliations")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # empty: the nightly one
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    page_token = models.TextField(blank=True)
    paged_at = models.DateTimeField(null=True)  # when the last page was read: then what is not listed is looked at
    listed: Any = models.JSONField(default=list)  # numbers seen so far; emptied when it is finished
    seen = models.PositiveIntegerField(default=0)  # orders the marketplace calls unshipped
    mended = models.PositiveIntegerField(default=0)
    drift: Any = models.JSONField(default=list)  # one entry per order: its number, what is wrong, what was done

    objects: ClassVar = OwedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cart"],
                condition=models.Q(state__in=OWED),
                name="one_reconciliation_at_a_time",
            )
        ]
        indexes = [
            *indexes("reconciliations_owed", "cart"),
            models.Index(fields=["cart", "-begun_at"], name="reconciliations_by_age"),
            models.Index(fields=["begun_at"], name="all_reconciliations_by_age"),
        ]

    def __str__(self) -> str:
        return f"reconciliation of {self.cart}"


def deadline(order: Order, now: datetime) -> datetime:
    return order.ship_by or now
