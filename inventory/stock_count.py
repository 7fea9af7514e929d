"""Taking stock: staff write down what they counted, many SKUs at once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from carts.models import Cart
from core.accounts.models import User
from core.activity.event_log import record
from inventory.affected_carts import carts_to_tell
from inventory.intake import Observed, Verdict, observe
from inventory.models import Observation, StockLevel
from inventory.promised import on_hand, reckon

AGAIN = "Check and save your count again."


@dataclass(frozen=True, slots=True)
class StockCount:
    """What somebody counted, what they saw on the page when they began, and why it is another number now."""

    level: StockLevel
    on_hand: int
    seen: int | None
    reason: str = ""


@dataclass(slots=True)
class StockTaken:
    kept: int = 0
    moved: dict[int, str] = field(default_factory=dict)  # level: what happened meanwhile
    carts: list[Cart] = field(default_factory=list)  # to be told


def take_stock(counts: Iterable[StockCount], *, by: User, now: datetime) -> StockTaken:
    """Keep each count by itself: one that came too late loses no other."""
    taken = StockTaken()
    by_level = {count.level.pk: count for count in counts}
    levels = StockLevel.objects.filter(pk__in=list(by_level)).select_related("warehouse", "merchant").order_by("pk")
    shelves: dict[tuple[int, int], list[StockLevel]] = defaultdict(list)
    for level in reckon(levels, now=now):
        counted = by_level[level.pk]
        if counted.seen != on_hand(level):
            taken.moved[level.pk] = f"{level.sku} changed in the meantime: it is {on_hand(level)} now. {AGAIN}"
        elif counted.on_hand != counted.seen:
            shelves[level.warehouse_id, level.merchant_id].append(level)
    for shelf in shelves.values():
        _keep(shelf, by_level, taken, by=by, now=now)
    return taken


def _keep(
    shelf: list[StockLevel], by_level: dict[int, StockCount], taken: StockTaken, *, by: User, now: datetime
) -> None:
    """Keep what was counted of one merchant's SKUs in one warehouse."""
    warehouse, merchant = shelf[0].warehouse, shelf[0].merchant
    observed = [
        Observed(level.sku, by_level[level.pk].on_hand, now, reason=by_level[level.pk].reason, over=level)
        for level in shelf
    ]
    outcomes = observe(warehouse, merchant, observed, source=Observation.Source.PAGE, by=by, now=now)
    kept = 0
    for level, outcome in zip(shelf, outcomes, strict=True):
        if outcome.verdict is not Verdict.STORED:
            taken.moved[level.pk] = f"{outcome.reason} {AGAIN}"
            continue
        kept += 1
        said = by_level[level.pk]
        to = {"frm": said.seen, "to": said.on_hand, "reason": said.reason}
        record("stock.counted", level, now=now, actor=by, sku=level.sku, **to)
    if kept:
        taken.kept += kept
        taken.carts += carts_to_tell(warehouse, merchant.pk)
