"""What the orders of each day and month came to, in sums: a year of orders is read as some thousands of rows."""

from typing import Any, ClassVar

from django.db import models

from carts.models import Cart
from core.accounts.models import Owned, OwnedByMerchant, OwnedQuerySet
from core.common import clock


class CartDay(OwnedByMerchant):
    """A day of a cart that had orders: whether its sums are in step with them."""

    cart = models.ForeignKey(Cart, models.CASCADE, related_name="+")
    day = models.DateField()  # when they were placed, where the organization was by then
    # Since when something of its orders may have changed that the sums do not say. Empty: they say it all.
    stale_at = models.DateTimeField(null=True, default=clock.now)
    marks = models.PositiveIntegerField(default=0)  # how often it was marked: whoever works it out sees that it changed
    counted_at = models.DateTimeField(null=True)

    objects: ClassVar = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cart", "day"], name="one_row_per_cart_and_day")]
        indexes = [
            models.Index(
                fields=["organization", "stale_at"],
                condition=models.Q(stale_at__isnull=False),
                name="cart_days_stale",
            ),
            models.Index(fields=["organization", "day"], name="cart_days_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day} of cart {self.cart_id}"


class OrderSums(OwnedByMerchant):
    """What the orders came to that were placed on one cart, go to one warehouse, and cost one currency."""

    NUMBERS: ClassVar = ("orders", "units", "priced", "canceled", "shipped", "promised", "late", "packages", "tracked")

    cart = models.ForeignKey(Cart, models.CASCADE, related_name="+")
    released_to = models.BigIntegerField(null=True)  # a warehouse; empty: none has had them
    currency = models.CharField(max_length=3, blank=True)  # empty: of orders that have no price yet

    orders = models.PositiveIntegerField(default=0)  # all but those a filter left out
    units = models.PositiveIntegerField(default=0)  # of those not canceled
    priced = models.PositiveIntegerField(default=0)  # orders that ``sales`` is of
    sales = models.DecimalField(max_digits=20, decimal_places=4, default=0)  # of those not canceled
    canceled = models.PositiveIntegerField(default=0)  # before anything of them was shipped
    shipped = models.PositiveIntegerField(default=0)  # whole, from here
    promised = models.PositiveIntegerField(default=0)  # of the shipped: they had a ship-by time
    late = models.PositiveIntegerField(default=0)  # of the promised: the last package left after it
    packages = models.PositiveIntegerField(default=0)
    tracked = models.PositiveIntegerField(default=0)  # packages with a tracking number
    charges = models.DecimalField(max_digits=20, decimal_places=4, default=0)  # in this currency
    times: Any = models.JSONField(default=dict)  # shipping/performance/durations.py reads it

    objects: ClassVar = OwnedQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def facts(self) -> list[object]:
        """Return all it says: rows that are equal in this say the same."""
        return [getattr(self, field.attname) for field in self._meta.concrete_fields if not field.primary_key]


class DaySum(OrderSums):
    """The sums of one day."""

    day = models.DateField()

    class Meta:
        indexes = [
            models.Index(fields=["organization", "day"], name="day_sums_by_day"),
            models.Index(fields=["merchant", "day"], name="day_sums_of_merchant"),
            models.Index(fields=["cart", "day"], name="day_sums_of_cart"),
        ]

    def __str__(self) -> str:
        return f"{self.day} of cart {self.cart_id} in {self.currency or 'no currency'}"


class MonthSum(OrderSums):
    """The sums of one month's days. Read only where its SummedMonth is in step."""

    month = models.DateField()  # its first day

    class Meta:
        indexes = [models.Index(fields=["organization", "month"], name="month_sums_by_month")]

    def __str__(self) -> str:
        return f"{self.month:%B %Y} of cart {self.cart_id} in {self.currency or 'no currency'}"


class SummedMonth(Owned):
    """A month of an organization: whether its sums say what those of its days say."""

    month = models.DateField()  # its first day
    stale_at = models.DateTimeField(null=True, default=clock.now)  # since when a day may say something else
    marks = models.PositiveIntegerField(default=0)  # how often it was marked: whoever adds it up sees that it changed
    summed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "month"], name="one_row_per_month")]

    def __str__(self) -> str:
        return f"{self.month:%B %Y} of organization {self.organization_id}"


class SumsMark(Owned):
    """How far an organization's sums are in step with its orders."""

    touched_until = models.DateTimeField(null=True)  # orders that changed before then are marked in their days
    zone = models.CharField(max_length=64, blank=True, default="")  # the one the days are days of
    checked_at = models.DateTimeField(null=True)  # when sums were last compared with the orders themselves
    flow_until = models.DateTimeField(null=True)  # what flowed before then stands in FlowStep
    differed = models.PositiveIntegerField(default=0)  # days that were found wrong then, and are mended

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization"], name="one_sums_mark")]

    def __str__(self) -> str:
        return f"sums of organization {self.organization_id}"


class FlowStep(Owned):
    """How many orders took each step of their way in a quarter of an hour. Of one without any there is no row."""

    began_at = models.DateTimeField()
    downloaded = models.PositiveIntegerField(default=0)
    handed_over = models.PositiveIntegerField(default=0)  # to a warehouse
    shipped = models.PositiveIntegerField(default=0)  # whole
    promised = models.PositiveIntegerField(default=0)  # of the shipped: they had a ship-by time
    late = models.PositiveIntegerField(default=0)  # of the promised: a shipment left after it
    confirmed = models.PositiveIntegerField(default=0)  # the cart has all tracking

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "began_at"], name="one_row_per_flow_step")]

    def __str__(self) -> str:
        return f"flow of organization {self.organization_id} from {self.began_at}"


class CurrencyRate(Owned):
    """What one unit of a currency is worth in the currency the organization reads its numbers in, from a day on."""

    currency = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=18, decimal_places=8)
    since = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "currency", "since"], name="one_rate_per_day"),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="a_rate_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.rate} since {self.since}"
