"""An order as the custom store says it: plain values, and the lengths its fields take."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from carts.marketplaces.values import Address

LONGEST_ORDER_NUMBER, LONGEST_SKU, LONGEST_LINE_ID = 50, 100, 50
MOST_UNITS = 99_999


@dataclass(frozen=True, slots=True)
class StoreItem:
    line_id: str
    sku: str
    title: str
    quantity: int
    unit_price: Decimal | None = None  # None: the desk gets no prices


@dataclass(frozen=True, slots=True)
class StoreOrder:
    """One order. Whatever is cut to its field's length is text for people: what is matched by is never cut."""

    id: str  # ours, and the same for ever
    number: str
    placed_at: datetime
    changed_at: datetime
    status: str  # the desk's own word
    method: str
    recipient: Address = field(repr=False)
    items: Sequence[StoreItem]
    buyer: str = field(default="", repr=False)  # who is billed, where that is somebody else
    extras: Sequence[str] = ()  # of the three custom fields, in their order
    total: Decimal | None = None
    currency: str = ""
    notes: str = field(default="", repr=False)  # the buyer's, for the carrier
    internal: str = field(default="", repr=False)  # what the packer has to know
    gift: bool = False
    gift_message: str = field(default="", repr=False)


class Unsayable(ValueError):
    """The custom store has no way to say this order. The message says why, without the buyer's data."""


def check(order: StoreOrder) -> None:
    """Raise Unsayable for an order that would spoil its page, or be another order or product when it is cut."""
    if len(order.number) > LONGEST_ORDER_NUMBER:
        raise Unsayable(f"Its number is longer than the {LONGEST_ORDER_NUMBER} characters that ShipStation takes.")
    if not order.items:
        raise Unsayable("Nothing in it is to be shipped.")
    for item in order.items:
        if not item.sku.strip():
            raise Unsayable("A line has no SKU.")
        if len(item.sku) > LONGEST_SKU:
            raise Unsayable(f"The SKU {item.sku[:30]}… is longer than the {LONGEST_SKU} characters ShipStation takes.")
        if len(item.line_id) > LONGEST_LINE_ID:
            raise Unsayable(f"A line's id is longer than the {LONGEST_LINE_ID} characters that ShipStation takes.")
        if not 0 < item.quantity <= MOST_UNITS:
            raise Unsayable(f"{item.quantity} units of {item.sku[:30]} are more or fewer than ShipStation takes.")
    to = order.recipient
    if not (to.name.strip() or to.company.strip()):
        raise Unsayable("The address names nobody.")
    if not (to.line1.strip() or to.line2.strip()):
        raise Unsayable("The address has no street.")
    if len(to.country) != 2 or not to.country.isascii() or not to.country.isalpha():
        raise Unsayable("The address has no country, or one we have no two letters for.")
