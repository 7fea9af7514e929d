"""Looking over what is to be shipped and closed, before anything is stored.

An error stops all of it. A warning is what is most often a slip and may be right: a person confirms it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from carts.marketplaces.values import OrderState
from orders.models import Order
from shipping.carriers.tracking_numbers import doubt
from shipping.close.ship_and_close import Closing
from shipping.models import Package
from shipping.shipments import shipped_packages
from shipping.shipments.shipped_packages import Opening, Parcel

AHEAD = timedelta(days=1)  # a ship date so far in the future is a slip of the pen
REMEMBERED = timedelta(days=120)  # carriers use their numbers again after that
REQUIRED = {"carrier": "carrier", "scac": "SCAC", "service": "service", "tracking_number": "tracking number"}


@dataclass(frozen=True, slots=True)
class ShippingProblem:
    """Why an order cannot be shipped as said: the field, and a sentence without the order's number."""

    order: Order
    field: str
    message: str
    parcel: int = 0  # which of the order's packages, from 0
    line: int | None = None
    warning: bool = False


def preflight(closings: Sequence[Closing], *, now: datetime) -> list[ShippingProblem]:
    """Return everything that is wrong or odd, so that nothing is stored before all is right.

    What was shipped just so before is passed over: a form that is sent twice does no harm and shows no alarm.
    """
    known = shipped_packages.known_numbers([closing.order for closing in closings])
    new = [closing for closing in closings if not sent(closing, known)]
    openings = shipped_packages.openings([closing.order for closing in new])
    problems: list[ShippingProblem] = []
    for closing in new:
        problems += _of_order(closing, now)
        problems += _of_quantities(closing, openings[closing.order.pk], known)
        for place, parcel in enumerate(closing.parcels):
            problems += _of_parcel(closing.order, place, parcel)
    return problems + list(_said_twice(closings)) + list(_used_before(new, now))


def sent(closing: Closing, known: set[tuple[int, str]]) -> bool:
    return all((closing.order.pk, parcel.tracking_number) in known for parcel in closing.parcels)


def _of_order(closing: Closing, now: datetime) -> Iterator[ShippingProblem]:
    order = closing.order
    if not order.is_at_warehouse:
        why = order.reason or f"it is {order.state.label.lower()}"
        yield ShippingProblem(order, "order", f"It can't be shipped: {why.rstrip('.')}.")
    elif why := _not_released(order):
        yield ShippingProblem(order, "order", why, warning=order.state_there != OrderState.PENDING)
    if closing.shipped_at > now + AHEAD:
        yield ShippingProblem(order, "shipped_at", "The ship date is in the future.")
    if closing.shipped_at.date() < order.placed_at.date():
        yield ShippingProblem(order, "shipped_at", "The ship date is before the purchase.")


def _not_released(order: Order) -> str:
    """Return what the cart says of an order that it does not release any more; a person may know better."""
    if order.state_there not in (OrderState.PENDING, OrderState.UNFULFILLABLE, OrderState.UNKNOWN):
        return ""
    said = order.native_state or "nothing"
    return f"{order.cart.place.name} says “{said}”: it won't accept tracking until it releases the order."


def _of_parcel(order: Order, place: int, parcel: Parcel) -> Iterator[ShippingProblem]:
    for field, name in REQUIRED.items():
        if not getattr(parcel, field).strip():
            yield ShippingProblem(order, field, f"The {name} is missing.", place)
    if odd := doubt(parcel.tracking_number, carrier=parcel.carrier, scac=parcel.scac):
        yield ShippingProblem(order, "tracking_number", odd, place, warning=True)


def _of_quantities(
    closing: Closing, openings: Mapping[int, Opening], known: set[tuple[int, str]]
) -> Iterator[ShippingProblem]:
    """Say where more would be shipped than is open, package after package, and which package is empty."""
    order, left = closing.order, {pk: opening.units for pk, opening in openings.items()}
    if not order.is_at_warehouse:
        return
    for place, parcel in enumerate(closing.parcels):
        if (order.pk, parcel.tracking_number) in known:
            continue
        wanted = left if parcel.quantities is None else parcel.quantities
        taken = {pk: units for pk, units in wanted.items() if units > 0}
        if not taken:
            yield ShippingProblem(order, "units", _empty(parcel, alone=len(closing.parcels) == 1), place)
        for pk, units in taken.items():
            if pk not in left:
                yield ShippingProblem(order, "units", "This line is not part of the order.", place)
            elif units > left[pk]:
                sku = openings[pk].line.sku
                yield ShippingProblem(
                    order, "units", f"{units} of {sku} is more than the {left[pk]} still open.", place, pk
                )
        left = {pk: max(0, units - taken.get(pk, 0)) for pk, units in left.items()}


def _empty(parcel: Parcel, *, alone: bool) -> str:
    if parcel.quantities is not None:
        return "Enter what is in this package."
    return "Everything in this order has already been shipped." if alone else "Nothing is left for this package."


def _said_twice(closings: Sequence[Closing]) -> Iterator[ShippingProblem]:
    """Say which tracking numbers were said before: most often one scanned twice."""
    stands_on: dict[str, Order] = {}
    for closing in closings:
        for place, parcel in enumerate(closing.parcels):
            number = parcel.tracking_number.strip().upper()
            if number in stands_on:
                message = f"This tracking number is already used for {stands_on[number]}."
                yield ShippingProblem(closing.order, "tracking_number", message, place)
            elif number:
                stands_on[number] = closing.order


def _used_before(closings: Sequence[Closing], now: datetime) -> Iterator[ShippingProblem]:
    """Say which tracking numbers another order of the organization went with, not long ago."""
    parcels = [(closing.order, place, each) for closing in closings for place, each in enumerate(closing.parcels)]
    used = _uses([order for order, _, _ in parcels], [parcel.tracking_number for _, _, parcel in parcels], now)
    for order, place, parcel in parcels:
        others = [each for each in used.get(parcel.tracking_number.strip().upper(), []) if each != order]
        if others:
            message = f"Order {others[0]} was shipped with this tracking number."
            yield ShippingProblem(order, "tracking_number", message, place, warning=True)


def _uses(orders: Sequence[Order], numbers: Sequence[str], now: datetime) -> dict[str, list[Order]]:
    """Return tracking number in capitals: the orders that went with it, the latest first."""
    said = {number.strip() for number in numbers} - {""}
    if not said:
        return {}
    packages = Package.objects.filter(
        organization__in={order.organization_id for order in orders},
        tracking_number__in=said | {number.upper() for number in said},
        shipment__created_at__gte=now - REMEMBERED,
    )
    used: dict[str, list[Order]] = {}
    for package in packages.select_related("order").order_by("-pk"):
        used.setdefault(package.tracking_number.upper(), []).append(package.order)
    return used


def doubts(order: Order, parcel: Parcel, *, now: datetime) -> list[str]:
    """Return what is odd about the tracking of one package, as sentences."""
    odd = doubt(parcel.tracking_number, carrier=parcel.carrier, scac=parcel.scac)
    used = _uses([order], [parcel.tracking_number], now).get(parcel.tracking_number.strip().upper(), [])
    others = [f"Order {each} was shipped with this tracking number." for each in used if each != order][:1]
    return [odd, *others] if odd else others
