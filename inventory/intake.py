"""Observations taken in: what somebody or something says a warehouse has, of many SKUs at once.

The one way a level becomes another one, for pages, sheets, the API and warehouse systems. An older observation never
replaces a newer one, whichever comes first; what cannot be is refused by its name, and stops nothing else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import islice

from django.db import IntegrityError, transaction

from core.accounts.models import Merchant, User
from core.common import bulk_insert, keyed_values
from inventory import affected_carts
from inventory.items import unmatched
from inventory.models import MOST_ON_HAND, Observation, StockLevel
from shipping.items.item_names import ItemNames
from shipping.models import Warehouse

AT_ONCE = 1_000  # rows in one transaction
AHEAD = timedelta(minutes=10)  # how much a warehouse's clock may be fast
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LONGEST = 255  # characters of a SKU
LARGEST = 2**63 - 1
WRITTEN = ("on_hand", "observed_at", "sequence", "orders_off", "settled_until")


@dataclass(frozen=True, slots=True)
class Observed:
    """What is there of a SKU, or of what an alias stands for, and when that was seen.

    ``sequence``: a number that rises from one observation to the next; where both have one it says which is newer.
    ``orders_off``: the warehouse took off the orders it has. ``over``: the level as whoever counted saw it; not stored
    when it became another one since.
    """

    sku: str
    on_hand: int
    at: datetime
    sequence: int | None = None
    orders_off: bool = False
    reason: str = ""
    over: StockLevel | None = None


class Verdict(StrEnum):
    STORED = "stored"
    OLDER = "older"
    MOVED = "moved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one observation. ``changed``: the level is another one now."""

    sku: str
    verdict: Verdict
    reason: str = ""
    changed: bool = False


def observe(
    warehouse: Warehouse,
    merchant: Merchant,
    observed: Iterable[Observed],
    *,
    source: Observation.Source,
    by: User | None = None,
    now: datetime,
) -> list[Outcome]:
    """Store what is newer than what is known. Returns what became of each, in their order.

    A thousand in one transaction, with the same few statements for one as for all of them.
    """
    outcomes: list[Outcome] = []
    batch, rest = _Batch(warehouse, merchant, source, by, now), iter(observed)
    while rows := list(islice(rest, AT_ONCE)):
        with transaction.atomic(durable=True):
            outcomes += batch.store(rows)
    return outcomes


def hindrance(row: Observed, *, now: datetime) -> str:
    """Return why an observation cannot be, as a sentence that names the SKU; "" when it can."""
    sku = row.sku
    if not sku.strip() or sku != sku.strip():
        return "The SKU is empty." if not sku.strip() else f"{sku.strip()}: the SKU begins or ends with a blank."
    if len(sku) > LONGEST:
        return f"{sku[:40]}…: a SKU has at most {LONGEST} characters."
    if not sku.isprintable():
        return "The SKU has characters that cannot be printed."
    if row.on_hand < 0:
        return f"{sku}: {row.on_hand} is below zero. Send 0 if there is none."
    if row.on_hand > MOST_ON_HAND:
        return f"{sku}: {row.on_hand} is more than {MOST_ON_HAND}, the most there can be."
    if row.at > now + AHEAD:
        return f"{sku}: it was seen in the future, at {row.at:%Y-%m-%d %H:%M} UTC. Check the clock that says so."
    if row.at < EARLIEST:
        return f"{sku}: it was seen before the year 2000. Check the clock that says so."
    if row.sequence is not None and not 0 <= row.sequence <= LARGEST:
        return f"{sku}: the sequence {row.sequence} is none."
    return ""


@dataclass(slots=True)
class _Batch:
    warehouse: Warehouse
    merchant: Merchant
    source: Observation.Source
    by: User | None
    now: datetime
    said: dict[str, Observed] = field(default_factory=dict)  # what this report says, by the level's SKU

    def store(self, rows: Sequence[Observed]) -> list[Outcome]:
        refused = [hindrance(row, now=self.now) for row in rows]
        good = [row for row, why in zip(rows, refused, strict=True) if not why]
        names = ItemNames.of([self.merchant.pk], names={row.sku for row in good})
        levels = self._locked({sku for row in good if self._is_item(sku := self._sku(row, names), names)})
        written: dict[str, StockLevel] = {}
        history: list[Observation] = []
        outcomes = []
        for row, why in zip(rows, refused, strict=True):
            level = None if why else levels.get(self._sku(row, names))
            if level is None:
                why = why or f"{row.sku} is a kit: its components are counted, and not the kit."
                outcomes.append(Outcome(row.sku, Verdict.REFUSED, why))
                continue
            outcome, seen = self._judge(row, level)
            outcomes.append(outcome)
            if outcome.verdict is Verdict.STORED:
                written[level.sku] = level
            history += [seen] if seen else []
        self._write(written, history)
        return outcomes

    def _sku(self, row: Observed, names: ItemNames) -> str:
        return row.sku if row.over is not None else names.item(self.merchant.pk, row.sku)

    def _is_item(self, sku: str, names: ItemNames) -> bool:
        return self.warehouse.system.knows_kits or not names.is_kit(self.merchant.pk, sku)

    def _locked(self, skus: set[str]) -> dict[str, StockLevel]:
        """Return the levels as they are now, locked in the order of their keys; new SKUs are made."""
        if not skus:
            return {}
        of_both = StockLevel.objects.filter(warehouse=self.warehouse, merchant=self.merchant, sku__in=skus)
        if missing := skus - set(of_both.values_list("sku", flat=True)):
            self._make(sorted(missing))
            unmatched.mark(self.merchant.pk, skus=missing)
        return {level.sku: level for level in of_both.select_for_update().order_by("pk")}

    def _make(self, skus: Sequence[str]) -> None:
        try:
            with transaction.atomic():
                bulk_insert.insert([self._row(sku) for sku in skus])
        except IntegrityError:  # somebody else made one of them at the same moment
            StockLevel.objects.bulk_create([self._row(sku) for sku in skus], ignore_conflicts=True)

    def _row(self, sku: str) -> StockLevel:
        return StockLevel(
            organization_id=self.merchant.organization_id,
            merchant_id=self.merchant.pk,
            warehouse_id=self.warehouse.pk,
            sku=sku,
        )

    def _judge(self, row: Observed, level: StockLevel) -> tuple[Outcome, Observation | None]:
        """Compare with what is known, and write it down on the level and in its history."""
        if row.over is not None and (level.on_hand, level.observed_at) != (row.over.on_hand, row.over.observed_at):
            return Outcome(row.sku, Verdict.MOVED, f"{level.sku} has just been counted by somebody else."), None
        at = min(row.at, self.now)
        if row.sequence is not None and (row.sequence, row.on_hand) == (level.sequence, level.on_hand):
            return Outcome(row.sku, Verdict.STORED), None  # the same once more
        if older := _older(row, at, level):
            return Outcome(row.sku, Verdict.OLDER, older), None
        if twice := _twice(self.said.setdefault(level.sku, row), row, level):
            return Outcome(row.sku, Verdict.REFUSED, twice), None
        self.said[level.sku] = row
        before = level.on_hand
        changed = before != row.on_hand or level.orders_off != row.orders_off
        level.on_hand, level.observed_at, level.sequence = row.on_hand, at, row.sequence
        level.orders_off, level.settled_until = row.orders_off, None
        if not changed:
            return Outcome(row.sku, Verdict.STORED), None
        seen = Observation(
            organization_id=level.organization_id,
            level_id=level.pk,
            before=before,
            on_hand=row.on_hand,
            observed_at=at,
            sequence=row.sequence,
            stored_at=self.now,
            source=self.source,
            by_id=self.by.pk if self.by else None,
            reason=row.reason[:200],
        )
        return Outcome(row.sku, Verdict.STORED, changed=True), seen

    def _write(self, written: dict[str, StockLevel], history: list[Observation]) -> None:
        if not written:
            return
        levels = written.values()
        changes = {
            name: keyed_values.of(StockLevel, name, {level.pk: getattr(level, name) for level in levels})
            for name in WRITTEN
        }
        StockLevel.objects.filter(pk__in=[level.pk for level in levels]).update(**changes)
        bulk_insert.insert(history)
        if history:
            affected_carts.owe(self.warehouse, self.merchant.pk, now=self.now)


def _twice(before: Observed, row: Observed, level: StockLevel) -> str:
    """Return that one report says two things of a level, of the same moment, as a sentence; "" where it doesn't."""
    if row.sequence is not None or before.at != row.at or before.on_hand == row.on_hand:
        return ""
    units = f"{before.on_hand} and {row.on_hand}"
    return f"{row.sku}: the report tells of {units} units of {level.sku} at the same time. Put them into one row."


def _older(row: Observed, at: datetime, level: StockLevel) -> str:
    """Return what is known that is newer, as a sentence; "" when the observation is the newest."""
    if level.on_hand is None or level.observed_at is None:
        return ""
    if row.sequence is not None and level.sequence is not None:
        if row.sequence > level.sequence:
            return ""
        return f"{row.sku}: sequence {level.sequence} is known already, so {row.sequence} is not kept."
    if at >= level.observed_at:
        return ""
    return f"{row.sku}: it was seen at {level.observed_at:%Y-%m-%d %H:%M:%S} UTC already, which is later."
