"""What an order that a warehouse may have becomes by what the cart says of it now. Pure.

Whatever the cart says is heard there: what somebody else shipped, or has nothing left, comes back like a cancel; what
the cart does not release any more is held until it does, and then goes on by itself to where it was.
"""

from collections.abc import Collection

from carts.marketplaces.values import MarketplaceOrder, OrderState
from orders.download.verdict import Verdict, asked_to_cancel, name_lines, nothing_left
from orders.models import HeldFor, Order, OrderStatus
from orders.statuses import AT_WMS, ERROR, HELD, NEW

RELEASED = (OrderState.OPEN, OrderState.PARTLY_SHIPPED)
DO_NOT_SHIP = "do not ship"


def may_have(order: Order) -> bool:
    """Whether a warehouse may have it: it is there, was refused, or is owed to it, let go or held since."""
    if order.is_shipped:
        return False
    return order.status in (AT_WMS, ERROR) or (order.status in (NEW, HELD) and order.released_to is not None)


def judge(
    order: Order,
    read: MarketplaceOrder,
    place: str,
    *,
    before: tuple[str, str],
    left_out: Collection[str],
    decided: Collection[str],
    program: str = "",
) -> Verdict | None:
    """Return what an order becomes that ``may_have`` says of. None: nothing of this is said of it.

    ``before`` is the state the cart gave it the last time, in our word and in its own: what a person released, or
    holds, is not held again for the same. ``left_out`` are lines the warehouse never got, ``decided`` those of which a
    person said that they ship though the buyer asked to cancel; both by their references. ``program`` is why it must
    not be shipped like others, where the cart says so only now.
    """
    if read.state is OrderState.SHIPPED:
        return _gone(f"Shipped on {place}, not from here: {DO_NOT_SHIP}")
    if read.state not in RELEASED:
        return _not_released(order, read, place, before)
    if nothing_left(read, left_out):
        return _gone(f"Nothing of it is left to ship on {place}: {DO_NOT_SHIP}")
    if order.held_for in (HeldFor.CANCELED, HeldFor.PERSON, HeldFor.PROGRAM):
        return None
    if asked := asked_to_cancel(read, {*left_out, *decided}):
        what = name_lines(asked, read, left_out)
        return Verdict(HELD, f"The buyer asked to cancel{what} while it is at the warehouse", HeldFor.BUYER)
    if program:
        return Verdict(HELD, f"{program}. The warehouse has it: {DO_NOT_SHIP}", HeldFor.PROGRAM)
    if order.is_held_for(HeldFor.STATE, HeldFor.BUYER):
        return Verdict(NEW)  # that is over: it goes on to where it was
    return None


def judge_unreadable(order: Order, reason: str) -> Verdict | None:
    """The same of a document that cannot be read: it may say anything, that the order is canceled, too."""
    if order.is_held_for(HeldFor.BUYER, HeldFor.CANCELED, HeldFor.PERSON, HeldFor.PROGRAM):
        return None
    return Verdict(HELD, f"{reason} It is at the warehouse: {DO_NOT_SHIP}", HeldFor.STATE)


def _gone(reason: str) -> Verdict:
    return Verdict(HELD, reason, HeldFor.CANCELED)


def _not_released(order: Order, read: MarketplaceOrder, place: str, before: tuple[str, str]) -> Verdict | None:
    answered = order.is_held_for(HeldFor.BUYER, HeldFor.CANCELED, HeldFor.PERSON, HeldFor.PROGRAM)
    if answered or (before == (read.state, read.native_state) and order.status != OrderStatus.HELD):
        return None
    said = read.native_state or "nothing"
    return Verdict(HELD, f"{place} says “{said}” while it is at the warehouse: {DO_NOT_SHIP}", HeldFor.STATE)
