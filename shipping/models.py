"""Where orders go, and what came of it."""

from datetime import datetime
from typing import Any, ClassVar

from django.db import models

from carts.models import Cart
from integration_manager.accounts.models import OwedQuerySet, Owned, OwnedByMerchant, User
from integration_manager.lib.beginnings import Beginning
from integration_manager.lib.errands import Errand, ErrandState, indexes
from orders.models import Line, Order
from shipping import warehouses
from shipping.warehouses.base import MethodChoice, WarehouseSystem


class Warehouse(Owned):
    """A connection to a warehouse system."""

    kind = models.CharField(max_length=20, choices=warehouses.kinds)
    name = models.CharField(max_length=80)
    settings: ClassVar[Any] = models.JSONField(default=dict)
    # What goes to it from any cart and no rule or mapping says otherwise; the organization's default.
    default_method = models.ForeignKey(
        "ShipMethod", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="everything else goes by"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="one_warehouse_per_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def system(self) -> WarehouseSystem:
        return warehouses.WAREHOUSES[self.kind](self.settings)


class ShipMethod(Owned):
    """What a warehouse calls a carrier and its service."""

    warehouse = models.ForeignKey(Warehouse, models.CASCADE, related_name="ship_methods")
    label = models.CharField(max_length=80)
    carrier = models.CharField(max_length=60)
    scac = models.CharField("SCAC", max_length=10)
    service = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["warehouse", "label"], name="one_ship_method_per_label")]

    def __str__(self) -> str:
        return self.label

    @property
    def choice(self) -> MethodChoice:
        return MethodChoice(self.label, self.carrier, self.scac, self.service)


class Route(OwnedByMerchant):
    """Which warehouse a cart's orders go to, and what becomes of those without a mapped ship method."""

    cart = models.OneToOneField(Cart, models.CASCADE, related_name="route")
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="routes")
    reject_unmapped = models.BooleanField(
        "hold orders whose ship method is not mapped",
        default=False,
        help_text="Otherwise they go to the warehouse with the marketplace's own name of the method.",
    )
    prime_method = models.ForeignKey(
        ShipMethod,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ship Prime orders by",
        help_text="Prime orders go by this ship method, whatever their own is mapped to.",
    )
    default_method = models.ForeignKey(
        ShipMethod,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="the rest goes by",
        help_text="Orders of this cart that no rule and no mapping names a ship method for.",
    )

    def __str__(self) -> str:
        return f"{self.cart} → {self.warehouse}"


class CartMethod(OwnedByMerchant):
    """A ship method of a cart, by the marketplace's name, and what the warehouse calls it."""

    cart = models.ForeignKey(Cart, models.CASCADE, related_name="methods")
    name = models.CharField(max_length=60)
    ship_method = models.ForeignKey(ShipMethod, models.SET_NULL, null=True, blank=True, related_name="+")
    seen_at = models.DateTimeField(null=True)  # on an order

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cart", "name"], name="one_mapping_per_ship_method")]

    def __str__(self) -> str:
        return self.name


class MethodRule(Owned):
    """Orders like these go by this ship method. What is left empty is not asked about.

    Of one cart, or of all carts of the organization that send to the ship method's warehouse.
    """

    cart = models.ForeignKey(Cart, models.CASCADE, null=True, related_name="method_rules")
    merchant = models.ForeignKey("accounts.Merchant", models.PROTECT, null=True, related_name="+")  # of the cart
    ship_method = models.ForeignKey(ShipMethod, models.CASCADE, related_name="rules", verbose_name="go by")
    service = models.CharField("ship method on the cart", max_length=60, blank=True)
    prime = models.BooleanField(null=True, blank=True)
    country = models.CharField(max_length=2, blank=True)
    postal_prefix = models.CharField("postal code begins with", max_length=12, blank=True)
    least = models.DecimalField("order value from", max_digits=18, decimal_places=4, null=True, blank=True)
    below = models.DecimalField("order value below", max_digits=18, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organization", "cart"], name="method_rules_of_a_cart")]

    def __str__(self) -> str:
        return f"rule {self.pk}"


class Release(Errand, OwnedByMerchant):
    """One order handed, or owed, to a warehouse."""

    order = models.OneToOneField(Order, models.CASCADE, related_name="release")
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="releases")
    ship_method = models.ForeignKey(ShipMethod, models.SET_NULL, null=True, related_name="+")
    chosen_by = models.CharField(max_length=200, blank=True)  # in words, the rule that chose the ship method
    # What the warehouse knows the order by where it is not the order's own number. Kept: it is told the same whenever
    # the order is handed over again, whatever the settings say by then.
    number = models.CharField(max_length=80, blank=True)
    # The number of one that the warehouse has, or may have, and that is asked back before it is handed over anew.
    replaces = models.CharField(max_length=80, blank=True, default="")
    reference = models.CharField(max_length=80, blank=True)  # the warehouse's
    released_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = OwedQuerySet.as_manager()

    class Meta:
        indexes = [
            *indexes("releases_owed", "warehouse"),
            models.Index(
                models.F("organization"),
                Beginning("number"),
                condition=~models.Q(number=""),
                name="releases_by_beginning",
            ),
        ]

    def __str__(self) -> str:
        return f"release of {self.order}"

    @property
    def number_there(self) -> str:
        return self.number or self.order.number


class ChosenMethod(OwnedByMerchant):
    """The ship method a person chose for one order: it goes before every rule and mapping."""

    order = models.OneToOneField(Order, models.CASCADE, related_name="chosen_method")
    ship_method = models.ForeignKey(ShipMethod, models.CASCADE, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.ship_method} for {self.order}"


class Shipment(OwnedByMerchant):
    """What the warehouse shipped of an order, at once."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="shipments")
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="shipments")
    shipped_at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["warehouse", "created_at"], name="shipments_by_age")]

    def __str__(self) -> str:
        return f"shipment of {self.order}"


class Package(OwnedByMerchant):
    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="packages")
    order = models.ForeignKey(Order, models.CASCADE, related_name="packages")
    number = models.PositiveIntegerField()  # 1, 2, ... within the order: what the marketplace knows it by
    carrier = models.CharField(max_length=60)
    scac = models.CharField("SCAC", max_length=10)
    service = models.CharField(max_length=60)
    tracking_number = models.CharField(max_length=80)
    corrected_at = models.DateTimeField(null=True)  # after it was stored: the cart is told again

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="one_package_per_number"),
            models.UniqueConstraint(fields=["order", "tracking_number"], name="one_package_per_tracking_number"),
        ]
        indexes = [
            models.Index(fields=["organization", "tracking_number"], name="packages_by_tracking"),
            models.Index(models.F("organization"), Beginning("tracking_number"), name="packages_by_beginning"),
        ]

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking_number}"


class PackageLine(models.Model):
    organization = models.ForeignKey("accounts.Organization", models.PROTECT, related_name="+")
    package = models.ForeignKey(Package, models.CASCADE, related_name="lines")
    line = models.ForeignKey(Line, models.CASCADE, related_name="packed")
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["package", "line"], name="one_row_per_line_in_a_package"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="a_package_holds_something"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.line_id}"


class CarrierCode(Owned):
    """What a warehouse calls a carrier, and what a kind of marketplace is told for it."""

    kind = models.CharField(max_length=20)  # of marketplace
    carrier = models.CharField(max_length=60)
    code = models.CharField(max_length=60, blank=True)  # empty: the marketplace's adapter finds it by the name
    name = models.CharField(max_length=60, blank=True)  # what the buyer sees, where the code says no more than "other"
    seen_at = models.DateTimeField(null=True)  # on a package

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "kind", "carrier"], name="one_code_per_carrier"),
        ]

    def __str__(self) -> str:
        return self.carrier


class Confirmation(Errand, OwnedByMerchant):
    """One package's tracking told, or owed, to the cart."""

    package = models.OneToOneField(Package, models.CASCADE, related_name="confirmation")
    cart = models.ForeignKey(Cart, models.PROTECT, related_name="confirmations")
    due_by = models.DateTimeField()  # the order's ship-by: what the queue is sorted by
    confirmed_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)  # read back from the marketplace
    unseen = models.PositiveSmallIntegerField(default=0)  # how often it was looked for in vain
    feed = models.ForeignKey("ConfirmationFeed", models.SET_NULL, null=True, related_name="confirmations")

    objects: ClassVar[Any] = OwedQuerySet.as_manager()

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


class Charge(OwnedByMerchant):
    """What is charged for an order on top: packing, freight, a surcharge."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="charges")
    label = models.CharField(max_length=60)
    amount = models.DecimalField(max_digits=18, decimal_places=4)
    currency = models.CharField(max_length=3)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.label} {self.amount} {self.currency}"


class ConfirmationFeed(Errand, OwnedByMerchant):
    """Many confirmations in one submission, when the quota cannot carry them one by one before their deadlines."""

    cart = models.ForeignKey(Cart, models.PROTECT, related_name="confirmation_feeds")
    reference = models.CharField(max_length=80, blank=True)  # the marketplace's, once submitted
    made_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)  # when its report was read, message by message

    objects: ClassVar[Any] = OwedQuerySet.as_manager()

    class Meta:
        constraints = [
            # A marketplace works off one feed of a kind after another: a second one would only wait behind the first,
            # and one at a time is what makes a feed whose answer was lost recognisable.
            models.UniqueConstraint(
                fields=["cart"],
                condition=models.Q(state__in=(ErrandState.DUE, ErrandState.RUNNING)),
                name="one_confirmation_feed_at_a_time",
            )
        ]
        indexes = indexes("confirmation_feeds_owed", "cart")

    def __str__(self) -> str:
        return f"feed {self.reference or self.pk}"


class Recall(Errand, OwnedByMerchant):
    """An order asked back from its warehouse, because it was canceled."""

    order = models.OneToOneField(Order, models.CASCADE, related_name="recall")
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="recalls")
    made_at = models.DateTimeField()
    recalled_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = OwedQuerySet.as_manager()

    class Meta:
        indexes = indexes("recalls_owed", "warehouse")

    def __str__(self) -> str:
        return f"recall of {self.order}"


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

    objects: ClassVar[Any] = OwedQuerySet.as_manager()

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

    objects: ClassVar[Any] = OwedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cart"],
                condition=models.Q(state__in=(ErrandState.DUE, ErrandState.RUNNING)),
                name="one_reconciliation_at_a_time",
            )
        ]
        indexes = [
            *indexes("reconciliations_owed", "cart"),
            models.Index(fields=["cart", "-begun_at"], name="reconciliations_by_age"),
        ]

    def __str__(self) -> str:
        return f"reconciliation of {self.cart}"


def open_units(line: Line, packed: int) -> int:
    """Return how many units of a line are still to be shipped, given how many we packed: none of one left out."""
    return 0 if line.left_out else max(0, line.wanted - max(line.fulfilled_there, packed))


def deadline(order: Order, now: datetime) -> datetime:
    return order.ship_by or now
