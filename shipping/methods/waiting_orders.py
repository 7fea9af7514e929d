"""How many orders wait until somebody maps a ship method: what the alert about it says."""

from collections.abc import Collection, Mapping

from django.db.models import Count, F, Min

from core.alerts.held_orders import Held, Waiting
from orders.models import HeldFor, Order, OrderStatus
from shipping.models import CartMethod


def of_cart_methods(numbers: Collection[int], which: Waiting) -> Mapping[int, Held]:
    methods = {(each.cart_id, each.name): each.pk for each in CartMethod.objects.filter(pk__in=numbers)}
    held = Order.objects.filter(status=OrderStatus.HELD, held_for=HeldFor.UNMAPPED)
    held = held.filter(cart__methods__in=numbers, service=F("cart__methods__name")).order_by()
    rows = held.values_list("cart", "service").annotate(count=Count("pk"), due=Min("ship_by"))
    return {methods[cart, name]: Held(count, due) for cart, name, count, due in rows}
