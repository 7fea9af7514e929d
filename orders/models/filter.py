"""Which orders and lines a cart takes, and the searches people keep."""

from typing import Any

from django.db import models

from carts.models import Cart
from core.accounts.models import Owned, OwnedByMerchant, User
from core.common.names import NameField


class Match(models.TextChoices):
    """How a filter compares; letters' case does not matter."""

    WHOLE = "whole", "is"
    STARTS = "starts", "starts with"
    ENDS = "ends", "ends with"


class OrderFilter(OwnedByMerchant):
    """What an order of a cart must be, or must not be, to be taken: any of the values."""

    class Field(models.TextChoices):
        SERVICE = "service", "Ship method"
        COUNTRY = "country", "Country"
        STATE = "state", "State or province"
        POSTAL_CODE = "postal_code", "Postal code"
        PRIME = "prime", "Prime (yes or no)"
        BUSINESS = "business", "Business order (yes or no)"
        PROGRAM = "program", "Program"
        CURRENCY = "currency", "Currency"
        NUMBER = "number", "Order number"

    class Effect(models.TextChoices):
        REQUIRED = "required", "Include only these"
        RESTRICTED = "restricted", "Leave these out"

    cart = models.ForeignKey(Cart, models.CASCADE, related_name="order_filters")
    field = models.CharField(max_length=12, choices=Field)
    match = models.CharField(max_length=6, choices=Match, default=Match.WHOLE)
    effect = models.CharField(max_length=10, choices=Effect, default=Effect.RESTRICTED)
    values: Any = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.get_effect_display()}: {self.get_field_display()} {self.get_match_display()} …"


class ItemFilter(OwnedByMerchant):
    """Which items of a cart go to the warehouse: a list of those that do, or of those that do not."""

    class Mode(models.TextChoices):
        ALLOW = "allow", "Only these items"
        DENY = "deny", "All but these items"

    class Scope(models.TextChoices):
        LINE = "line", "Leave out the line, take the rest of the order"
        ORDER = "order", "Leave out the whole order"

    cart = models.OneToOneField(Cart, models.CASCADE, related_name="item_filter")
    mode = models.CharField(max_length=5, choices=Mode, default=Mode.DENY)
    scope = models.CharField(max_length=5, choices=Scope, default=Scope.LINE)
    by = models.CharField(max_length=4, choices=Cart.ProductCode, default=Cart.ProductCode.SKU)
    match = models.CharField(max_length=6, choices=Match, default=Match.WHOLE)
    values: Any = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.get_mode_display()} of {self.cart}"


class SavedFilter(Owned):
    """A view of the list that somebody keeps, alone or for the whole team: what stands in the list's address."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    name = NameField(max_length=60)
    query = models.CharField(max_length=500)
    shared = models.BooleanField(default=False)  # with everybody of the 3PL

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "user", "name"], name="one_saved_filter_per_name")
        ]

    def __str__(self) -> str:
        return self.name
