"""The carts that show a warehouse's stock, and waking the workers that tell them."""

from carts.models import Cart
from core.accounts.models import Merchant
from core.common.bell import Bell
from shipping.models import Warehouse


def carts_to_tell(warehouse: Warehouse, merchant_id: int) -> list[Cart]:
    """Return the carts that show what this warehouse has of a merchant's goods."""
    told = Cart.objects.asked().filter(inventory_on=True, route__warehouse=warehouse, merchant=merchant_id)
    return list(told.order_by("pk"))


def tell(warehouse: Warehouse, merchant_id: int) -> int:
    """Wake whoever tells the carts of this stock. Returns how many carts."""
    return ring(carts_to_tell(warehouse, merchant_id))


def tell_all(merchant: Merchant) -> int:
    """Wake whoever tells the carts of a merchant. Returns how many carts."""
    return ring(list(Cart.objects.asked().filter(inventory_on=True, merchant=merchant).order_by("pk")))


def ring(carts: list[Cart]) -> int:
    """Wake whoever tells these carts, and whoever looks again for orders that are held for want of stock."""
    Bell.REROUTE_DUE.ring()
    for cart in carts:
        Bell.PUBLISH.ring(cart_id=cart.pk)
    return len(carts)
