"""What is left, how it was observed, and what the carts were told of it."""

from typing import Any, ClassVar, Self

from django.db import models

from carts.models import Cart, Grant, Listing
from core.accounts.models import OwedQuerySet, Owned, OwnedByMerchant, User
from core.common.errands import OWED, Errand, indexes
from shipping.models import Warehouse

MOST_ON_HAND = 999_999  # units of one SKU at one warehouse: more is a mistake
LOW = 5  # units on hand beyond the safety stock


class StockLevel(OwnedByMerchant):
    """What a warehouse has of a merchant's SKU, as last observed."""

    class Shortage(models.TextChoices):
        NOTHING = "nothing", "Nothing to sell"
        LOW = "low", "Low"
        UNCOUNTED = "uncounted", "Not counted"

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
    # Kept by the database: the few of a hundred thousand levels that people look for stand in an index of their own,
    # which a level enters and leaves only when it becomes another kind of short.
    shortage = models.GeneratedField(
        expression=models.Case(
            models.When(on_hand=None, then=models.Value(Shortage.UNCOUNTED)),
            models.When(on_hand__lte=models.F("safety"), then=models.Value(Shortage.NOTHING)),
            models.When(on_hand__lte=models.F("safety") + LOW, then=models.Value(Shortage.LOW)),
            default=None,
        ),
        output_field=models.CharField(max_length=9, choices=Shortage, null=True),
        db_persist=True,
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["warehouse", "merchant", "sku"], name="one_level_per_sku")]
        indexes = [
            # The page of the stock: all of it, or a merchant's.
            models.Index(fields=["organization", "sku", "id"], name="levels_by_sku"),
            models.Index(fields=["merchant", "sku", "id"], name="levels_of_a_merchant"),
            models.Index(fields=["warehouse", "sku", "id"], name="levels_of_a_warehouse"),
            models.Index(
                fields=["organization", "shortage", "sku", "id"],
                condition=models.Q(shortage__isnull=False),
                name="levels_short",
            ),
            models.Index(
                fields=["merchant", "shortage", "sku", "id"],
                condition=models.Q(shortage__isnull=False),
                name="levels_short_of_a_merchant",
            ),
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


class AccountStock(OwnedByMerchant):
    """How the numbers of one seller account are decided, and whether they are held."""

    grant = models.OneToOneField(Grant, models.CASCADE, related_name="stock")
    # Whose settings count where the carts of the account want different numbers. Empty: the lowest number goes out.
    deciding_cart = models.ForeignKey(Cart, models.SET_NULL, null=True, related_name="+")
    held_at = models.DateTimeField(null=True)  # the brake is on since
    held_because = models.TextField(blank=True)  # why, as a sentence
    let_go_at = models.DateTimeField(null=True)  # somebody said that the numbers are right
    # Its part of a shelf that several accounts sell from, where those are fixed: parts of the sum of all parts.
    share = models.PositiveSmallIntegerField(default=1)

    def __str__(self) -> str:
        return f"stock of {self.grant}"


class ShelfPolicy(OwnedByMerchant):
    """How offers that sell the same units share them, for all of a merchant's. None: every offer shows all of it."""

    class Rule(models.TextChoices):
        ALL = "all", "Everyone sees all"
        SHARES = "shares", "Fixed shares"
        LAST = "last", "Last units to one"

    rule = models.CharField(max_length=6, choices=Rule, default=Rule.ALL)
    last_units = models.PositiveIntegerField(default=5)  # from so many down, one offer alone shows them
    last_grant = models.ForeignKey(Grant, models.SET_NULL, null=True, related_name="+")  # whose offer that is
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant"], name="one_shelf_policy_per_merchant")]

    def __str__(self) -> str:
        return str(self.get_rule_display())


class StockFeed(Errand, OwnedByMerchant):
    """Many quantities of one seller account told in one submission. Its updates name it."""

    grant = models.ForeignKey(Grant, models.CASCADE, related_name="stock_feeds")
    place_id = models.CharField(max_length=20)
    made_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)  # from then on it may be there, whatever became of the answer
    reference = models.CharField(max_length=80, blank=True)  # the marketplace's
    read_at = models.DateTimeField(null=True)  # its report

    objects: ClassVar = OwedQuerySet.as_manager()

    class Meta:
        indexes = indexes("stock_feeds_owed", "grant")
        constraints = [
            models.UniqueConstraint(
                fields=["grant"], condition=models.Q(state__in=OWED), name="one_stock_feed_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"feed {self.reference or self.pk} of {self.grant}"


class StockUpdateQuerySet(OwedQuerySet["StockUpdate"]):  # type: ignore[override]
    def of_cart(self, cart: Cart) -> Self:
        """Those of the SKUs that the cart offers."""
        return self.filter(grant=cart.grant_id, sku__in=Listing.objects.filter(cart=cart).values("sku"))

    def singly(self) -> Self:
        """Those that no feed carries."""
        return self.exclude(feed__state__in=OWED)

    def untold(self) -> Self:
        return self.exclude(told__isnull=False, told=models.F("wanted"))


class StockUpdate(Errand, OwnedByMerchant):
    """A quantity told, or owed, of one SKU of a seller account: the marketplace keeps one, however many carts offer it.

    Only the newest number matters.
    """

    grant = models.ForeignKey(Grant, models.CASCADE, related_name="stock_updates")
    sku = models.CharField(max_length=255)
    wanted = models.PositiveIntegerField()
    wanted_at = models.DateTimeField()
    sent = models.PositiveIntegerField(null=True)  # the last number that went out, whatever became of it
    told = models.PositiveIntegerField(null=True)
    told_at = models.DateTimeField(null=True)
    reference = models.CharField(max_length=80, blank=True)  # the marketplace's, of the submission
    refused_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)  # when the marketplace was asked about this SKU alone
    # What each cart wants, by its number, where they differ.
    numbers: Any = models.JSONField(default=dict)
    in_conflict = models.BooleanField(default=False)
    is_held = models.BooleanField(default=False)  # a newer number waits for the brake
    # The marketplace showed another number than it was told, a while after: it is told once more.
    stands_otherwise = models.BooleanField(default=False)
    feed = models.ForeignKey(StockFeed, models.SET_NULL, null=True, related_name="updates")

    objects: ClassVar = StockUpdateQuerySet.as_manager()

    class Meta:
        indexes = [
            *indexes("stock_updates_owed", "merchant"),
            models.Index(
                fields=["organization", "merchant", "sku"],
                condition=models.Q(state="stuck")
                | models.Q(is_held=True)
                | models.Q(in_conflict=True)
                | models.Q(stands_otherwise=True),
                name="stock_updates_in_trouble",
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["grant", "sku"], name="one_stock_update_per_account_and_sku")]

    def __str__(self) -> str:
        return f"{self.wanted} of {self.sku}"

    @property
    def is_on_its_way(self) -> bool:
        return self.told != self.wanted


class PublishedNumber(Owned):
    """That a seller account was told a quantity, and took it. Kept for some weeks."""

    update = models.ForeignKey(StockUpdate, models.CASCADE, related_name="published", db_index=False)
    quantity = models.PositiveIntegerField()
    told_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["update", "-told_at"], name="published_of_an_update")]

    def __str__(self) -> str:
        return f"{self.quantity} of update {self.update_id}"
