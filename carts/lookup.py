"""The cart that an address names, for who may see it: for all others there is none. And what one is called."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from carts.models import Cart
from core.accounts.doors import access_of


def find_cart(request: HttpRequest, cart_id: int) -> Cart:
    carts = Cart.objects.visible_to(access_of(request)).select_related("grant", "merchant", "organization")
    return get_object_or_404(carts, pk=cart_id)


def name_in_use(cart_id: int) -> str:
    """Return what a cart is called; "" for one that was archived."""
    cart = Cart.objects.select_related("merchant").filter(pk=cart_id).first()
    return cart.full_name if cart is not None and not cart.is_archived else ""
