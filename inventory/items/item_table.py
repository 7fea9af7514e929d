"""A merchant's aliases and kits as one table: what a name stands for, and how many of it.

A name with one row and no quantity is an alias; rows with a quantity are the components of a kit. Changing the table is
always the same: say what it is to be, see what differs, keep it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from core.accounts.models import Merchant, User
from core.activity.event_log import record
from inventory.items import unmatched
from inventory.models import MOST_ON_HAND, StockLevel
from shipping.models import ItemAlias, KitComponent

LONGEST = 255
Meaning = Sequence[tuple[str, int | None]]  # (warehouse SKU, how many): one with None is an alias


@dataclass(frozen=True, slots=True)
class Change:
    """What a name stood for and is to stand for; empty where it was not there, or is to go."""

    name: str
    before: Meaning
    after: Meaning

    @property
    def word(self) -> str:
        if not self.before:
            return "New"
        return "Changed" if self.after else "Removed"

    @property
    def was(self) -> str:
        return told(self.before)

    @property
    def becomes(self) -> str:
        return told(self.after)


@dataclass(slots=True)
class Plan:
    """What a change of the table comes to: nothing is kept while anything is wrong."""

    changes: list[Change] = field(default_factory=list)
    same: int = 0
    wrong: dict[str, str] = field(default_factory=dict)  # name: why it can't be


def told(meaning: Meaning) -> str:
    """Return “MUG”, or “2 × MUG, 1 × LID”."""
    return ", ".join(sku if quantity is None else f"{quantity} × {sku}" for sku, quantity in meaning)


def table(merchant: Merchant, *, names: Collection[str] | None = None) -> dict[str, list[tuple[str, int | None]]]:
    """Return what each name of a merchant stands for, by name."""
    aliases = ItemAlias.objects.filter(merchant=merchant)
    components = KitComponent.objects.filter(merchant=merchant)
    if names is not None:
        aliases, components = aliases.filter(name__in=names), components.filter(kit__in=names)
    found: dict[str, list[tuple[str, int | None]]] = defaultdict(list)
    for name, sku in aliases.values_list("name", "sku"):
        found[name].append((sku, None))
    for kit, sku, quantity in components.order_by("kit", "pk").values_list("kit", "sku", "quantity"):
        found[kit].append((sku, quantity))
    return dict(sorted(found.items()))


def plan(merchant: Merchant, wanted: Mapping[str, Meaning], *, whole: bool = False) -> Plan:
    """Return what differs from the table as it is. ``whole``: names that are not wanted go."""
    now = table(merchant)
    made = Plan()
    after = {**({} if whole else now), **{name: list(meaning) for name, meaning in wanted.items()}}
    counted = _counted(merchant, wanted)
    for name in sorted({*wanted, *now}) if whole else sorted(wanted):
        before, becomes = now.get(name, []), wanted.get(name, [])
        if sorted(before, key=str) == sorted(becomes, key=str):
            made.same += 1
            continue
        if why := hindrance(name, becomes, after, counted):
            made.wrong[name] = why
        else:
            made.changes.append(Change(name, before, becomes))
    return made


def hindrance(name: str, meaning: Meaning, table_after: Mapping[str, Meaning], counted: Collection[str]) -> str:
    """Return why a name can't stand for this, as a sentence; "" when it can."""
    if not meaning:
        return ""
    for sku, quantity in [(name, None), *meaning]:
        if not sku.strip() or len(sku) > LONGEST or not sku.isprintable():
            return f"Give every row a name and a SKU of 1 to {LONGEST} printable characters."
        if quantity is not None and not 0 < quantity <= MOST_ON_HAND:
            return f"{name}: enter how many {sku} are in one, from 1 to {MOST_ON_HAND}."
    skus = [sku for sku, _ in meaning]
    is_kit = all(quantity is not None for _, quantity in meaning)
    if not is_kit and len(meaning) > 1:
        return f"{name}: an alias stands for one SKU. For a kit, enter a quantity in each of its rows."
    if len(set(skus)) < len(skus):
        return f"{name}: a component stands twice. Enter it once, with the units of both."
    if name in skus:
        return f"{name} can't stand for itself."
    if name in counted:
        return f"{name} is counted as an item of its own at a warehouse. Remove it there first, or use another name."
    for sku in skus:
        of_sku = table_after.get(sku, [])
        if is_kit and of_sku:
            return f"{name}: {sku} is itself an alias or a kit. Enter what the warehouse calls it."
        if of_sku and of_sku[0][1] is None:
            return f"{name}: {sku} is itself an alias. Enter {of_sku[0][0]} instead."
    # What others stand for must not become an alias, nor a component a kit.
    for other, stands_for in table_after.items():
        for sku, quantity in stands_for:
            if sku == name and other != name and (quantity is not None or not is_kit):
                return f"{name} is what {other} stands for, so it must be a warehouse SKU."
    return ""


def keep(merchant: Merchant, changes: Iterable[Change], *, by: User | None, now: datetime) -> int:
    """Store changes; names become what they are to stand for, whatever they stood for meanwhile. Returns how many."""
    changes = list(changes)
    owner = {"organization_id": merchant.organization_id, "merchant": merchant, "made_at": now}
    names = [change.name for change in changes]
    aliases = [
        ItemAlias(name=change.name, sku=sku, **owner)
        for change in changes
        for sku, quantity in change.after
        if quantity is None
    ]
    parts = [
        KitComponent(kit=change.name, sku=sku, quantity=quantity, **owner)
        for change in changes
        for sku, quantity in change.after
        if quantity is not None
    ]
    with transaction.atomic(durable=True):
        Merchant.objects.select_for_update().get(pk=merchant.pk)  # one table, one change of it at a time
        for start in range(0, len(names), 500):
            some = names[start : start + 500]
            ItemAlias.objects.filter(merchant=merchant, name__in=some).delete()
            KitComponent.objects.filter(merchant=merchant, kit__in=some).delete()
            # What staff were asked to count under this name is counted as what it stands for.
            StockLevel.objects.filter(merchant=merchant, sku__in=some, on_hand=None).delete()
        ItemAlias.objects.bulk_create(aliases, batch_size=500)
        KitComponent.objects.bulk_create(parts, batch_size=500)
        unmatched.mark(merchant.pk)
        for change in changes[:50]:
            details = {"name": change.name, "was": change.was, "becomes": change.becomes}
            record("items.named" if change.after else "items.forgotten", merchant, now=now, actor=by, **details)
    return len(changes)


def _counted(merchant: Merchant, names: Iterable[str]) -> set[str]:
    """Return which names a warehouse was seen to have as items of their own."""
    names, found = list(names), set()
    for start in range(0, len(names), 500):
        levels = StockLevel.objects.filter(merchant=merchant, sku__in=names[start : start + 500])
        found |= set(levels.filter(on_hand__isnull=False).values_list("sku", flat=True))
    return found
