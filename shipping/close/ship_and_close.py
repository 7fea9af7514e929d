"""Ship and Close: staff say what was shipped. Everything is looked at (preflighting) before anything is stored."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from core.accounts.models import User
from orders.models import Order
from shipping.close.additional_charges import ChargeShare
from shipping.shipments import shipped_packages
from shipping.shipments.shipped_packages import NotShippable, Parcel

WHOLLY = "Shipped."  # what is said of an order nothing is left of


@dataclass(frozen=True, slots=True)
class Closing:
    """One order to be shipped and closed."""

    order: Order
    parcels: Sequence[Parcel]
    shipped_at: datetime
    charges: Sequence[ChargeShare] = ()
    seen_open: int | None = None  # units, when whoever ships it looked
    part: int | None = None  # of a split order: the release whose part it is


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
    return [close_order(each, by=by, now=now) for each in closings]


def close_order(
    closing: Closing, *, by: User, now: datetime, keep: Callable[[Closed], None] = lambda _: None
) -> Closed:
    """Store one order's shipment and its charges, all or nothing.

    ``keep`` writes down what became of it, in the same transaction: what it raises takes the shipment back.
    """
    try:
        with transaction.atomic(durable=True):
            # Locked: the units of all packages must not exceed what was ordered.
            order = Order.objects.locked(closing.order.pk)
            stored = shipped_packages.store_of_locked(
                order,
                closing.parcels,
                shipped_at=closing.shipped_at,
                by=by,
                now=now,
                charges=closing.charges,
                seen_open=closing.seen_open,
                part=closing.part,
            )
            order.refresh_from_db(fields=["status", "reason"])
            closed = _told(order, stored is None)
            keep(closed)
    except NotShippable as error:
        uncharged = " Nothing was charged for it." if closing.charges else ""
        closed = Closed(closing.order, False, f"{error}{uncharged}")
        keep(closed)
    return closed


def _told(order: Order, again: bool) -> Closed:
    rest = order.can_be_packed
    left = f" {order.reason}." if rest else ""
    if again:
        return Closed(order, True, f"This was already shipped.{left}", again=True, rest=rest)
    said = "Partly shipped." if rest else WHOLLY
    return Closed(order, True, f"{said}{left}", rest=rest)
