"""An order in Ship and Close: its packages, what is open of it, and what the packer has to know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from carts.marketplaces.order_needs import OrderHandling
from orders import packing_notes
from orders.models import Line, Order
from orders.packing_notes import PackingNote
from shipping.close.fill_in import package_count, places_of
from shipping.close.forms import PackageForm
from shipping.close.method_menu import MethodMenu
from shipping.models import Release
from shipping.shipments.shipped_packages import Opening

NAMED = 10  # lines in one sentence
ITEMS = 3  # lines under an order's number


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in the dialog with its packages."""

    order: Order
    packages: Sequence[PackageForm]
    split: bool  # it is said package by package what is in them
    open_units: int
    open_lines: int
    left_out: Sequence[Line]  # they are not the warehouse's to ship
    noted: Sequence[tuple[Line, Sequence[PackingNote]]] = ()  # what the packer has to know
    items: str = ""  # what is open of it, as it is packed
    part: Release | None = None  # of a split order: the part that is shipped here

    @property
    def left_out_units(self) -> int:
        return sum(line.wanted for line in self.left_out)

    @property
    def left_out_named(self) -> str:
        named = ", ".join(f"{line.wanted} × {line.sku}" for line in self.left_out[:NAMED])
        more = len(self.left_out) - NAMED
        return f"{named} and {more} more" if more > 0 else named


def row_of(
    order: Order,
    lines: Mapping[int, Opening],
    said: Mapping[str, Any],
    menu: MethodMenu,
    *,
    handling: OrderHandling,
    opened: bool,
    part: Release | None = None,
) -> OrderRow:
    """Return an order's row, filled in with what was said. ``handling`` is in clear where it is ``opened``."""
    count = package_count(said, order)
    still_open = [opening for opening in lines.values() if opening.units]
    left_out = [opening.line for opening in lines.values() if opening.line.left_out and opening.line.wanted]
    coded = [opening for opening in still_open if opening.line.facts.is_transparency]
    packages = [
        PackageForm(
            said,
            order,
            number,
            menu,
            last=number == max(1, count),
            openings=still_open if count else None,
            left_out=left_out,
            coded=coded,
        )
        for number in places_of(said, order)
    ]
    return OrderRow(
        order=order,
        packages=packages,
        split=bool(count),
        open_units=sum(each.units for each in still_open),
        open_lines=len(still_open),
        left_out=left_out,
        items=_items(still_open),
        part=part,
        noted=_noted([opening.line for opening in still_open], handling, opened=opened),
    )


def _items(still_open: Sequence[Opening]) -> str:
    named = ", ".join(f"{opening.units} × {opening.line.sku}" for opening in still_open[:ITEMS])
    more = len(still_open) - ITEMS
    return f"{named} and {more} more" if more > 0 else named


def _noted(
    lines: Sequence[Line], handling: OrderHandling, *, opened: bool
) -> Sequence[tuple[Line, Sequence[PackingNote]]]:
    noted = []
    for line in lines:
        if notes := packing_notes.of_line(line.facts, handling.of_line(line.reference), opened=opened):
            noted.append((line, notes))
    return noted[:NAMED]
