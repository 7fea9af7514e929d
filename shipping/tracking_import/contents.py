"""What is in each package of an order, as far as a sheet says or leaves no choice."""

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import ngettext

from core.common.typed_signs import trim
from shipping.shipments.shipped_packages import Opening
from shipping.tracking_import.sheet_orders import SheetPackage


class Unclear(Exception):
    """A person has to say it. The message says why."""


def contents(packages: Sequence[SheetPackage], openings: Iterable[Opening]) -> list[Mapping[int, int] | None]:
    """Return by package line id: units; None is everything still open. Raises Unclear."""
    still = [opening for opening in openings if opening.units]
    if all(package.contents for package in packages):
        left = {opening.line.pk: opening.units for opening in still}
        listed = [_listed(package, still, left) for package in packages]
        whole = len(listed) == 1 and listed[0] == {opening.line.pk: opening.units for opening in still}
        return [None] if whole else list(listed)
    if len(packages) == 1:
        return [None]
    if len(still) == 1 and still[0].units == len(packages):  # none is empty, so one is in each
        return [{still[0].line.pk: 1} for _ in packages]
    raise Unclear(
        ngettext(
            "The sheet doesn't say what is in its {count} package.",
            "The sheet doesn't say what is in each of its {count} packages.",
            len(packages),
        ).format(count=len(packages))
    )


def _listed(package: SheetPackage, still: Sequence[Opening], left: dict[int, int]) -> dict[int, int]:
    """Take the units of a package from the open lines; a SKU on several lines from one after the other."""
    taken: dict[int, int] = {}
    for sku, units in package.contents.items():
        lines = [opening.line.pk for opening in still if trim(opening.line.sku).casefold() == sku.casefold()]
        if not lines:
            raise Unclear(f"No units of “{sku}” are still open in this order.")
        for pk in lines:
            part = units if pk == lines[-1] else min(units, left[pk])  # too many: preflight says so
            if part:
                taken[pk] = taken.get(pk, 0) + part
            units, left[pk] = units - part, max(0, left[pk] - part)
    return taken
