"""Shipping Confirmations: what the warehouse shipped, package by package, and owing it to the cart."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import ngettext

from core.accounts.models import User
from core.activity.event_log import event, record_all
from core.activity.models import Event
from core.common import bulk_insert
from core.common.kept_statements import KeptStatement
from core.common.typed_signs import bare
from orders.models import Line, Order, OrderStatus
from orders.statuses import BOUND_FOR_WAREHOUSE
from shipping.carriers.labels import tracking_form
from shipping.close import additional_charges
from shipping.close.additional_charges import ChargeShare
from shipping.delivery import part_states
from shipping.models import (
    NO_NUMBER,
    Confirmation,
    Package,
    PackageLine,
    Release,
    Shipment,
    Warehouse,
    deadline,
    open_units,
)
from shipping.routing import warehouse_of
from shipping.shipments import release_parts
from shipping.shipments.others_packages import PackageOwnership, others_units, ownerships
from shipping.shipments.release_parts import Opening

LINES = KeptStatement(lambda order_ids: Line.objects.filter(order__in=order_ids).order_by("order", "pk"))
FORMER = KeptStatement(
    lambda order_id: Event.objects.filter(
        subject_kind="order", subject_id=order_id, kind__in=("package.corrected", "package.withdrawn")
    ).values_list("kind", "details")
)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One package as somebody says it was shipped. However it is said, its number is in its carrier's form."""

    carrier: str
    scac: str
    service: str
    tracking_number: str
    quantities: Mapping[int, int] | None = None  # line id: units; None is everything still open
    untracked: str = ""  # why it has no tracking number, one of Untracked
    codes: Mapping[int, Sequence[str]] = field(default_factory=dict)  # line id: of each unit, where they have some

    @property
    def name(self) -> str:
        """What stands for its tracking number in sentences."""
        return self.tracking_number or NO_NUMBER

    def __post_init__(self) -> None:
        number = tracking_form(self.tracking_number, carrier=self.carrier, scac=self.scac)
        object.__setattr__(self, "tracking_number", number)
        object.__setattr__(self, "scac", bare(self.scac))


class NotShippable(Exception):
    """Nothing was stored. The message says why."""


def packed_units(order: Order) -> dict[int, int]:
    """Return line id: units in our packages."""
    return _packed([order])


def _packed(orders: Iterable[Order]) -> dict[int, int]:
    ids = [order.pk for order in orders]
    if not ids:
        return {}
    packed = PackageLine.objects.filter(package__order__in=ids)
    return dict(packed.values_list("line").annotate(units=Sum("quantity")).values_list("line", "units"))


def openings(
    orders: Collection[Order], *, owners: Mapping[int, PackageOwnership] | None = None
) -> dict[int, dict[int, Opening]]:
    """Return order id: line id: what is still open of it, all lines. ``owners`` are whose packages there are."""
    found: dict[int, dict[int, Opening]] = {order.pk: {} for order in orders}
    lines = LINES.rows(list(found))
    owners = ownerships(orders) if owners is None else owners
    packed = _packed([order for order in orders if owners[order.pk].ours])
    others = others_units(orders, owners=owners, lines=lines)
    for line in lines:
        found[line.order_id][line.pk] = Opening(line, open_units(line, packed.get(line.pk, 0), others.get(line.pk, 0)))
    return found


def openings_at_desk(
    orders: Collection[Order], chosen: Mapping[int, int] | None = None
) -> tuple[dict[int, Mapping[int, Opening]], dict[int, Release]]:
    """Return the same as people ship it: of split orders one part, that is returned by the order's id, too.

    ``chosen``: by the order's id, the release whose part somebody wants to ship.
    """
    opened = openings(orders)
    parts = release_parts.at_desk(orders, opened, chosen)
    own = release_parts.opened_for(parts.values(), opened)
    return {**opened, **{pk: own[part.pk] for pk, part in parts.items()}}, parts


def units_left(order: Order) -> int:
    """Return how many units of an order are still to be shipped from here."""
    return sum(opening.units for opening in openings([order])[order.pk].values())


def known_numbers(orders: Iterable[Order]) -> set[tuple[int, str]]:
    """Return (order id, tracking number) of what was shipped already."""
    packages = Package.objects.filter(order__in=[order.pk for order in orders]).exclude(tracking_number="")
    return set(packages.values_list("order", "tracking_number"))


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an order is: whose packages there are, what is open of it, and its tracking numbers."""

    owner: PackageOwnership
    opened: Mapping[int, Opening]
    numbers: Collection[str]
    former: Collection[str]  # what a person corrected or withdrew: a warehouse goes on reporting it
    elsewhere: int = 0  # units that other warehouses are to ship, of a split order
    part: Release | None = None  # of a split order


def standing(order: Order, *, reported: bool, part: Release | None = None) -> Standing:
    """Look how far an order is: so it stays while it is locked. ``reported``: by its warehouse, not by a person.

    ``part``: of a split order, the part that is shipped.
    """
    owners = ownerships([order])
    numbers = {number for _, number in known_numbers([order])} if owners[order.pk].ours else set()
    opened = openings([order], owners=owners)[order.pk]
    former = _former_numbers(order) if reported else ()
    if part is None or not part.part:
        return Standing(owners[order.pk], opened, numbers, former)
    own = release_parts.mine(part, opened)
    elsewhere = _units(opened) - _units(own)
    return Standing(owners[order.pk], own, numbers, former, elsewhere, part)


def _units(opened: Mapping[int, Opening]) -> int:
    return sum(opening.units for opening in opened.values())


def part_at_desk(order: Order, chosen: int | None) -> Release | None:
    """Return which part of a split order people ship; None of one that is not split."""
    if not order.parts:
        return None
    choice = {order.pk: chosen} if chosen else {}
    return release_parts.at_desk([order], openings([order]), choice).get(order.pk)


def _former_numbers(order: Order) -> set[str]:
    known: set[str] = set()
    for kind, details in FORMER.rows(order.pk):
        old = str(details.get("old" if kind == "package.corrected" else "tracking"))
        known |= {old, tracking_form(old, carrier=str(details.get("carrier") or ""))}  # some are older than the form
    return known


def store_shipment(
    order: Order,
    parcels: Sequence[Parcel],
    *,
    shipped_at: datetime,
    by: User | None,
    now: datetime,
    charges: Sequence[ChargeShare] = (),
    seen_open: int | None = None,
    part: int | None = None,
) -> Shipment | None:
    """Store what was shipped, with what is charged for it, and owe its tracking to the cart: all of it or nothing.

    A package known by its tracking number is not stored again: None when all were known, and then nothing is charged.
    Nothing tells an untracked one from another, so it is stored only while as many units are open as whoever ships it
    saw (``seen_open``). ``part`` is the release whose part of a split order it is. Raises NotShippable for that, and
    when more would be shipped than is open.
    """
    with transaction.atomic(durable=True):
        # Locked: the units of all packages must not exceed what was ordered.
        order = Order.objects.locked(order.pk)
        return store_of_locked(
            order, parcels, shipped_at=shipped_at, by=by, now=now, charges=charges, seen_open=seen_open, part=part
        )


def store_of_locked(
    order: Order,
    parcels: Sequence[Parcel],
    *,
    shipped_at: datetime,
    by: User | None,
    now: datetime,
    charges: Sequence[ChargeShare] = (),
    seen_open: int | None = None,
    warehouse: Warehouse | None = None,
    stands: Standing | None = None,
    part: int | None = None,
) -> Shipment | None:
    """Do what ``store_shipment`` does, in the transaction of a caller that has locked the order.

    ``warehouse`` is the one that has the order, and ``stands`` how far it is, where the caller has looked since it
    locked it. Nothing is written before all of it is found right: a caller may go on when NotShippable is raised.
    """
    if stands is None:
        at_desk = part_at_desk(order, part)
        warehouse = at_desk.warehouse if at_desk is not None else warehouse
        stands = standing(order, reported=by is None, part=at_desk)
    new = [parcel for parcel in parcels if parcel.tracking_number not in {*stands.numbers, *stands.former}]
    if not new:
        return None
    if not can_ship(order):
        why = order.reason or "it is not at the warehouse"
        raise NotShippable(f"{order.number} is {order.state.label.lower()}: {why}.")
    if any(not parcel.tracking_number for parcel in new):
        _refuse_unseen(order, seen_open, stands)
    left = {pk: opening.units for pk, opening in stands.opened.items()}
    taken = [_take(order, stands.opened, left, parcel) for parcel in new]
    warehouse = warehouse or warehouse_of(order)
    shipment = Shipment(
        organization_id=order.organization_id,
        merchant_id=order.merchant_id,
        order=order,
        warehouse=warehouse,
        shipped_at=shipped_at,
        by=by,
        created_at=now,
    )
    bulk_insert.insert([shipment], keyed=True)
    _pack(shipment, new, taken, stands, now=now)
    if stands.part is not None and not any(left.values()):
        part_states.end(stands.part, order, "It is shipped.", now=now)
    _tell(order, new, sum(left.values()) + stands.elsewhere, by=by, now=now)
    additional_charges.charge(order, charges, by=by, now=now)
    return shipment


def can_ship(order: Order) -> bool:
    """Whether a warehouse may ship of it: also a part of which another warehouse refused its own."""
    return order.status in BOUND_FOR_WAREHOUSE or order.is_refused_in_part


def _refuse_unseen(order: Order, seen_open: int | None, stands: Standing) -> None:
    open_now = sum(opening.units for opening in stands.opened.values())
    if seen_open is not None and seen_open != open_now:
        raise NotShippable(f"{order.number}: part of it was shipped in the meantime. Check what is still open.")


def _pack(
    shipment: Shipment,
    parcels: Sequence[Parcel],
    taken: Sequence[Mapping[int, int]],
    stands: Standing,
    *,
    now: datetime,
) -> None:
    """Store the packages with what was ``taken`` into each, and their confirmations."""
    order = shipment.order
    owner = {"organization_id": order.organization_id, "merchant_id": order.merchant_id}
    packages = [
        Package(
            **owner,
            shipment_id=shipment.pk,
            order_id=order.pk,
            number=number,
            carrier=parcel.carrier,
            scac=parcel.scac,
            service=parcel.service,
            tracking_number=parcel.tracking_number,
            untracked="" if parcel.tracking_number else parcel.untracked,
        )
        for number, parcel in zip(stands.owner.free_numbers(), parcels, strict=False)
    ]
    bulk_insert.insert(packages, keyed=True)
    lines = [
        PackageLine(
            organization_id=order.organization_id,
            package_id=package.pk,
            line_id=pk,
            quantity=units,
            codes=list(parcel.codes.get(pk, ())) or None,
        )
        for package, parcel, quantities in zip(packages, parcels, taken, strict=True)
        for pk, units in quantities.items()
    ]
    bulk_insert.insert(lines)
    due_by = deadline(order, now)
    bulk_insert.insert(
        [
            Confirmation(**owner, package_id=package.pk, cart_id=order.cart_id, due_at=now, due_by=due_by)
            for package in packages
        ]
    )


def _take(order: Order, opened: Mapping[int, Opening], left: dict[int, int], parcel: Parcel) -> dict[int, int]:
    """Take what is in a package from what is ``left``. Raises NotShippable."""
    wanted = left if parcel.quantities is None else parcel.quantities
    quantities = {pk: units for pk, units in wanted.items() if units}
    if not quantities:
        raise NotShippable(f"{order.number}: nothing is left to ship in package {parcel.name}.")
    for pk, units in quantities.items():
        if pk not in opened or units < 0 or units > left[pk]:
            sku, are = (opened[pk].line.sku, left[pk]) if pk in opened else ("?", 0)
            raise NotShippable(f"{order.number}: {units} of {sku} is more than the {are} still open.")
    for pk, units in quantities.items():
        left[pk] -= units
    return quantities


def still_open(units: int) -> str:
    return ngettext("{count} unit still to be shipped", "{count} units still to be shipped", units).format(count=units)


def _tell(order: Order, parcels: Sequence[Parcel], left: int, *, by: User | None, now: datetime) -> None:
    first = parcels[0]
    if left and not order.is_refused_in_part:  # else the reason is what a person has to see to
        Order.objects.filter(pk=order.pk).update(reason=still_open(left))
    elif not left:
        if order.is_refused_in_part:  # what was refused is not wanted by now
            order.advance(frm=[OrderStatus.ERROR], to=OrderStatus.AT_WMS, now=now)
        reason = f"{first.carrier} {first.name}"
        order.advance(frm=BOUND_FOR_WAREHOUSE, to=OrderStatus.SHIPPED, now=now, reason=reason)
    record_all(
        event(
            "order.shipped",
            order,
            now=now,
            actor=by,
            carrier=parcel.carrier,
            service=parcel.service,
            tracking=parcel.name,
            left=left,
        )
        for parcel in parcels
    )
