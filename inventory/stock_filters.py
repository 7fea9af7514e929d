"""What the stock can be narrowed to, each with the condition the database answers."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from inventory.models import StockLevel

LOW = 5  # units on hand beyond the safety stock


@dataclass(frozen=True, slots=True)
class StockFilter:
    label: str
    condition: Q


FILTERS: Mapping[str, StockFilter] = {
    "zero": StockFilter("Nothing to sell", Q(on_hand__lte=F("safety"))),
    "low": StockFilter("Low", Q(on_hand__gt=F("safety"), on_hand__lte=F("safety") + LOW)),
    "uncounted": StockFilter("Not counted", Q(on_hand=None)),
}


def narrowed(levels: QuerySet[StockLevel], key: str) -> QuerySet[StockLevel]:
    """Return the levels of a filter; all of them where the key is none."""
    chosen = FILTERS.get(key)
    return levels.filter(chosen.condition) if chosen else levels
