"""What stock levels stand for now: what was shipped since they were observed, what orders still want of them, and so
what can be sold. The one place where that is reckoned, for the pages, for the count and for the carts.

Orders of all carts and grants of a merchant count, by SKU. There are two kinds of levels:

- *on the shelf* (counted here, or reported as it lies there): what was shipped since is off, what is open is promised;
- *free* (``orders_off``): the warehouse took off the orders it knew. Of those that it did not know when it looked, what
  is open is promised and what was shipped is off; the others count nothing, whether they were shipped or not.

A whole merchant takes as many statements as one SKU: everything open is read once, and nothing of what is done. Of
split orders each part is promised from its own warehouse.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db.models import (
    BigIntegerField,
    Case,
    DateTimeField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import Coalesce, Greatest

from inventory import counted_levels
from inventory.counted_levels import CountedLevel
from inventory.models import StockLevel
from orders.models import Line
from orders.statuses import OPEN
from shipping.items.item_names import ItemNames, Part
from shipping.models import PackageLine, Recall, Release
from shipping.shipments.release_parts import Opening, opened_for
from shipping.shipments.shipped_packages import openings

BY_NAME = 500  # SKUs asked for by name; beyond that everything of the merchant is read
UNDER_WAY = timedelta(minutes=2)  # an order handed over so shortly before may not have been taken off yet
Key = tuple[int, int, str]  # warehouse id, merchant id, SKU
AnyLevel = StockLevel | CountedLevel
L = TypeVar("L", StockLevel, CountedLevel)


@dataclass(frozen=True, slots=True)
class Units:
    """So many units that go, or went, from a warehouse. ``known_at``: since when it has the order; None where it hasn't
    or where it does not matter. ``shipped_at``: None while they are open."""

    warehouse_id: int
    merchant_id: int
    name: str  # the seller's SKU
    units: int
    known_at: datetime | None
    shipped_at: datetime | None = None


def reckon(
    levels: Iterable[StockLevel], *, now: datetime, names: ItemNames | None = None, placed_alone: bool = False
) -> list[StockLevel]:
    """Return the levels with what was ``shipped_since`` they were observed, and what is ``promised``. In their order.

    In: levels with their warehouses; the ``names`` that are behind all of them, where the caller has them;
    ``placed_alone``: without the orders that wait for a routing rule to name their warehouse. Three statements, two
    more for the names, and one that reads ``levels`` when they are a queryset.
    """
    found = list(levels)
    for level in found:
        level.promised = level.shipped_since = 0  # type: ignore[attr-defined]
    if not found:
        return found
    merchants, skus = {level.merchant_id for level in found}, {level.sku for level in found}
    if names is None:
        names = ItemNames.behind(merchants, skus) if len(skus) <= BY_NAME else ItemNames.of(merchants)
    asked = skus | names.names if len(skus) <= BY_NAME else None
    since = min((since for level in found if (since := counts_from(level))), default=None)
    units = _units(found, merchants, asked, since=since, now=now, placed_alone=placed_alone)
    for level, each, part in _hits(found, units, names):
        _take(level, each, part)
    return found


def reckon_all(levels: "QuerySet[StockLevel]", names: ItemNames, *, now: datetime) -> list[CountedLevel]:
    """The same for those of a merchant's levels that were counted, however many, as plain rows.

    Seven statements at most. The oldest is looked for first: what is observed meanwhile is younger.
    """
    since = counted_levels.oldest(levels)
    found = counted_levels.counted(levels)
    units = _units(found, {level.merchant_id for level in found}, None, since=since, now=now, placed_alone=False)
    hits = list(_hits(found, units, names)) if found else []
    counted_levels.read_moments({level.pk: level for level, _, _ in hits}.values())
    for level, each, part in hits:
        _take(level, each, part)
    return found


def _units(
    levels: Collection[AnyLevel],
    merchants: Collection[int],
    names: Collection[str] | None,
    *,
    since: datetime | None,
    now: datetime,
    placed_alone: bool,
) -> Iterator[Units]:
    knowing = {level.warehouse_id for level in levels if level.orders_off}
    warehouses = {level.warehouse_id for level in levels}
    yield from _open(merchants, names, knowing=knowing, warehouses=warehouses, placed_alone=placed_alone)
    if since is not None:
        yield from _shipped(warehouses, merchants, names, since=since, until=now)


def _hits(levels: Iterable[L], units: Iterable[Units], names: ItemNames) -> Iterator[tuple[L, Units, Part]]:
    """Yield what takes from which of the levels."""
    by_key = {(level.warehouse_id, level.merchant_id, level.sku): level for level in levels}
    warehouses = {level.warehouse_id: level.warehouse for level in by_key.values()}
    whole_kits = {pk for pk, warehouse in warehouses.items() if warehouse.system.knows_kits}
    for each in units:
        for part in names.parts(each.merchant_id, each.name, whole_kits=each.warehouse_id in whole_kits):
            if level := by_key.get((each.warehouse_id, each.merchant_id, part.sku)):
                yield level, each, part


def _take(level: AnyLevel, each: Units, part: Part) -> None:
    observed = level.observed_at
    if level.orders_off and observed and each.known_at and each.known_at <= observed - UNDER_WAY:
        return
    if each.shipped_at is None:
        level.promised += each.units * part.quantity  # type: ignore[union-attr]
        return
    since = counts_from(level)
    if since is not None and each.shipped_at > since:
        level.shipped_since += each.units * part.quantity  # type: ignore[union-attr]


def counts_from(level: AnyLevel) -> datetime | None:
    """Return since when what was shipped is not off the level yet. None when nobody has counted."""
    if level.observed_at is None or level.settled_until is None:
        return level.observed_at
    return max(level.observed_at, level.settled_until)


# -- What is read ------------------------------------------------------------------------------------------------------
def open_lines(merchants: Collection[int]) -> "QuerySet[Any]":
    """Return the lines of which units are ``open_units``, and the warehouse they come ``from_warehouse``.

    That is the cart's, until the order goes to another one by a routing rule. Not of split orders: see ``split_lines``.
    """
    ours = PackageLine.objects.filter(line=OuterRef("pk")).order_by().values("line").annotate(units=Sum("quantity"))
    # Once told, our packages are counted by the marketplace as well: what it counts beyond them others shipped.
    told = ours.filter(package__confirmation__confirmed_at__isnull=False)
    others = Greatest(F("fulfilled_there") - Coalesce(Subquery(told.values("units")), 0), 0)
    gone = others + Coalesce(Subquery(ours.values("units")), 0)
    # By conditions of the order alone: its open ones are few and stand in an index.
    lines = Line.objects.filter(order__merchant__in=merchants, order__status__in=OPEN, left_out=False)
    return lines.annotate(
        open_units=Greatest(F("ordered") - F("canceled") - gone, 0, output_field=IntegerField()),
        from_warehouse=Coalesce(
            "order__release__warehouse_id", "order__cart__route__warehouse_id", output_field=BigIntegerField()
        ),
        release=F("order__release__pk"),
        part=F("order__release__part"),
    ).filter(Q(part=0) | Q(part=None))


def split_lines(
    merchants: Collection[int], warehouses: Collection[int] | None = None
) -> Iterator[tuple[Release, Opening]]:
    """Yield what is open of split orders: each part with each of its lines. One statement where there is none."""
    parts = Release.objects.parts().filter(order__merchant__in=merchants, order__status__in=OPEN)
    if warehouses is not None:
        parts = parts.filter(warehouse__in=warehouses)
    releases = list(parts.select_related("order"))
    if not releases:
        return
    own = opened_for(releases, openings(list({each.order_id: each.order for each in releases}.values())))
    for each in releases:
        for opening in own[each.pk].values():
            if opening.units:
                yield each, opening


def _open(
    merchants: Collection[int],
    names: Collection[str] | None,
    *,
    knowing: Collection[int],
    warehouses: Collection[int],
    placed_alone: bool,
) -> Iterator[Units]:
    """Return what is open, by SKU; where it matters also by when the warehouse got to know of it."""
    for release, opening in split_lines(merchants, warehouses):
        if names is None or opening.line.sku in names:
            known = release.warehouse_id in knowing and release.is_with_warehouse
            known_at = release.released_at if known else None
            yield Units(release.warehouse_id, release.merchant_id, opening.line.sku, opening.units, known_at)
    lines = open_lines(merchants).filter(from_warehouse__in=warehouses)
    if placed_alone:
        lines = lines.exclude(release=None, order__cart__route__by_rules=True)
    if names is not None:
        lines = lines.filter(sku__in=names)
    back = Recall.objects.filter(
        order=OuterRef("order"),
        warehouse=OuterRef("from_warehouse"),
        recalled_at__gte=OuterRef("order__release__released_at"),
    )
    # Not joined: an order that went elsewhere after it came back was asked back of two warehouses, perhaps.
    given_back = When(Q(from_warehouse__in=knowing) & Exists(back), then=None)
    matters = When(from_warehouse__in=knowing, then=F("order__release__released_at"))
    grouped = lines.annotate(known_at=Case(given_back, matters, default=None, output_field=DateTimeField())).order_by()
    by = grouped.values_list("from_warehouse", "order__merchant", "sku", "known_at")
    found = by.annotate(units=Sum("open_units"))
    for warehouse_id, merchant_id, sku, known_at, units in found.iterator(chunk_size=2000):
        yield Units(warehouse_id, merchant_id, sku, units, known_at)


def _shipped(
    warehouses: Collection[int],
    merchants: Collection[int],
    names: Collection[str] | None,
    *,
    since: datetime,
    until: datetime,
) -> Iterator[Units]:
    packed = PackageLine.objects.filter(
        package__shipment__warehouse__in=warehouses,
        package__shipment__merchant__in=merchants,
        package__shipment__created_at__gt=since,
        package__shipment__created_at__lte=until,
    )
    if names is not None:
        packed = packed.filter(line__sku__in=names)
    shipment = "package__shipment__"
    found = packed.values_list(
        f"{shipment}warehouse",
        f"{shipment}merchant",
        "line__sku",
        "quantity",
        "line__order__release__released_at",
        f"{shipment}created_at",
        "line__order__release__part",
        "line__order__release__warehouse",
    )
    for *row, part, of in found.iterator(chunk_size=2000):
        if not part or of == row[0]:  # of a split order it comes once for each part: its own counts
            yield Units(*row)


# -- What it comes to --------------------------------------------------------------------------------------------------
def on_hand(level: AnyLevel) -> int | None:
    """Return what is on the shelf now, of a reckoned level. None when nobody has counted."""
    return None if level.on_hand is None else int(level.on_hand - level.shipped_since)  # type: ignore[union-attr]


def can_be_sold(level: AnyLevel) -> int | None:
    """Return what the carts may offer, of a reckoned level: never less than nothing. None when nobody has counted."""
    free = unpromised(level)
    return None if free is None else max(0, free - level.safety)


def unpromised(level: AnyLevel) -> int | None:
    """Return what no order wants, of a reckoned level; below zero where more was sold than is there."""
    there = on_hand(level)
    return None if there is None else there - int(level.promised)  # type: ignore[union-attr]
