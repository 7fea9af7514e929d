"""What the list says after something was done to many orders: one line, with the orders that were left to open."""

from collections import Counter
from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import ngettext

from core.ui.told import More, tell
from integration_manager.portal.order_list.chosen_orders import count_orders
from orders.models import SHIPPED_IN_PART, Order, OrderStatus
from shipping.cancellation.order_hold import HeldOrders, Reach
from shipping.delivery import amendment

NAMED = 20  # orders listed one by one under a line
Left = Sequence[tuple[Order, str]]  # what could not be done, with the reason as a sentence


def tell_done(request: HttpRequest, done: int, sentence: str, left: Left, *, verb: str, undo_url: str = "") -> None:
    """Tell in one message what was done and what not. ``verb`` is what could not be done to the rest: "held"."""
    rest = f"{len(left):,} could not be {verb}: {_reasons(left, verb)}." if left else ""
    level = messages.WARNING if left else messages.SUCCESS
    more = More(_lines(left, verb), "Show which", undo_url=undo_url if done else "")
    tell(request, level, " ".join(part for part in (sentence if done else "", rest) if part), more)


def held(made: HeldOrders) -> str:
    """Return what became of the orders that are held now."""
    which = f"Order {next(iter(made.held))}" if len(made.held) == 1 else count_orders(len(made.held))
    parts = [f"{which} held"]
    if back := made.count(Reach.AWAY) + made.count(Reach.ON_ITS_WAY):
        parts.append(f"{back:,} being recalled from the warehouse")
    if benched := made.count(Reach.AT_BENCH):
        parts.append(f"{benched:,} to be pulled from packing")
    stay = ngettext(
        "It stays here until somebody releases it.", "They stay here until somebody releases them.", len(made.held)
    )
    return f"{', '.join(parts)}. {stay}"


def _reasons(left: Left, verb: str) -> str:
    """Return why, in a few words: "already shipped", or "2 already shipped, 1 canceled"."""
    counted = Counter(_short(order, why, verb) for order, why in left)
    if len(counted) == 1:
        return next(iter(counted))
    return ", ".join(f"{number:,} {word}" for word, number in counted.most_common())


def _short(order: Order, why: str, verb: str) -> str:
    if order.is_shipped or why == SHIPPED_IN_PART:
        return "already shipped"
    if why == amendment.BUSY:
        return "being handed to the warehouse right now"
    if order.status == OrderStatus.HELD:
        return "already held" if verb == "held" else "not readable yet"
    label = order.state.label
    return label[0].lower() + label[1:]


def _lines(left: Left, verb: str) -> list[str]:
    lines = [f"{order.number} was not {verb}. {why}" for order, why in left[:NAMED]]
    more = len(left) - NAMED
    return [*lines, f"and {count_orders(more)} more"] if more > 0 else lines
