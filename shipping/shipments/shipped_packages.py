"""Shipping Confirmations: what the warehouse shipped, package by package, and owing it to the cart."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Sum
from django.utils.translation import ngettext

from core.accounts.models import User
from core.activity.event_log import record
from core.activity.models import Event
from orders.models import Line, Order, OrderStatus
from orders.statuses import BOUND_FOR_WAREHOUSE
from shipping.close import additional_charges
from shipping.close.additional_charges import ChargeShare
from shipping.models import Confirmation, Package, PackageLine, Shipment, deadline, open_units
from shipping.routing import warehouse_of


@dataclass(frozen=True, slots=True)
class Parcel:
    """One package as somebody says it was shipped."""

    carrier: str
    scac: str
    service: str
    tracking_number: str
    quantities: Mapping[int, int] | None = None  # line id: units; None is everything still open
    codes: Mapping[int, Sequence[str]] = field(default_factory=dict)  # line id: of each unit, where they have some


class NotShippable(Exception):
    """Nothing was stored. The message says why."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A line, and how many units of it are still to be shipped."""

    line: Line
    units: int


def packed_units(order: Order) -> dict[int, int]:
    """Return line id: units in our packages."""
    return _packed([order])


def _packed(orders: Iterable[Order]) -> dict[int, int]:
    packed = PackageLine.objects.filter(package__order__in=[order.pk for order in orders])
    return dict(packed.values_list("line").annotate(units=Sum("quantity")).values_list("line", "units"))


def openings(orders: Collection[Order]) -> dict[int, dict[int, Opening]]:
    """Return order id: line id: what is still open of it, all lines."""
    found: dict[int, dict[int, Opening]] = {order.pk: {} for order in orders}
    packed = _packed(orders)
    for line in Line.objects.filter(order__in=list(found)).order_by("order", "pk"):
        found[line.order_id][line.pk] = Opening(line, open_units(line, packed.get(line.pk, 0)))
    return found


def known_numbers(orders: Iterable[Order]) -> set[tuple[int, str]]:
    """Return (order id, tracking number) of what was shipped already."""
    packages = Package.objects.filter(order__in=[order.pk for order in orders])
    return set(packages.values_list("order", "tracking_number"))


def _numbers(order: Order, *, reported: bool) -> set[str]:
    """Return the tracking numbers an order has. A warehouse goes on reporting one that a person corrected here."""
    known = {number for _, number in known_numbers([order])}
    if reported and known:
        corrected = Event.objects.filter(subject_kind="order", subject_id=order.pk, kind="package.corrected")
        known |= {str(old) for old in corrected.values_list("details__old", flat=True)}
    return known


def store_shipment(
    order: Order,
    parcels: Sequence[Parcel],
    *,
    shipped_at: datetime,
    by: User | None,
    now: datetime,
    charges: Sequence[ChargeShare] = (),
) -> Shipment | None:
    """Store what was shipped, with what is charged for it, and owe its tracking to the cart.

    A package known by its tracking number is not stored again: None when all were known, and then nothing is charged.
    Raises NotShippable when more would be shipped than is open.
    """
    with transaction.atomic(durable=True):
        # Locked: the units of all packages must not exceed what was ordered.
        order = Order.objects.locked(order.pk)
        known = _numbers(order, reported=by is None)
        new = [parcel for parcel in parcels if parcel.tracking_number not in known]
        if not new:
            return None
        if order.status not in BOUND_FOR_WAREHOUSE:
            why = order.reason or "it is not at the warehouse"
            raise NotShippable(f"{order.number} is {order.state.label.lower()}: {why}.")
        warehouse = warehouse_of(order)
        shipment = Shipment.objects.create(
            organization_id=order.organization_id,
            merchant_id=order.merchant_id,
            order=order,
            warehouse=warehouse,
            shipped_at=shipped_at,
            by=by,
            created_at=now,
        )
        # What staff ship here is told at once; what a warehouse system reports, at the cart's next turn.
        turn = order.cart.shipments_due_at if warehouse.system.remote else None
        left = _pack(order, shipment, new, due_at=max(now, turn or now), now=now)
        _tell(order, new, left, by=by, now=now)
        additional_charges.charge(order, charges, by=by, now=now)
    return shipment


def _pack(order: Order, shipment: Shipment, parcels: Sequence[Parcel], *, due_at: datetime, now: datetime) -> int:
    """Store the packages with their lines and confirmations. Returns how many units are still open."""
    lines = {line.pk: line for line in order.lines.all()}
    packed = packed_units(order)
    left = {pk: open_units(line, packed.get(pk, 0)) for pk, line in lines.items()}
    last = Package.objects.filter(order=order).aggregate(last=Max("number"))["last"] or 0
    owner = {"organization_id": order.organization_id, "merchant_id": order.merchant_id}
    for number, parcel in enumerate(parcels, start=last + 1):
        quantities = _take(order, lines, left, parcel)
        package = Package.objects.create(
            **owner,
            shipment=shipment,
            order=order,
            number=number,
            carrier=parcel.carrier,
            scac=parcel.scac,
            service=parcel.service,
            tracking_number=parcel.tracking_number,
        )
        PackageLine.objects.bulk_create(
            PackageLine(
                organization_id=order.organization_id,
                package=package,
                line=lines[pk],
                quantity=units,
                codes=list(parcel.codes.get(pk, ())) or None,
            )
            for pk, units in quantities.items()
        )
        Confirmation.objects.create(
            **owner, package=package, cart_id=order.cart_id, due_at=due_at, due_by=deadline(order, now)
        )
    return sum(left.values())


def _take(order: Order, lines: Mapping[int, Line], left: dict[int, int], parcel: Parcel) -> dict[int, int]:
    wanted = left if parcel.quantities is None else parcel.quantities
    quantities = {pk: units for pk, units in wanted.items() if units}
    if not quantities:
        raise NotShippable(f"{order.number}: nothing is left to ship in package {parcel.tracking_number}.")
    for pk, units in quantities.items():
        if pk not in lines or units < 0 or units > left[pk]:
            sku, are = (lines[pk].sku, left[pk]) if pk in lines else ("?", 0)
            raise NotShippable(f"{order.number}: {units} of {sku} is more than the {are} still open.")
    for pk, units in quantities.items():
        left[pk] -= units
    return quantities


def still_open(units: int) -> str:
    return ngettext("{count} unit still to be shipped", "{count} units still to be shipped", units).format(count=units)


def _tell(order: Order, parcels: Sequence[Parcel], left: int, *, by: User | None, now: datetime) -> None:
    first = parcels[0]
    if left:
        Order.objects.filter(pk=order.pk).update(reason=still_open(left))
    else:
        reason = f"{first.carrier} {first.tracking_number}"
        order.advance(frm=BOUND_FOR_WAREHOUSE, to=OrderStatus.SHIPPED, now=now, reason=reason)
    for parcel in parcels:
        record(
            "order.shipped",
            order,
            now=now,
            actor=by,
            carrier=parcel.carrier,
            service=parcel.service,
            tracking=parcel.tracking_number,
            left=left,
        )
