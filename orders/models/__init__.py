"""What buyers bought on the carts, and what people decided about it."""

from orders.models.difference import Difference, Note
from orders.models.filter import ItemFilter, Match, OrderFilter, SavedFilter
from orders.models.legal_hold import LegalHold
from orders.models.list_layout import PAGE_SIZES, ListLayout
from orders.models.order import (
    SHIPPED_IN_PART,
    UNREAD,
    Line,
    Order,
    OrderAction,
    OrderQuerySet,
    fulfilled_there,
)
from orders.models.recipient import Recipient, Unsealed, bound_to, keyring
from orders.statuses import HeldFor, OrderStatus

__all__ = [
    "PAGE_SIZES",
    "SHIPPED_IN_PART",
    "UNREAD",
    "Difference",
    "HeldFor",
    "ItemFilter",
    "LegalHold",
    "Line",
    "ListLayout",
    "Match",
    "Note",
    "Order",
    "OrderAction",
    "OrderFilter",
    "OrderQuerySet",
    "OrderStatus",
    "Recipient",
    "SavedFilter",
    "Unsealed",
    "bound_to",
    "fulfilled_there",
    "keyring",
]
