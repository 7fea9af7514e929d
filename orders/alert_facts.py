"""What is told about an order beside an alert's sentence: whose it is, what is in it, when it has to leave."""

from collections.abc import Collection, Mapping

from core.alerts.facts import Facts
from core.ui.formats import tell_weekday
from orders.models import Line, Order

LISTED = 8  # lines of one order


def of_orders(numbers: Collection[int]) -> Mapping[int, Facts]:
    """Return the facts of orders by their keys: two statements for all."""
    orders = Order.objects.filter(pk__in=numbers).select_related("cart__merchant", "organization")
    lines: dict[int, list[str]] = {}
    for line in Line.objects.filter(order__in=numbers).order_by("order", "pk"):
        if line.wanted:
            lines.setdefault(line.order_id, []).append(f"{line.wanted} × {line.sku}")
    return {order.pk: _facts(order, lines.get(order.pk, [])) for order in orders}


def _facts(order: Order, contents: list[str]) -> Facts:
    told = [("Order", order.number), ("Merchant", f"{order.cart.merchant} · {order.cart}")]
    if contents:
        more = len(contents) - LISTED
        told.append(("Items", ", ".join([*contents[:LISTED], *([f"{more} more"] if more > 0 else [])])))
    if order.ship_by:
        told.append(("Ship by", tell_weekday(order.ship_by, zone=order.organization.zone)))
    return Facts(told, due=order.ship_by, page="the order", state=order.shown_state)
