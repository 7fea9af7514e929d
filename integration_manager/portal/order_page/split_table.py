"""A split order on its page: which warehouse has which of its lines, and how far each is."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import ngettext

from orders.models import Order
from shipping.models import Recall, Release
from shipping.shipments.release_parts import Part, parts_of, share_out
from shipping.shipments.shipped_packages import openings

Word = tuple[str, str]  # a word and its tone


@dataclass(frozen=True, slots=True)
class SplitRow:
    """Units of a line at one warehouse."""

    sku: str
    units: int
    release: Release
    state: Word
    note: str = ""
    can_ship: bool = False  # a person may say here that its warehouse shipped it
    is_first: bool = False  # of its warehouse


def rows_of(order: Order) -> list[SplitRow]:
    """Return the table's rows, warehouse by warehouse; none of an order that goes to one."""
    parts = parts_of([order]).get(order.pk, [])
    if not parts:
        return []
    opened = openings([order])[order.pk]
    shared = share_out(opened, parts)
    recalls = list(Recall.objects.filter(order=order))
    rows: list[SplitRow] = []
    for part in parts:
        still = {pk: opening.units for pk, opening in shared[part.release.pk].items()}
        mine: list[SplitRow] = []
        for pk in opened:
            packed, left = part.packed.get(pk, 0), still.get(pk, 0)
            if not (packed or left or part.given.get(pk)):
                continue
            state = _state(part, recalls, packed=packed, left=left)
            mine.append(
                SplitRow(
                    sku=opened[pk].line.sku,
                    units=max(packed + left, part.given.get(pk, 0)),
                    release=part.release,
                    state=state,
                    note=_note(packed, left),
                    can_ship=order.can_be_packed and part.release.is_with_warehouse and any(still.values()),
                    is_first=not mine,
                )
            )
        rows += mine
    return rows


def _note(packed: int, left: int) -> str:
    if not (packed and left):
        return ""
    shipped = ngettext("{count} unit shipped", "{count} units shipped", packed).format(count=packed)
    return f"{shipped}, {left} still to ship"


def _state(part: Part, recalls: Collection[Recall], *, packed: int, left: int) -> Word:
    release = part.release
    recall = next((each for each in recalls if each.warehouse_id == release.warehouse_id), None)
    if packed and not left:
        return "Shipped", "good"
    if recall is not None and recall.is_stuck:
        return "Not given back", "bad"
    if recall is not None and recall.is_owed:
        return "Asked back", "warn"
    if release.is_stuck:
        return "Refused", "bad"
    if not left:
        return "Not wanted any more", "calm"
    if release.is_with_warehouse:
        return "At the warehouse", "busy"
    if release.is_owed:
        return "On its way there", "busy"
    return "Not there", "calm"
