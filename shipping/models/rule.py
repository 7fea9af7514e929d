"""What people say about many orders at once: by which ship method they go, and to which warehouse."""

from django.db import models

from carts.models import Cart
from core.accounts.models import Owned
from core.common.names import NameField
from shipping.models.warehouse import ShipMethod, Warehouse


class OrderRule(Owned):
    """Something that is said about orders like these. What is left empty is not asked about."""

    service = NameField("ship method on the cart", max_length=60, blank=True)
    prime = models.BooleanField(null=True, blank=True)
    program = models.CharField(max_length=60, blank=True, default="")  # the marketplace's word
    country = models.CharField(max_length=2, blank=True)
    postal_prefix = models.CharField("postal code begins with", max_length=12, blank=True)
    least = models.DecimalField("order value from", max_digits=18, decimal_places=4, null=True, blank=True)
    below = models.DecimalField("order value below", max_digits=18, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"rule {self.pk}"


class MethodRule(OrderRule):
    """Orders like these go by this ship method.

    Of one cart, or of all carts of the organization that send to the ship method's warehouse.
    """

    cart = models.ForeignKey(Cart, models.CASCADE, null=True, related_name="method_rules")
    merchant = models.ForeignKey("accounts.Merchant", models.PROTECT, null=True, related_name="+")  # of the cart
    ship_method = models.ForeignKey(ShipMethod, models.CASCADE, related_name="rules", verbose_name="ship method")

    class Meta:
        indexes = [models.Index(fields=["organization", "cart"], name="method_rules_of_a_cart")]


class RoutingRule(OrderRule):
    """Orders like these go to this warehouse, where their cart leaves it to the rules. A cart is one condition more."""

    cart = models.ForeignKey(Cart, models.CASCADE, null=True, blank=True, related_name="routing_rules")
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="routing_rules")
    in_stock = models.BooleanField("only if all of it is in stock there", default=False)

    class Meta:
        indexes = [models.Index(fields=["organization"], name="routing_rules_of_a_house")]


class OrderSplitting(Owned):
    """Whether an organization lets an order be split over warehouses, where no single one has all of it."""

    is_on = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization"], name="one_splitting_of_a_house")]

    def __str__(self) -> str:
        return "split" if self.is_on else "whole"
