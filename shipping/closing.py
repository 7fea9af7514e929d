"""Ship and Close: staff say what was shipped. Everything is looked at before anything is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from integration_manager.accounts.models import User
from orders.models import Order, OrderStatus
from shipping import tracking
from shipping.tracking import NotShippable, Parcel

AHEAD = timedelta(days=1)  # a ship date so far in the future is a slip of the pen


@dataclass(frozen=True, slots=True)
class Closing:
    """One order to be shipped and closed."""

    order: Order
    parcels: Sequence[Parcel]
    shipped_at: datetime


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an order cannot be shipped as said: the field, and a sentence without the order's number."""

    order: Order
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Closed:
    order: Order
    shipped: bool
    message: str


REQUIRED = {"carrier": "carrier", "scac": "SCAC", "service": "service", "tracking_number": "tracking number"}


def preflight(closings: Sequence[Closing], *, now: datetime) -> list[Problem]:
    """Return everything that is wrong, so that nothing is stored before all is right."""
    problems = []
    for closing in closings:
        order = closing.order
        if order.status != OrderStatus.AT_WMS:
            why = order.reason or f"it is {order.state.label.lower()}"
            problems.append(Problem(order, "order", f"It cannot be shipped: {why.rstrip('.')}."))
        for parcel in closing.parcels:
            problems += [
                Problem(order, field, f"The {name} is missing.")
                for field, name in REQUIRED.items()
                if not getattr(parcel, field).strip()
            ]
        if closing.shipped_at > now + AHEAD:
            problems.append(Problem(order, "shipped_at", "The ship date is in the future."))
        if closing.shipped_at.date() < order.placed_at.date():
            problems.append(Problem(order, "shipped_at", "The ship date is before the purchase."))
    return problems + _said_twice(closings)


def _said_twice(closings: Sequence[Closing]) -> list[Problem]:
    """Return a problem for each tracking number that was said before: most often one scanned twice."""
    problems = []
    stands_on: dict[str, Order] = {}
    for closing in closings:
        for parcel in closing.parcels:
            number = parcel.tracking_number.strip().upper()
            if number in stands_on:
                message = f"This tracking number stands on {stands_on[number]} already."
                problems.append(Problem(closing.order, "tracking_number", message))
            elif number:
                stands_on[number] = closing.order
    return problems


def ship_and_close(closings: Sequence[Closing], *, by: User, now: datetime) -> list[Closed]:
    """Store each order's shipment, all or nothing per order. Run preflight first."""
    results = []
    for closing in closings:
        order = closing.order
        try:
            stored = tracking.store_shipment(order, closing.parcels, shipped_at=closing.shipped_at, by=by, now=now)
        except NotShippable as error:
            results.append(Closed(order, False, str(error)))
            continue
        message = "Shipped. The tracking is on its way to the cart." if stored else "This was already shipped."
        results.append(Closed(order, True, message))
    return results
