"""What is printed of orders: all of each, or of a split one its parts, each as the warehouse that packs it has it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orders.models import Line, Order
from shipping.models import Release, release_of
from shipping.shipments.release_parts import Opening, Part, parts_of, share_out
from shipping.shipments.shipped_packages import openings


@dataclass(frozen=True, slots=True)
class PrintedPart:
    """An order as one warehouse packs it: its lines with their units. ``release`` is None before it goes anywhere."""

    order: Order
    release: Release | None
    units: Sequence[tuple[Line, int]]

    @property
    def warehouse(self) -> str:
        """Whose part it is, of a split order; empty of any other."""
        return self.release.warehouse.name if self.release is not None and self.release.part else ""


def printed_parts(orders: Sequence[Order]) -> list[PrintedPart]:
    """Return what is printed, in the orders' sequence. Of a split order the parts that people pack, as their warehouses
    have no system; where there are none, all of them. In: orders with their releases beside them."""
    opened, parts = openings(orders), parts_of(orders)
    found: list[PrintedPart] = []
    for order in orders:
        if not (some := parts.get(order.pk)):
            found.append(PrintedPart(order, release_of(order), _whole(opened[order.pk])))
            continue
        shared = share_out(opened[order.pk], some)
        here = [each for each in some if not each.release.warehouse.system.remote] or some
        found += [PrintedPart(order, each.release, _of_part(each, opened[order.pk], shared)) for each in here]
    return found


def _whole(opened: Mapping[int, Opening]) -> list[tuple[Line, int]]:
    """Return the lines this warehouse packs, with their units: what is open, or all of it once nothing is."""
    ours = [opening for opening in opened.values() if not opening.line.left_out]
    some_open = any(opening.units for opening in ours)
    counted = [(opening.line, opening.units if some_open else opening.line.wanted) for opening in ours]
    return [(line, units) for line, units in counted if units]


def _of_part(
    part: Part, opened: Mapping[int, Opening], shared: Mapping[int, Mapping[int, Opening]]
) -> list[tuple[Line, int]]:
    own = {pk: opening.units for pk, opening in shared[part.release.pk].items() if opening.units}
    return [(opened[pk].line, units) for pk, units in (own or part.given).items() if units and pk in opened]
