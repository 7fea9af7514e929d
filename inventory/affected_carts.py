"""The carts that show a warehouse's stock: they are due at once when it changes, and the workers that tell them wake.

Being due stands in the database, so a bell that nobody hears, or that a dying process never rang, delays nothing beyond
the next sweep.
"""

from datetime import datetime

from django.db.models import QuerySet

from carts.models import Cart
from core.accounts.models import Merchant
from core.common.bell import Bell
from shipping.models import Warehouse


def carts_to_tell(warehouse: Warehouse, merchant_id: int) -> list[Cart]:
    """Return the carts that show what this warehouse has of a merchant's goods."""
    return list(_showing(warehouse, merchant_id).order_by("pk"))


def owe(warehouse: Warehouse, merchant_id: int, *, now: datetime) -> int:
    """Make them due. In the transaction that changes the stock; ring after it."""
    return _due(_showing(warehouse, merchant_id), now)


def tell(warehouse: Warehouse, merchant_id: int, *, now: datetime) -> int:
    """Make them due, and wake whoever tells them. Returns how many carts."""
    return ring(carts_to_tell(warehouse, merchant_id), now=now)


def tell_all(merchant: Merchant, *, now: datetime) -> int:
    """The same for all carts of a merchant."""
    return ring(list(_telling(merchant.pk).order_by("pk")), now=now)


def ring(carts: list[Cart], *, now: datetime) -> int:
    """Wake whoever tells these carts, and whoever looks again for orders that are held for want of stock."""
    Bell.REROUTE_DUE.ring()
    _due(Cart.objects.filter(pk__in=[cart.pk for cart in carts]), now)
    for cart in carts:
        Bell.PUBLISH.ring(cart_id=cart.pk)
    return len(carts)


def _telling(merchant_id: int) -> "QuerySet[Cart]":
    telling: QuerySet[Cart] = Cart.objects.asked().filter(inventory_on=True, merchant=merchant_id)
    return telling


def _showing(warehouse: Warehouse, merchant_id: int) -> "QuerySet[Cart]":
    return _telling(merchant_id).filter(route__warehouse=warehouse)


def _due(carts: "QuerySet[Cart]", now: datetime) -> int:
    return carts.filter(inventory_due_at__gt=now).update(inventory_due_at=now)
