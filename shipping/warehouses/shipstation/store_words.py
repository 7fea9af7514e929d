"""What a shipping desk's own settings call things, as somebody entered them there and here: letters' case counts."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Self


class StoreStatus(StrEnum):
    """Where an order is, as far as the custom store can say it."""

    AWAITING = "paid"
    ON_HOLD = "on_hold"
    SHIPPED = "shipped"
    CANCELED = "cancelled"


class Extra(StrEnum):
    """What one of the three custom fields may carry."""

    NOTHING = ""
    MERCHANT = "merchant"
    CART = "cart"
    SHIP_BY = "ship_by"
    DELIVER_BY = "deliver_by"
    PROGRAMS = "programs"
    PURCHASE_ORDER = "purchase_order"
    MARKETPLACE_NUMBER = "number"


EXTRAS = {
    Extra.NOTHING: "Nothing",
    Extra.MERCHANT: "Merchant",
    Extra.CART: "Order source",
    Extra.SHIP_BY: "Ship by",
    Extra.DELIVER_BY: "Deliver by",
    Extra.PROGRAMS: "Programs, such as Prime",
    Extra.PURCHASE_ORDER: "Buyer's purchase order number",
    Extra.MARKETPLACE_NUMBER: "Marketplace order number",
}


@dataclass(frozen=True, slots=True)
class StoreWords:
    """The words of one desk, what its custom fields carry, and whether it gets prices."""

    paid: str = "paid"
    on_hold: str = "on_hold"
    shipped: str = "shipped"
    cancelled: str = "cancelled"
    custom_field_1: str = Extra.MERCHANT
    custom_field_2: str = Extra.CART
    custom_field_3: str = Extra.SHIP_BY
    prices: bool = False

    def of_status(self, status: StoreStatus) -> str:
        """Return the desk's word for a status."""
        return str(getattr(self, status.value))

    @property
    def extras(self) -> list[str]:
        """What the custom fields carry, in their order."""
        return [self.custom_field_1, self.custom_field_2, self.custom_field_3]

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        """Return what is kept in a warehouse's settings; what is not said there is as usual."""
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in settings.items() if name in known})
