"""The cart that an address names, for who may see it. For all others there is none."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from carts.models import Cart
from core.accounts.doors import access_of


def find_cart(request: HttpRequest, cart_id: int) -> Cart:
    carts = Cart.objects.visible_to(access_of(request)).select_related("grant", "merchant", "organization")
    return get_object_or_404(carts, pk=cart_id)
