"""The order an address names, for whoever may see it."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from core.accounts.doors import access_of
from orders.models import Order


def find_order(request: HttpRequest, order_id: int) -> Order:
    """Return the order if the person may see it. For all others there is none."""
    orders = Order.objects.visible_to(access_of(request)).select_related("cart", "merchant", "recipient")
    return get_object_or_404(orders, pk=order_id)
