"""What of a split order each of its parts is for. Of any other order, the one warehouse ships all that is open.

A part is for the units its lines say, less what its warehouse packed, and all parts together for exactly what is open:
what was canceled meanwhile the later parts lose first, and what was added goes to the first.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from orders.models import Line, Order
from shipping.models import Package, PackageLine, Release, ReleaseLine

Units = dict[int, int]  # by the line's id


@dataclass(frozen=True, slots=True)
class Opening:
    """A line, and how many units of it are still to be shipped."""

    line: Line
    units: int


@dataclass(frozen=True, slots=True)
class Part:
    """What of an order was given to a warehouse, and what it packed of it."""

    release: Release
    given: Units
    packed: Units

    @property
    def has(self) -> Units:
        """What the warehouse may still have to ship, as far as it was told."""
        return {line: max(0, units - self.packed.get(line, 0)) for line, units in self.given.items()}


def shares(opened: Mapping[int, int], parts: Sequence[Mapping[int, int]]) -> list[Units]:
    """Share out what is open of each line among what each part still has of it. Pure; the sum is what is open."""
    left, found = dict(opened), list[Units]()
    for part in parts:
        mine = {line: min(units, left[line]) for line, units in part.items() if line in left}
        for line, units in mine.items():
            left[line] -= units
        found.append(mine)
    for line, units in left.items():
        if units and found:
            found[0][line] = found[0].get(line, 0) + units
    return found


# -- As they are stored ----------------------------------------------------------------------------------------------
def parts_of(orders: Collection[Order]) -> dict[int, list[Part]]:
    """Return by the order's id the parts of those that are split, the first one first: three statements for all, and
    none where none is."""
    by_id = {order.pk: order for order in orders if order.parts}
    found: dict[int, list[Part]] = {pk: [] for pk in by_id}
    if not by_id:
        return found
    releases = Release.objects.parts().filter(order__in=list(by_id)).select_related("warehouse")
    rows = list(releases.order_by("order", "part"))
    given: dict[int, Units] = defaultdict(dict)
    lines = ReleaseLine.objects.filter(release__in=[each.pk for each in rows])
    for release_id, line_id, units in lines.values_list("release", "line", "quantity"):
        given[release_id][line_id] = units
    packed: dict[tuple[int, int], Units] = defaultdict(dict)
    inside = PackageLine.objects.filter(package__order__in=list(by_id)).order_by()
    by_warehouse = inside.values_list("package__order", "package__shipment__warehouse", "line")
    for order_id, warehouse_id, line_id, units in by_warehouse.annotate(units=Sum("quantity")):
        packed[order_id, warehouse_id][line_id] = units
    for each in rows:
        each.order = by_id[each.order_id]
        part = Part(each, given[each.pk], packed[each.order_id, each.warehouse_id])
        found[each.order_id].append(part)
    return found


def counted(parts: "QuerySet[Release]") -> "QuerySet[Any]":
    """Return parts with how many units each was ``given`` and ``packed``."""
    given = ReleaseLine.objects.filter(release=OuterRef("pk")).order_by().values("release")
    inside = PackageLine.objects.filter(
        package__order=OuterRef("order"), package__shipment__warehouse=OuterRef("warehouse")
    )
    packed = inside.order_by().values("package__order").annotate(units=Sum("quantity")).values("units")
    return parts.annotate(
        given=Subquery(given.annotate(units=Sum("quantity")).values("units")), packed=Coalesce(Subquery(packed), 0)
    )


def opened_for(
    releases: Iterable[Release], opened: Mapping[int, Mapping[int, Opening]]
) -> dict[int, Mapping[int, Opening]]:
    """Return by the release's id what its warehouse is to ship of its order. ``opened`` is what is open of all of it.

    Of a part no line is in it that is none of its.
    """
    releases = list(releases)
    parts = parts_of([each.order for each in releases if each.part])
    shared = {pk: share_out(opened[pk], some) for pk, some in parts.items()}
    return {
        each.pk: shared[each.order_id].get(each.pk, {}) if each.part else opened[each.order_id] for each in releases
    }


def share_out(opened: Mapping[int, Opening], parts: Sequence[Part]) -> dict[int, dict[int, Opening]]:
    """Return by the release's id what is open of its own lines, of one order."""
    units = {pk: opening.units for pk, opening in opened.items()}
    return {
        part.release.pk: {pk: replace(opened[pk], units=mine[pk]) for pk in opened if pk in mine}
        for part, mine in zip(parts, shares(units, [part.has for part in parts]), strict=True)
    }


def mine(release: Release, opened: Mapping[int, Opening]) -> Mapping[int, Opening]:
    """The same for one release."""
    return opened_for([release], {release.order_id: opened})[release.pk]


def began_to_ship(release: Release) -> bool:
    """Whether its warehouse packed any of it: it gives nothing of that back. Of a whole order, whoever packed it."""
    packages = Package.objects.filter(order=release.order_id)
    if release.part:
        packages = packages.filter(shipment__warehouse=release.warehouse_id)
    return packages.exists()


def is_used_up(release: Release) -> bool:
    """Whether the warehouse of a part shipped all that it was given: nothing is left there to be asked back."""
    if not release.part:
        return False
    part = next((each for each in parts_of([release.order])[release.order_id] if each.release.pk == release.pk), None)
    return part is not None and not any(part.has.values())


def at_desk(
    orders: Collection[Order], opened: Mapping[int, Mapping[int, Opening]], chosen: Mapping[int, int] | None = None
) -> dict[int, Release]:
    """Return by the order's id which part of a split order people ship: what was ``chosen`` (by the order's id), else
    the first that is open, rather at a warehouse that has no system of its own to say what it ships."""
    found: dict[int, Release] = {}
    for pk, parts in parts_of(orders).items():
        shared = share_out(opened[pk], parts)

        def rank(release: Release, pk: int = pk, shared: dict[int, dict[int, Opening]] = shared) -> tuple[bool, ...]:
            is_chosen = (chosen or {}).get(pk) == release.pk
            is_open = any(each.units for each in shared[release.pk].values())
            return (not is_chosen, not is_open, release.released_at is None, release.warehouse.system.remote)

        releases = [part.release for part in parts]
        if releases:
            found[pk] = min(releases, key=rank)
    return found
