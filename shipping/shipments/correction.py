"""Correcting a package that was packed, and maybe told: its carrier, tracking number, ship date, contents and codes.

The package keeps its number, so the marketplace changes the package it has and makes no second one. A confirmed order
says *Shipped* until the marketplace was told: then what fails on the way is seen like any other tracking's. Where less
is packed than before, the order goes back to the warehouse with the rest.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from core.accounts.models import User
from core.activity.event_log import record
from core.alerts.raised import close_alerts
from core.ui.formats import tell_moment
from orders.models import Order, OrderStatus
from orders.statuses import BOUND_FOR_WAREHOUSE, SHIPPED_OR_CONFIRMED
from shipping.alerts import PACKED_CANCELED
from shipping.close.preflight import SAID
from shipping.models import NO_NUMBER, Confirmation, Package, PackageLine, Release
from shipping.shipments import release_parts
from shipping.shipments.release_parts import Opening
from shipping.shipments.shipped_packages import Parcel, openings, still_open, units_left

TRACKING = (*SAID, "untracked")


class NotCorrectable(Exception):
    """Nothing was changed. The message says why."""


def correct(package: Package, to: Parcel, *, by: User, now: datetime, shipped_at: datetime | None = None) -> bool:
    """Change a package and owe it to the cart again. False when nothing is new about it.

    ``shipped_at`` None, ``to.quantities`` None and lines without ``to.codes`` stay as they are. Raises NotCorrectable.
    """
    was = {name: getattr(package, name) for name in (*TRACKING, "own_shipped_at", "corrected_at")}
    wanted = {name: getattr(to, name) for name in TRACKING}
    if shipped_at is not None and shipped_at != package.shipped_at:
        wanted["own_shipped_at"] = shipped_at
    packed, coded = contents(package), codes(package)
    changed = {name for name, value in wanted.items() if value != was[name]}
    if to.quantities is not None and dict(to.quantities) != packed:
        changed.add("contents")
    if any(list(said) != coded.get(pk, []) for pk, said in to.codes.items()):
        changed.add("codes")
    if not changed:
        return False
    try:
        with transaction.atomic(durable=True):
            order: Order = Order.objects.locked(package.order_id)
            if order.is_ended_otherwise:
                raise NotCorrectable(f"{order} is {order.state.label.lower()}, so there is nobody to tell.")
            same = Package.objects.filter(pk=package.pk, **was)
            unchanged = (contents(package), codes(package)) == (packed, coded)
            if not unchanged or not same.update(**wanted, corrected_at=now):
                raise NotCorrectable("Somebody else has corrected it in the meantime. Check what it is now.")
            if "contents" in changed:
                _repack(order, package, packed, dict(to.quantities or {}))
            if "codes" in changed:
                _recode(package, to.codes)
            refused = _owe_again(package, now)
            _move(order, to, refused=refused, repacked="contents" in changed, now=now)
            _tell(order, package, was, wanted, changed, by=by, now=now)
    except IntegrityError:
        raise NotCorrectable(f"Another package of {package.order} already has this tracking number.") from None
    return True


def contents(package: Package) -> dict[int, int]:
    """Return line id: units."""
    return dict(PackageLine.objects.filter(package=package).values_list("line", "quantity"))


def codes(package: Package) -> dict[int, list[str]]:
    """Return line id: the codes of its units, of lines that have some."""
    coded = PackageLine.objects.filter(package=package, codes__isnull=False)
    return {pk: list(found) for pk, found in coded.values_list("line", "codes") if found}


def most_units(package: Package) -> dict[int, int]:
    """Return line id: how many units the package can hold at most: what it holds, and what is still open."""
    packed = contents(package)
    order = package.order
    lines: Mapping[int, Opening] = openings([order])[order.pk]
    if order.parts:  # what another warehouse is to ship is none of this package's
        own = Release.objects.filter(order=order, warehouse=package.shipment.warehouse_id).first()
        if own is not None:
            own.order = order
            lines = {**{pk: Opening(lines[pk].line, 0) for pk in packed}, **release_parts.mine(own, lines)}
    return {pk: packed.get(pk, 0) + opening.units for pk, opening in lines.items()}


def _repack(order: Order, package: Package, packed: Mapping[int, int], wanted: Mapping[int, int]) -> None:
    most = most_units(package)
    kept = {pk: units for pk, units in wanted.items() if units}
    if not kept:
        raise NotCorrectable("A package holds at least one unit. If it was packed by mistake, withdraw it.")
    for pk, units in kept.items():
        if units < 0 or units > most.get(pk, 0):
            sku = order.lines.filter(pk=pk).values_list("sku", flat=True).first() or "?"
            raise NotCorrectable(f"{units} of {sku} is more than the {most.get(pk, 0)} this package can hold.")
    lines = PackageLine.objects.filter(package=package)
    lines.exclude(line__in=list(kept)).delete()
    for pk, units in kept.items():
        if pk not in packed:
            lines.create(organization_id=package.organization_id, package=package, line_id=pk, quantity=units)
        elif packed[pk] != units:  # what of it the cart does not want is found out anew
            lines.filter(line=pk).update(quantity=units, untold=0)


def _recode(package: Package, said: Mapping[int, Sequence[str]]) -> None:
    for pk, found in said.items():
        PackageLine.objects.filter(package=package, line=pk).update(codes=list(found) or None)


def _owe_again(package: Package, now: datetime) -> bool:
    """Owe the package's tracking again, also while a worker tells the old one. True when it had been refused."""
    owed = Confirmation.objects.filter(package=package).undropped()
    refused: bool = owed.stuck().exists()
    # What a worker still says of the old one is said before its time ran out: the new tracking has the last word.
    owed.reopen(now=now, after_claims=True, seen_at=None, unseen=0, feed=None)
    return refused


def _move(order: Order, to: Parcel, *, refused: bool, repacked: bool, now: datetime) -> None:
    """Let the order follow: to the warehouse with what is open again, or on to the cart."""
    left = units_left(order)
    if repacked and left:
        back_to_warehouse(order, still_open(left), now)
        return
    stuck = Confirmation.objects.filter(package__order=order).stuck().exists()
    frm = [
        *SHIPPED_OR_CONFIRMED,
        *([OrderStatus.ERROR] if refused and not stuck and not order.is_refused_in_part else []),
    ]
    reason = f"Corrected to {to.carrier} {to.name}, being sent"
    moved = order.advance(frm=frm, to=OrderStatus.SHIPPED, now=now, reason=reason)
    if repacked and not moved and order.status in BOUND_FOR_WAREHOUSE:
        order.advance(frm=BOUND_FOR_WAREHOUSE, to=OrderStatus.SHIPPED, now=now, reason=reason)


def back_to_warehouse(order: Order, reason: str, now: datetime) -> None:
    """Let the warehouse ship what is open again of an order that it shipped, in whole or part."""
    if order.is_shipped:
        order.advance(frm=[order.status], to=OrderStatus.AT_WMS, now=now, reason=reason)
    elif order.is_at_warehouse:
        Order.objects.filter(pk=order.pk).update(reason=reason)


def _tell(
    order: Order,
    package: Package,
    was: Mapping[str, Any],
    wanted: Mapping[str, Any],
    changed: set[str],
    *,
    by: User,
    now: datetime,
) -> None:
    """Write down what was changed, by whom."""
    number = package.number
    if changed & set(TRACKING):
        old, new = (said["tracking_number"] or NO_NUMBER for said in (was, wanted))
        carrier = wanted["carrier"]
        record("package.corrected", order, now=now, actor=by, package=number, old=old, new=new, carrier=carrier)
    if "own_shipped_at" in changed:
        zone = order.organization.zone
        old, new = (tell_moment(each, now=now, zone=zone) for each in (package.shipped_at, wanted["own_shipped_at"]))
        record("package.redated", order, now=now, actor=by, package=number, old=old, new=new)
    if "codes" in changed:
        record("package.recoded", order, now=now, actor=by, package=number)
    if "contents" in changed:
        record("package.repacked", order, now=now, actor=by, package=number, contents=in_words(package))
        if not PackageLine.objects.filter(package__order=order, untold__gt=0).exists():
            close_alerts(order, PACKED_CANCELED, now=now)


def in_words(package: Package, most: int = 10) -> str:
    """Return what is in a package, for a sentence."""
    packed = list(PackageLine.objects.filter(package=package).select_related("line").order_by("pk")[: most + 1])
    named = ", ".join(f"{each.quantity} × {each.line.sku}" for each in packed[:most])
    return f"{named} and more" if len(packed) > most else named
