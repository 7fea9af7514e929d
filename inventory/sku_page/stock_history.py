"""What was on hand of a SKU and what was sent of it, over time: as rows for tables and as lines for a plot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from carts.models import Cart
from inventory.models import Observation, PublishedNumber, StockLevel, StockUpdate

SHOWN = 100  # rows of a table
PLOTTED = 1_000  # points of all lines


@dataclass(frozen=True, slots=True)
class Sent:
    """A quantity that an account took."""

    at: datetime
    quantity: int
    name: str  # the offer: its SKU and carts


@dataclass(frozen=True, slots=True)
class StockHistory:
    observed: Sequence[Observation]  # the newest first
    sent: Sequence[Sent]

    @property
    def plot(self) -> dict[str, Any] | None:
        """Return moments and a line for each thing seen; None where there is nothing to draw a line of."""
        lines: dict[str, dict[int, int]] = {"On hand": {_second(each.observed_at): each.on_hand for each in self._seen}}
        for each in reversed(self.sent):
            lines.setdefault(f"Sent: {each.name}", {})[_second(each.at)] = each.quantity
        moments = sorted({moment for line in lines.values() for moment in line})
        if len(moments) < 2:
            return None
        values = [[line.get(moment) for moment in moments] for line in lines.values()]
        return {"moments": moments, "names": list(lines), "values": values}

    @property
    def _seen(self) -> Sequence[Observation]:
        return list(reversed(self.observed))


def history(level: StockLevel, offered: Sequence[str]) -> StockHistory:
    """``offered``: the seller's SKUs that stand for it. Four statements, however much there is."""
    observed = list(level.observations.select_related("by").order_by("-stored_at", "-pk")[:PLOTTED])
    carts = Cart.objects.filter(merchant=level.merchant_id, route__warehouse=level.warehouse_id, grant__isnull=False)
    names: dict[int | None, str] = {}
    for grant_id, name in carts.order_by("name", "pk").values_list("grant", "name"):
        names[grant_id] = f"{names[grant_id]}, {name}" if grant_id in names else name
    updates = StockUpdate.objects.filter(grant__in=list(names), sku__in=offered).values_list("pk", "grant", "sku")
    labels = {pk: f"{sku}, {names[grant_id]}" if sku != level.sku else names[grant_id] for pk, grant_id, sku in updates}
    return StockHistory(observed, _sent(labels))


def _sent(labels: Mapping[int, str]) -> list[Sent]:
    rows = PublishedNumber.objects.filter(update__in=list(labels)).order_by("-told_at", "-pk")[:PLOTTED]
    return [Sent(row.told_at, row.quantity, labels[row.update_id]) for row in rows]


def _second(at: datetime) -> int:
    return int(at.timestamp())
