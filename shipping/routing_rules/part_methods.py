"""By which ship method each part of a split order goes: by what is said about it where it goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orders.models import Order
from shipping.methods.decision import Books, decide
from shipping.methods.rules import Decision
from shipping.routing_rules.rules import PlacedPart, Placement


@dataclass(frozen=True, slots=True)
class DecidedPart:
    """A part of an order, how it goes and by which rule it goes where it goes."""

    placed: PlacedPart
    decision: Decision
    how: str


def decided(
    orders: Sequence[Order], books: Books, placements: Mapping[int, Placement]
) -> dict[int, Sequence[DecidedPart]]:
    """Return by the order's id the parts of those that are to be split, each by what is mapped at its own warehouse."""
    found: dict[int, list[DecidedPart]] = {}
    split = [order for order in orders if placements[order.pk].parts]
    for place in range(max((len(placements[order.pk].parts) for order in split), default=0)):
        some = [order for order in split if place < len(placements[order.pk].parts)]
        parts = {order.pk: placements[order.pk].parts[place] for order in some}
        decisions = decide(some, books, {pk: part.warehouse for pk, part in parts.items()})
        for order in some:
            mine = DecidedPart(parts[order.pk], decisions[order.pk], placements[order.pk].how)
            found.setdefault(order.pk, []).append(mine)
    return dict(found)


def held_in_part(orders: Sequence[Order], books: Books, placements: Mapping[int, Placement]) -> set[int]:
    """Return the ids of those of which a part has no ship method."""
    parts = decided(orders, books, placements)
    return {pk for pk, some in parts.items() if any(each.decision.held for each in some)}
