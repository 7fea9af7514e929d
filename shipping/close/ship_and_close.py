"""Ship and Close: staff say what was shipped. Everything is looked at (preflighting) before anything is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.accounts.models import User
from orders.models import Order
from shipping.close.additional_charges import ChargeShare
from shipping.shipments import shipped_packages
from shipping.shipments.shipped_packages import NotShippable, Parcel


@dataclass(frozen=True, slots=True)
class Closing:
    """One order to be shipped and closed."""

    order: Order
    parcels: Sequence[Parcel]
    shipped_at: datetime
    charges: Sequence[ChargeShare] = ()
    seen_open: int | None = None  # units, when whoever ships it looked


@dataclass(frozen=True, slots=True)
class Closed:
    """What became of it: nothing but what is said here."""

    order: Order
    shipped: bool  # also when it was shipped just so before
    message: str
    again: bool = False  # nothing was new about it
    rest: bool = False  # something is still to be shipped


def ship_and_close(closings: Sequence[Closing], *, by: User, now: datetime) -> list[Closed]:
    """Store each order's shipment and its charges, all or nothing per order. Run preflight first."""
    return [_close(each, by=by, now=now) for each in closings]


def _close(closing: Closing, *, by: User, now: datetime) -> Closed:
    order = closing.order
    try:
        stored = shipped_packages.store_shipment(
            order,
            closing.parcels,
            shipped_at=closing.shipped_at,
            by=by,
            now=now,
            charges=closing.charges,
            seen_open=closing.seen_open,
        )
    except NotShippable as error:
        uncharged = " Nothing was charged for it." if closing.charges else ""
        return Closed(order, False, f"{error}{uncharged}")
    order.refresh_from_db(fields=["status", "reason"])
    rest = order.is_at_warehouse
    left = f" {order.reason}." if rest else ""
    if stored is None:
        return Closed(order, True, f"This was already shipped.{left}", again=True, rest=rest)
    said = "Partly shipped." if rest else "Shipped."
    return Closed(order, True, f"{said}{left} The tracking is on its way to the cart.", rest=rest)
