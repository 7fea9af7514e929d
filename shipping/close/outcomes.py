"""What became of the orders of a batch by now: not what was hoped when the button was pressed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from carts.models import Cart
from core.common.errands import ErrandState
from orders.models import Order
from shipping.models import BatchedOrder, BatchResult, Confirmation

ON_ITS_WAY = ("Tracking on its way", "busy")
CONFIRMED = ("Confirmed", "good")
REFUSED = ("Refused", "bad")
UNAUTHORIZED = ("Waits for the seller's authorization", "warn")
STOPPED = ("Waits for the cart", "warn")
WAITING = ("Waiting", "calm")
NOT_SHIPPED = ("Not shipped", "bad")
SHIPPED = ("Shipped", "good")
TO_BE_FETCHED = ("Waits for the client", "calm")


@dataclass(frozen=True, slots=True)
class OrderOutcome:
    """An order of a batch: a word and a tone, a sentence, and what it went by."""

    order: Order
    pill: tuple[str, str]
    message: str
    packages: Sequence[str]


def outcomes(rows: Sequence[BatchedOrder]) -> list[OrderOutcome]:
    """Return what became of each, its order with its cart and its grant at hand: one query for all of them."""
    told: dict[int, list[tuple[str, str]]] = {row.order_id: [] for row in rows}
    found = Confirmation.objects.filter(package__order__in=list(told)).order_by("pk")
    for order_id, state, error in found.values_list("package__order", "state", "last_error"):
        told[order_id].append((state, error))
    return [_outcome(row, told[row.order_id]) for row in rows]


def _outcome(row: BatchedOrder, told: Iterable[tuple[str, str]]) -> OrderOutcome:
    parcels = row.closing["parcels"]
    packages = [" ".join(filter(None, (p["carrier"], p["service"], p["tracking_number"]))) for p in parcels]
    if row.result == BatchResult.WAITING:
        return OrderOutcome(row.order, WAITING, "Its turn has not come yet.", packages)
    if row.result == BatchResult.FAILED:
        return OrderOutcome(row.order, NOT_SHIPPED, row.message, packages)
    pill, more = _progress(row.order.cart, dict(told))
    return OrderOutcome(row.order, pill, f"{row.message} {more}".strip(), packages)


def _progress(cart: Cart, told: dict[str, str]) -> tuple[tuple[str, str], str]:
    """Return where its tracking is, by what is owed to the cart, and what is said about it."""
    place = cart.place.name
    refused = [told[state] for state in (ErrandState.STUCK, ErrandState.DROPPED) if state in told]
    if refused:
        taken = " It took the other packages." if ErrandState.DONE in told else ""
        return REFUSED, f"{place} refused its tracking: {refused[0]}{taken}"
    owed = [told[state] for state in (ErrandState.DUE, ErrandState.RUNNING) if state in told]
    if not owed:
        return (CONFIRMED, f"{place} has its tracking.") if ErrandState.DONE in told else (SHIPPED, "")
    if not cart.is_authorized:
        return UNAUTHORIZED, f"{place} gets its tracking as soon as the seller has authorized us again."
    if cart.state != Cart.State.LIVE or not cart.shipments_on:
        what = f"is {cart.get_state_display().lower()}" if cart.state != Cart.State.LIVE else "uploads no shipments"
        return STOPPED, f"{cart.name} {what}: its tracking waits until that is changed."
    if cart.is_pushed:
        return TO_BE_FETCHED, f"{cart.name} gets its tracking when its own client fetches it."
    return ON_ITS_WAY, f"Not taken yet, it is tried again: {owed[0]}" if owed[0] else ""
