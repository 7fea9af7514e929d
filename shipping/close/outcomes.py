"""What became of the orders of a batch by now: not what was hoped when the button was pressed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from carts.models import Cart
from core.accounts.access import Access
from core.alerts.models import Alert
from core.common.errands import ErrandState
from orders.models import Order
from shipping.close.ship_and_close import WHOLLY
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
    alert_id: int | None = None  # the newest of those open about it


@dataclass(frozen=True, slots=True)
class CarrierTotal:
    """How many packages a carrier got, and how many of them by each of its services."""

    carrier: str
    packages: int
    services: Sequence[tuple[str, int]]


def outcomes(rows: Sequence[BatchedOrder], access: Access) -> list[OrderOutcome]:
    """Return what became of each, its order with its cart and its grant at hand: two queries for all of them."""
    told: dict[int, list[tuple[str, str]]] = {row.order_id: [] for row in rows}
    found = Confirmation.objects.filter(package__order__in=list(told)).order_by("pk")
    for order_id, state, error in found.values_list("package__order", "state", "last_error"):
        told[order_id].append((state, error))
    alerts = Alert.objects.visible_to(access).calling().filter(subject_kind="order", subject_id__in=list(told))
    alert_of = dict(alerts.order_by("pk").values_list("subject_id", "pk"))
    return [_outcome(row, told[row.order_id], alert_of.get(row.order_id)) for row in rows]


def totals(parcels_of_orders: Iterable[Sequence[Mapping[str, Any]]]) -> list[CarrierTotal]:
    """Return what each carrier gets, the most first. ``parcels_of_orders`` are as a batch keeps them."""
    parcels = [parcel for parcels in parcels_of_orders for parcel in parcels]
    by_carrier = Counter(parcel["carrier"] for parcel in parcels)
    by_service = Counter((parcel["carrier"], parcel["service"]) for parcel in parcels)
    return [
        CarrierTotal(carrier, count, [(name, n) for (of, name), n in by_service.most_common() if of == carrier])
        for carrier, count in by_carrier.most_common()
    ]


def _outcome(row: BatchedOrder, told: Iterable[tuple[str, str]], alert_id: int | None) -> OrderOutcome:
    parcels = row.closing["parcels"]
    packages = [" ".join(filter(None, (p["carrier"], p["service"], p["tracking_number"]))) for p in parcels]
    if row.result == BatchResult.WAITING:
        return OrderOutcome(row.order, WAITING, "Its turn has not come yet.", packages)
    if row.result == BatchResult.FAILED:
        return OrderOutcome(row.order, NOT_SHIPPED, row.message, packages, alert_id)
    pill, more = _progress(row.order.cart, dict(told))
    said = "" if row.message == WHOLLY else row.message  # what the page says of all of them is not said of each
    return OrderOutcome(row.order, pill, f"{said} {more}".strip(), packages, alert_id)


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
