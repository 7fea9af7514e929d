"""Where orders go, and by what: warehouses, their ship methods, and what carts call those."""

from typing import Any, ClassVar, Self

from django.db import models
from django.urls import reverse

from carts.models import Cart
from core.accounts.models import Owned, OwnedByMerchant, OwnedQuerySet
from core.common import clock
from core.common.names import NameField
from shipping import warehouses
from shipping.warehouses.base import MethodChoice, WarehouseSystem


class WarehouseQuerySet(OwnedQuerySet["Warehouse"]):
    def in_use(self) -> Self:
        """Those that orders may go to."""
        return self.filter(archived_at=None)


class Warehouse(Owned):
    """A building orders are shipped from, and the connection to its system."""

    kind = models.CharField(max_length=20, choices=warehouses.kinds)
    name = NameField(max_length=80)
    settings: ClassVar[Any] = models.JSONField(default=dict)
    # What goes to it from any cart and no rule or mapping says otherwise; the organization's default.
    default_method = models.ForeignKey(
        "ShipMethod", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="default ship method"
    )
    # Where it is: what stands on its papers as the sender.
    line1 = NameField("address line 1", max_length=100, blank=True)
    line2 = NameField("address line 2", max_length=100, blank=True)
    city = NameField(max_length=80, blank=True)
    state = NameField("state or region", max_length=60, blank=True)
    postal_code = NameField(max_length=20, blank=True)
    country = models.CharField(max_length=2, blank=True)
    archived_at = models.DateTimeField(null=True)  # nothing goes to it any more; what it shipped stays

    objects: ClassVar[Any] = WarehouseQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="one_warehouse_per_name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("shipping:warehouse_status", args=[self.pk])

    @property
    def address_lines(self) -> list[str]:
        """Its address as it is written on a label, the country by its letters; none where nobody said."""
        town = " ".join(part for part in (self.city, self.state, self.postal_code) if part)
        return [line for line in (self.line1, self.line2, town, self.country) if line]

    @property
    def system(self) -> WarehouseSystem:
        """Its system, to ask what it can do. To speak with it: shipping/connection/systems.py."""
        return warehouses.WAREHOUSES[self.kind](self.settings, self.meter)

    def meter(self, *, calls: int = 0, sent: int = 0, received: int = 0, failed: int = 0) -> None:
        """Count what went over the wire, for today. ``sent`` and ``received`` are bytes, by us."""
        today = clock.now().date()
        self.traffic.all().count_up(self, today, calls=calls, sent=sent, received=received, failed=failed)


class ShipMethod(Owned):
    """What a warehouse calls a carrier and its service."""

    warehouse = models.ForeignKey(Warehouse, models.CASCADE, related_name="ship_methods")
    label = NameField(max_length=80)
    carrier = NameField(max_length=60)
    scac = models.CharField("SCAC", max_length=10, blank=True)  # most carriers outside the US have none
    service = NameField(max_length=60)

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
    # The routing rules choose the warehouse of each order. The one above is then the one whose stock the cart shows.
    by_rules = models.BooleanField("by routing rules", default=False)
    reject_unmapped = models.BooleanField(
        "hold orders without a ship method",
        default=False,
        help_text="Otherwise they go to the warehouse with the marketplace's own name for the method.",
    )
    prime_method = models.ForeignKey(
        ShipMethod,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ship Prime orders by",
        help_text="Prime orders use this ship method, whatever their own is mapped to.",
    )
    default_method = models.ForeignKey(
        ShipMethod,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="default ship method",
        help_text="For orders of this cart that no rule and no mapping covers.",
    )
    ship_from = models.CharField(
        "ship-from location",
        max_length=80,
        blank=True,
        default="",
        help_text="Optional. The supply source ID the seller's Amazon account has for this warehouse. It is sent with "
        "each package's tracking.",
    )

    def __str__(self) -> str:
        return f"{self.cart} → {self.warehouse}"


class CartMethod(OwnedByMerchant):
    """A ship method of a cart, by the marketplace's name, and what the warehouse calls it."""

    cart = models.ForeignKey(Cart, models.CASCADE, related_name="methods")
    name = NameField(max_length=60)
    ship_method = models.ForeignKey(ShipMethod, models.SET_NULL, null=True, blank=True, related_name="+")
    seen_at = models.DateTimeField(null=True)  # on an order

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cart", "name"], name="one_mapping_per_ship_method")]

    def __str__(self) -> str:
        return self.name


class CarrierCode(Owned):
    """What a warehouse calls a carrier, and what a kind of marketplace is told for it."""

    kind = models.CharField(max_length=20)  # of marketplace
    carrier = NameField(max_length=60)
    code = models.CharField(max_length=60, blank=True)  # empty: the marketplace's adapter finds it by the name
    name = NameField(max_length=60, blank=True)  # what the buyer sees, where the code says no more than "other"
    seen_at = models.DateTimeField(null=True)  # on a package

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "kind", "carrier"], name="one_code_per_carrier"),
        ]

    def __str__(self) -> str:
        return self.carrier
