"""Which orders Ship and Close can ship, and in a few words why it can't ship the others."""

from collections.abc import Collection, Sequence

from orders.models import Order, OrderStatus
from shipping.models import ReportState, ShipmentReport


def waiting_for_answer(orders: Collection[Order]) -> set[int]:
    """Return the keys of those of which a person has to say first what becomes of what the warehouse packed."""
    reported = ShipmentReport.objects.filter(order__in=orders, state=ReportState.HELD)
    return set(reported.values_list("order", flat=True))


def left_out(orders: Sequence[Order]) -> list[tuple[Order, str]]:
    """Return those that can't be shipped, each with why, as a sentence about it goes on: "is canceled"."""
    asked = waiting_for_answer(orders)
    return [
        (order, _why(order, asked=order.pk in asked))
        for order in orders
        if not order.can_be_packed or order.pk in asked
    ]


def _why(order: Order, *, asked: bool) -> str:
    if order.can_be_packed and asked:
        return "waits for an answer about what the warehouse packed"
    return "is in error" if order.status == OrderStatus.ERROR else f"is {order.state.label.lower()}"
