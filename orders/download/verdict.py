"""What becomes of an order that a cart brought: released, waiting, held or left alone. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from carts import marketplaces
from carts.marketplaces.values import Address, MarketplaceOrder, OrderLine, OrderState
from carts.models import Cart
from orders import address_needs
from orders.filters.order_rules import NO_RULES, NOTHING, Rules, facts_of
from orders.models import HeldFor, OrderStatus, fulfilled_there

NAMED = 5  # lines in a sentence; the rest is counted


@dataclass(frozen=True, slots=True)
class Verdict:
    status: OrderStatus
    reason: str = ""
    held_for: str = ""
    left_out: frozenset[str] = field(default_factory=frozenset, compare=False)  # lines, by their references


def judge(
    order: MarketplaceOrder,
    cart: Cart,
    rules: Rules = NO_RULES,
    *,
    taken: bool = False,
    decided: Collection[str] = (),
    ours: Address | None = None,
) -> Verdict:
    """Return the status an order deserves as long as it has not gone to the warehouse.

    One that a person ``taken`` after all is asked for no date; who asks hands over no rules for it, either. ``ours`` is
    the address it goes to all the same, where a person wrote it. ``decided`` are lines, by their references, that a
    person ships though the buyer asked to cancel them.
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
    left = rules.leave_out(facts_of(order)) if rules else NOTHING
    if left.reason:
        return Verdict(OrderStatus.SKIPPED, left.reason)
    if order.state not in (OrderState.OPEN, OrderState.PARTLY_SHIPPED):
        said = order.native_state or "nothing"
        reason = f"{there} says “{said}”, which is not released"
        return Verdict(OrderStatus.HELD, reason, HeldFor.STATE, left.lines)
    if nothing_left(order, left.lines):
        return Verdict(OrderStatus.HELD, f"Nothing of it is left to ship on {there}", HeldFor.STATE, left.lines)
    if asked := asked_to_cancel(order, {*left.lines, *decided}):
        reason = f"The buyer asked to cancel{name_lines(asked, order, left.lines)}"
        return Verdict(OrderStatus.HELD, reason, HeldFor.BUYER, left.lines)
    if not taken and (reason := held_for_program(order, cart)):
        return Verdict(OrderStatus.HELD, reason, HeldFor.PROGRAM, left.lines)
    if unfit := _unfit_lines(order, cart, left.lines):
        return Verdict(OrderStatus.HELD, unfit, HeldFor.ITEMS, left.lines)
    # Last: an address that is known here may stand in for one that is hidden.
    if unfit := _unfit_address(order.recipient, ours, there):
        return Verdict(OrderStatus.HELD, unfit, HeldFor.ADDRESS, left.lines)
    return Verdict(OrderStatus.NEW, left_out=left.lines)


def held_for_program(order: MarketplaceOrder, cart: Cart) -> str:
    """Return why an order of these programs must not be shipped like any other; nothing when it may.

    A pre-order waits for its date (orders/download/preorders.py lets it go then): whether that is still to come is
    judged by the document's own time.
    """
    spoken = marketplaces.APPLICATIONS[cart.kind].marketplace
    for word in order.programs:
        if why := spoken.held_programs.get(word):
            return f"{spoken.programs[word]}: {why}"
    if spoken.preorder not in order.programs:
        return ""
    begins = order.handling.ships_from
    if begins and order.changed_at < begins:
        return f"{spoken.programs[spoken.preorder]}: not to be shipped before {begins:%d %b %Y}"
    return ""


def new_program(order: MarketplaceOrder, cart: Cart, known: Collection[str]) -> str:
    """Return the same, where no program that was known of the order was a reason already."""
    spoken = marketplaces.APPLICATIONS[cart.kind].marketplace
    special = {*spoken.held_programs, spoken.preorder}
    return "" if special & set(known) else held_for_program(order, cart)


# -- Lines -----------------------------------------------------------------------------------------------------------
def nothing_left(order: MarketplaceOrder, left_out: Collection[str] = ()) -> bool:
    """Whether it has lines, and none that is ours to ship has units to be shipped there."""
    return bool(order.lines) and not any(line.unfulfilled for line in order.lines if line.reference not in left_out)


def asked_to_cancel(order: MarketplaceOrder, apart_from: Collection[str] = ()) -> Sequence[OrderLine]:
    """Return the lines that the buyer wants canceled, and that still have something to be shipped."""
    return [
        line for line in order.lines if line.cancel_requested and line.unfulfilled and line.reference not in apart_from
    ]


def name_lines(lines: Sequence[OrderLine], order: MarketplaceOrder, left_out: Collection[str] = ()) -> str:
    """Return “ 1 × MUG, 2 × POT” as a sentence goes on; nothing where these are all that is left to ship."""
    ours = [line for line in order.lines if line.unfulfilled and line.reference not in left_out]
    if len(lines) == len(ours):
        return ""
    return f" {name_units([(line.unfulfilled, line.sku) for line in lines])}"


def name_units(units: Sequence[tuple[int, str]]) -> str:
    """Return “1 × MUG, 2 × POT” of units and their SKUs; of many only the first ones, and how many more there are."""
    named = ", ".join(f"{count} × {sku}" for count, sku in units[:NAMED])
    return named + (f" and {len(units) - NAMED} more" if len(units) > NAMED else "")


def _unfit_lines(order: MarketplaceOrder, cart: Cart, left_out: Collection[str]) -> str:
    """Return why its lines cannot go to a warehouse, if they cannot."""
    going = [(place, line) for place, line in enumerate(order.lines, 1) if line.reference not in left_out]
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
