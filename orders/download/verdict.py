"""What becomes of an order that a cart brought: released, waiting, held or left alone. Pure."""

from dataclasses import dataclass, field

from carts.marketplaces.values import Address, MarketplaceOrder, OrderState
from carts.models import Cart
from orders import address_needs
from orders.filters.order_rules import NO_RULES, Rules, facts_of
from orders.models import HeldFor, OrderStatus, fulfilled_there


@dataclass(frozen=True, slots=True)
class Verdict:
    status: OrderStatus
    reason: str = ""
    held_for: str = ""
    left_out: frozenset[str] = field(default_factory=frozenset, compare=False)  # lines, by their references


def judge(
    order: MarketplaceOrder, cart: Cart, rules: Rules = NO_RULES, *, taken: bool = False, ours: Address | None = None
) -> Verdict:
    """Return the status an order deserves as long as it has not gone to the warehouse.

    One that a person ``taken`` after all is asked for no date; who asks hands over no rules for it, either. ``ours`` is
    the address it goes to all the same, where a person wrote it.
    """
    there = cart.place.name
    if not order.merchant_fulfilled:
        return Verdict(OrderStatus.SKIPPED, fulfilled_there(cart))
    if not taken and cart.earliest_order_at and order.placed_at < cart.earliest_order_at:
        return Verdict(OrderStatus.SKIPPED, "Placed before the cart's earliest order date")
    match order.state:
        case OrderState.PENDING:
            return Verdict(OrderStatus.PENDING, f"{there} has not released it yet")
        case OrderState.SHIPPED:
            return Verdict(OrderStatus.CLOSED, f"Shipped on {there}, not from here")
        case OrderState.CANCELED:
            return Verdict(OrderStatus.CANCELED, f"Canceled on {there}")
    left = rules.leave_out(facts_of(order))
    if left.reason:
        return Verdict(OrderStatus.SKIPPED, left.reason)
    if order.state not in (OrderState.OPEN, OrderState.PARTLY_SHIPPED):
        said = order.native_state or "nothing"
        reason = f"{there} says “{said}”, which is not released"
        return Verdict(OrderStatus.HELD, reason, HeldFor.STATE, left.lines)
    if any(line.cancel_requested for line in order.lines if line.reference not in left.lines):
        return Verdict(OrderStatus.HELD, "The buyer asked to cancel", HeldFor.BUYER, left.lines)
    if unfit := _unfit_lines(order, cart, left.lines):
        return Verdict(OrderStatus.HELD, unfit, HeldFor.ITEMS, left.lines)
    if unfit := _unfit_address(order.recipient, ours, there):
        return Verdict(OrderStatus.HELD, unfit, HeldFor.ADDRESS, left.lines)
    return Verdict(OrderStatus.NEW, left_out=left.lines)


def _unfit_lines(order: MarketplaceOrder, cart: Cart, left_out: frozenset[str]) -> str:
    """Return why its lines cannot go to a warehouse, if they cannot."""
    going = [(place, line) for place, line in enumerate(order.lines, 1) if line.reference not in left_out]
    if not any(line.unfulfilled for _, line in going):
        return "Nothing in it is left to ship"
    code = cart.product_code
    for place, line in going:
        if line.unfulfilled and not getattr(line, code).strip():
            return f"Line {place} has no {code.upper()}"
    return ""


def _unfit_address(told: Address | None, ours: Address | None, there: str) -> str:
    """Return why nobody could ship to it. Of who may not see buyers' data, Amazon keeps back name, street and postal
    code, and sends the rest; what a person wrote may go without what only carriers ask for."""
    if ours is not None:
        lacks = address_needs.missing(ours, vital=True)
        return f"The address is without {address_needs.tell(lacks)}" if lacks else ""
    if told is None:
        return f"{there} sent no address"
    lacks = address_needs.missing(told)
    return f"{there} sent an address without {address_needs.tell(lacks)}" if lacks else ""
