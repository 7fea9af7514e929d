"""What was sold and is not on the shelf: more is promised to open orders than is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from core.accounts.access import Access
from inventory.models import StockLevel
from inventory.promised import on_hand, reckon


@dataclass(frozen=True, slots=True)
class Shortage:
    """``short`` units of what open orders want are not there."""

    level: StockLevel
    there: int
    promised: int

    @property
    def short(self) -> int:
        return self.promised - max(0, self.there)


def shortages(access: Access, *, now: datetime, most: int) -> Sequence[Shortage]:
    """Return the SKUs of which too little is there, the worst first; ``most`` of them at the most."""
    levels = StockLevel.objects.visible_to(access).filter(on_hand__isnull=False).select_related("warehouse", "merchant")
    wanting = reckon(levels, now=now).filter(promised__gt=F("on_hand") - F("shipped_since"))  # type: ignore[misc]
    found = [Shortage(level, on_hand(level) or 0, int(level.promised)) for level in wanting]  # type: ignore[attr-defined]
    short = [each for each in found if each.short > 0]
    return sorted(short, key=lambda each: (-each.short, each.level.sku))[:most]
