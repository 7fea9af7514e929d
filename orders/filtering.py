"""What becomes of an order that a cart brought: released, waiting, held or left alone. Pure."""

from dataclasses import dataclass

from carts.marketplaces.base import MarketplaceOrder, OrderState
from carts.models import Cart
from orders.models import HeldFor, OrderStatus


@dataclass(frozen=True, slots=True)
class Verdict:
    status: OrderStatus
    reason: str = ""
    held_for: str = ""


def judge(order: MarketplaceOrder, cart: Cart) -> Verdict:
    """Return the status an order deserves as long as it has not gone to the warehouse."""
    there = cart.place.name
    if not order.merchant_fulfilled:
        return Verdict(OrderStatus.SKIPPED, f"Fulfilled by {there}, not by the warehouse")
    if cart.earliest_order_at and order.placed_at < cart.earliest_order_at:
        return Verdict(OrderStatus.SKIPPED, "Placed before the cart's earliest order date")
    match order.state:
        case OrderState.PENDING:
            return Verdict(OrderStatus.PENDING, f"{there} has not released it yet")
        case OrderState.SHIPPED:
            return Verdict(OrderStatus.CLOSED, f"Shipped on {there}, not from here")
        case OrderState.CANCELED:
            return Verdict(OrderStatus.CANCELED, f"Canceled on {there}")
        case OrderState.OPEN | OrderState.PARTLY_SHIPPED:
            return _judge_open(order, there)
    said = order.native_state or "nothing"
    return Verdict(OrderStatus.HELD, f"{there} says “{said}”, which is not released", HeldFor.STATE)


def _judge_open(order: MarketplaceOrder, there: str) -> Verdict:
    if order.recipient is None:
        return Verdict(OrderStatus.HELD, f"{there} sent no address", HeldFor.ADDRESS)
    if any(line.cancel_requested for line in order.lines):
        return Verdict(OrderStatus.HELD, "Cancel asked for by the buyer", HeldFor.BUYER)
    return Verdict(OrderStatus.NEW)
