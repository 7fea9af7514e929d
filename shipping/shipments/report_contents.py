"""What a warehouse says is in its packages, against what is still open of the order: the guard against mix-ups.

What was packed otherwise, another product or other units, is said in words, and what each package comes to if it is
shipped as it is: a product that was not ordered stands in for units that are still open. Pure.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import ngettext

from orders.models import Line
from shipping.shipments.shipped_packages import Opening, Parcel
from shipping.warehouses.base import ReportedLine, ReportedPackage


@dataclass(slots=True)
class PackedUnits:
    """One package: units of the order's lines, the codes of each, and units of nothing that was ordered."""

    reported: ReportedPackage
    units: dict[int, int] | None  # by line id; None: everything still open
    codes: dict[int, list[str]] = field(default_factory=dict)
    strange: int = 0
    is_known: bool = False  # it was shipped before

    def parcel(self) -> Parcel:
        said = self.reported
        return Parcel(
            said.carrier.strip(),
            said.scac,
            said.service.strip(),
            said.tracking_number,
            self.units,
            said.untracked,
            self.codes,
        )


@dataclass(slots=True)
class Packed:
    packages: Sequence[PackedUnits]
    otherwise: list[str]  # what is not as ordered, as sentences
    left: dict[int, int]  # line id: units still open behind it


def compare(
    packages: Sequence[ReportedPackage], opened: Mapping[int, Opening], *, known: Collection[str], is_last: bool
) -> Packed:
    """Return what is in each package. ``known`` are tracking numbers the order has already: those are passed over."""
    packed = Packed([], [], {pk: opening.units for pk, opening in opened.items()})
    lines = [opening.line for opening in opened.values() if not opening.line.left_out]
    found = []
    for said in packages:
        each = PackedUnits(said, None if said.lines is None else {})
        found.append(each)
        if each.parcel().tracking_number in known:
            each.is_known = True
            continue
        if said.lines is None:
            packed.left = dict.fromkeys(packed.left, 0)
            continue
        for line in said.lines:
            _pack(each, line, lines, packed)
    packed.packages = found
    if is_last and not packed.otherwise:
        packed.otherwise += [
            f"{_units(units, opened[pk].line.sku)} not packed, though nothing more will come."
            for pk, units in packed.left.items()
            if units
        ]
    return packed


def as_packed(packed: Packed) -> list[Parcel]:
    """Return the packages as they went: what was not ordered stands in for what is still open."""
    for each in packed.packages:
        for pk, units in packed.left.items():
            taken = min(each.strange, units)
            if taken and each.units is not None:
                each.units[pk] = each.units.get(pk, 0) + taken
                each.strange -= taken
                packed.left[pk] -= taken
    return [each.parcel() for each in packed.packages if not each.is_known and each.units != {}]


def _pack(package: PackedUnits, said: ReportedLine, lines: Sequence[Line], packed: Packed) -> None:
    name = said.product_code or said.reference
    meant = _meant(said, lines)
    if not meant:
        packed.otherwise.append(f"{_units(said.units, name)} packed, which was not ordered.")
        package.strange += said.units
        return
    other = said.product_code and not any(_is(said.product_code, line) for line in meant)
    if other:
        packed.otherwise.append(f"{_units(said.units, said.product_code)} packed in place of {meant[0].sku}.")
    rest, codes = said.units, list(said.codes)
    for line in meant:
        units = min(rest, packed.left[line.pk])
        _put(package, line, units, codes)
        packed.left[line.pk] -= units
        rest -= units
    if rest:
        package.strange += rest
        if not other:
            packed.otherwise.append(f"{_units(rest, meant[0].sku)} packed beyond what is still open.")


def _meant(said: ReportedLine, lines: Sequence[Line]) -> list[Line]:
    """Return the lines it is about. By the line's own reference where there is one, else by the product."""
    if said.reference:
        return [line for line in lines if line.reference == said.reference]
    return [line for line in lines if _is(said.product_code, line)]


def _is(code: str, line: Line) -> bool:
    wanted = code.strip().casefold()
    return bool(wanted) and wanted in (line.sku.strip().casefold(), line.asin.strip().casefold())


def _put(package: PackedUnits, line: Line, units: int, codes: list[str]) -> None:
    if not units:
        return
    assert package.units is not None
    package.units[line.pk] = package.units.get(line.pk, 0) + units
    if codes:
        package.codes.setdefault(line.pk, []).extend(codes[:units])
        del codes[:units]


def _units(count: int, name: str) -> str:
    return ngettext("{count} unit of {name} was", "{count} units of {name} were", count).format(
        count=count, name=name[:60]
    )
