"""What a warehouse says is in its packages, against what is still open of the order: the guard against mix-ups.

What was packed otherwise, another product or other units, is said in words, and what each package comes to if it is
shipped as it is: a product that was not ordered stands in for units that are still open. Pure.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import ngettext

from orders.models import Line
from shipping.items.item_names import Part
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
    packages: Sequence[ReportedPackage],
    opened: Mapping[int, Opening],
    parts: Mapping[int, Sequence[Part]],
    *,
    known: Collection[str],
    is_last: bool,
) -> Packed:
    """Return what is in each package.

    ``parts`` are what the warehouse was told to pack for one unit of each line: an alias, or a kit's components.
    ``known`` are tracking numbers the order has already: those packages are passed over.
    """
    packed = Packed([PackedUnits(said, None if said.lines is None else {}) for said in packages], [], {})
    packed.left = {pk: opening.units for pk, opening in opened.items()}
    wanted = {pk: _Wanted(opening.line, parts[pk]) for pk, opening in opened.items() if not opening.line.left_out}
    for each in packed.packages:
        if each.parcel().tracking_number in known:
            each.is_known = True
        elif each.reported.lines is None:
            packed.left = dict.fromkeys(packed.left, 0)
        else:
            for line in each.reported.lines:
                _pack(each, line, wanted, packed)
            _close_kits(each, wanted, packed)
    packed.otherwise += [said for each in wanted.values() for said in each.incomplete]
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


@dataclass(slots=True)
class _Wanted:
    """A line, and how much of each component of it was packed and is in no whole kit yet."""

    line: Line
    parts: Sequence[Part]
    loose: dict[int, int] = field(default_factory=dict)

    @property
    def is_kit(self) -> bool:
        return len(self.parts) > 1 or self.parts[0].quantity > 1

    def names(self, said: ReportedLine) -> bool:
        """Whether a warehouse means this line as a whole."""
        if said.reference:
            return said.reference == self.line.reference
        return self.is_named(said.product_code)

    def is_named(self, code: str) -> bool:
        names = {self.line.sku, self.line.asin, *([] if self.is_kit else [self.parts[0].sku])}
        return bool(code.strip()) and code.strip().casefold() in {name.strip().casefold() for name in names}

    def part(self, said: ReportedLine) -> int | None:
        """Return which component of the kit a warehouse means."""
        for place, part in enumerate(self.parts if self.is_kit else ()):
            by_number = said.reference == f"{self.line.reference}.{place + 1}"
            if by_number or (not said.reference and said.product_code.strip().casefold() == part.sku.casefold()):
                return place
        return None

    @property
    def incomplete(self) -> list[str]:
        return [
            f"{_units(units, self.parts[place].sku)} packed without the rest of kit {self.line.sku}."
            for place, units in self.loose.items()
            if units
        ]


def _pack(package: PackedUnits, said: ReportedLine, wanted: Mapping[int, _Wanted], packed: Packed) -> None:
    rest, codes = said.units, list(said.codes)
    meant = [each for each in wanted.values() if each.names(said)]
    parts = [(each, place) for each in wanted.values() if (place := each.part(said)) is not None]
    if not meant and not parts:
        packed.otherwise.append(f"{_units(rest, said.product_code or said.reference)} packed, which was not ordered.")
        package.strange += rest
        return
    other = bool(meant and said.product_code) and not any(each.is_named(said.product_code) for each in meant)
    if other:
        packed.otherwise.append(f"{_units(rest, said.product_code)} packed in place of {meant[0].line.sku}.")
    for each in meant:
        units = min(rest, packed.left[each.line.pk])
        _put(package, each.line, units, codes)
        packed.left[each.line.pk] -= units
        rest -= units
    for each, place in parts:
        needed = packed.left[each.line.pk] * each.parts[place].quantity - each.loose.get(place, 0)
        units = min(rest, max(0, needed))
        each.loose[place] = each.loose.get(place, 0) + units
        rest -= units
    if rest:
        package.strange += rest
        if not other:
            name = said.product_code or (meant or [parts[0][0]])[0].line.sku
            packed.otherwise.append(f"{_units(rest, name)} packed beyond what is still open.")


def _close_kits(package: PackedUnits, wanted: Mapping[int, _Wanted], packed: Packed) -> None:
    """A kit is in the package in which it becomes whole."""
    for each in wanted.values():
        if not each.loose:
            continue
        whole = min(each.loose.get(place, 0) // part.quantity for place, part in enumerate(each.parts))
        _put(package, each.line, whole, [])
        packed.left[each.line.pk] -= whole
        for place, part in enumerate(each.parts):
            each.loose[place] = each.loose.get(place, 0) - whole * part.quantity


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
