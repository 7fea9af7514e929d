"""What was sold and is not on the shelf: more is promised to open orders than is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.accounts.access import Access
from core.accounts.models import Merchant
from inventory.models import StockLevel
from inventory.promised import on_hand, open_lines, reckon, split_lines
from shipping.items.item_names import ItemNames

AT_ONCE = 500  # SKUs


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
    """Return the SKUs of which too little is there, the worst first; ``most`` of them at the most.

    Only what open orders want is looked at, however much else lies on the shelves.
    """
    merchants = list(Merchant.objects.visible_to(access).values_list("pk", flat=True))
    skus = set(open_lines(merchants).values_list("sku", flat=True).order_by())
    wanted = sorted(skus | {opening.line.sku for _, opening in split_lines(merchants)})
    found = []
    for start in range(0, len(wanted), AT_ONCE):
        asked = wanted[start : start + AT_ONCE]
        names = ItemNames.of(merchants, names=asked)
        found_as = {*asked, *names.aliases.values(), *(part.sku for kit in names.kits.values() for part in kit)}
        levels = StockLevel.objects.visible_to(access).filter(on_hand__isnull=False, sku__in=found_as)
        found += reckon(levels.select_related("warehouse", "merchant").order_by("pk"), now=now)
    short = {level.pk: Shortage(level, on_hand(level) or 0, level.promised) for level in found}  # type: ignore[attr-defined]
    worst = [each for each in short.values() if each.short > 0]
    return sorted(worst, key=lambda each: (-each.short, each.level.sku))[:most]
