"""What stock levels stand for now: what was shipped since they were observed, what orders still want of them, and so
what can be sold. The one place where that is reckoned, for the pages, for the count and for the carts.

Orders of all carts and grants of a merchant count, by SKU. There are two kinds of levels:

- *on the shelf* (counted here, or reported as it lies there): what was shipped since is off, what is open is promised;
- *free* (``orders_off``): the warehouse took off the orders it knew. Of those that it did not know when it looked, what
  is open is promised and what was shipped is off; the others count nothing, whether they were shipped or not.

A whole merchant takes as many statements as one SKU: everything open is read once, and nothing of what is done.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    DateTimeField,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import Coalesce, Greatest

from inventory.models import StockLevel
from orders.models import Line
from orders.statuses import OPEN
from shipping.items.item_names import ItemNames, Part
from shipping.models import PackageLine

BY_NAME = 500  # SKUs asked for by name; beyond that everything of the merchant is read
UNDER_WAY = timedelta(minutes=2)  # an order handed over so shortly before may not have been taken off yet
Key = tuple[int, int, str]  # warehouse id, merchant id, SKU


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
    ``placed_alone``: without the orders that wait for a routing rule to name their warehouse. Two statements, two more
    for the names, and one that reads ``levels`` when they are a queryset.
    """
    found = list(levels)
    by_key: dict[Key, StockLevel] = {}
    for level in found:
        level.promised = level.shipped_since = 0  # type: ignore[attr-defined]
        by_key[level.warehouse_id, level.merchant_id, level.sku] = level
    if not found:
        return found
    merchants = {level.merchant_id for level in found}
    skus = {level.sku for level in found}
    if names is None:
        names = ItemNames.behind(merchants, skus) if len(skus) <= BY_NAME else ItemNames.of(merchants)
    asked = skus | names.names if len(skus) <= BY_NAME else None
    warehouses = {level.warehouse_id: level.warehouse for level in found}
    whole_kits = {pk for pk, warehouse in warehouses.items() if warehouse.system.knows_kits}
    for each in _units(found, merchants, asked, now, placed_alone=placed_alone):
        parts = names.parts(each.merchant_id, each.name, whole_kits=each.warehouse_id in whole_kits)
        for part in parts:
            if level := by_key.get((each.warehouse_id, each.merchant_id, part.sku)):  # type: ignore[assignment]
                _take(level, each, part)
    return found


def _units(
    levels: Collection[StockLevel],
    merchants: Collection[int],
    names: Collection[str] | None,
    now: datetime,
    *,
    placed_alone: bool,
) -> Iterator[Units]:
    knowing = {level.warehouse_id for level in levels if level.orders_off}
    warehouses = {level.warehouse_id for level in levels}
    yield from _open(merchants, names, knowing=knowing, warehouses=warehouses, placed_alone=placed_alone)
    oldest = min((since for level in levels if (since := counts_from(level))), default=None)
    if oldest is not None:
        yield from _shipped(levels, merchants, names, since=oldest, until=now)


def _take(level: StockLevel, each: Units, part: Part) -> None:
    observed = level.observed_at
    if level.orders_off and observed and each.known_at and each.known_at <= observed - UNDER_WAY:
        return
    if each.shipped_at is None:
        level.promised += each.units * part.quantity  # type: ignore[attr-defined]
        return
    since = counts_from(level)
    if since is not None and each.shipped_at > since:
        level.shipped_since += each.units * part.quantity  # type: ignore[attr-defined]


def counts_from(level: StockLevel) -> datetime | None:
    """Return since when what was shipped is not off the level yet. None when nobody has counted."""
    if level.observed_at is None or level.settled_until is None:
        return level.observed_at
    return max(level.observed_at, level.settled_until)


# -- What is read ------------------------------------------------------------------------------------------------------
def open_lines(merchants: Collection[int]) -> "QuerySet[Any]":
    """Return the lines of which units are ``open_units``, and the warehouse they come ``from_warehouse``.

    That is the cart's, until the order goes to another one by a routing rule.
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
    )


def _open(
    merchants: Collection[int],
    names: Collection[str] | None,
    *,
    knowing: Collection[int],
    warehouses: Collection[int],
    placed_alone: bool,
) -> Iterator[Units]:
    """Return what is open, by SKU; where it matters also by when the warehouse got to know of it."""
    lines = open_lines(merchants).filter(from_warehouse__in=warehouses)
    if placed_alone:
        lines = lines.exclude(order__release=None, order__cart__route__by_rules=True)
    if names is not None:
        lines = lines.filter(sku__in=names)
    given_back = When(order__recall__recalled_at__gte=F("order__release__released_at"), then=None)
    matters = When(from_warehouse__in=knowing, then=F("order__release__released_at"))
    grouped = lines.annotate(known_at=Case(given_back, matters, default=None, output_field=DateTimeField())).order_by()
    by = grouped.values_list("from_warehouse", "order__merchant", "sku", "known_at")
    found = by.annotate(units=Sum("open_units"))
    for warehouse_id, merchant_id, sku, known_at, units in found.iterator(chunk_size=2000):
        yield Units(warehouse_id, merchant_id, sku, units, known_at)


def _shipped(
    levels: Collection[StockLevel],
    merchants: Collection[int],
    names: Collection[str] | None,
    *,
    since: datetime,
    until: datetime,
) -> Iterator[Units]:
    packed = PackageLine.objects.filter(
        package__shipment__warehouse__in={level.warehouse_id for level in levels},
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
    )
    for row in found.iterator(chunk_size=2000):
        yield Units(*row)


# -- What it comes to --------------------------------------------------------------------------------------------------
def on_hand(level: StockLevel) -> int | None:
    """Return what is on the shelf now, of a reckoned level. None when nobody has counted."""
    return None if level.on_hand is None else int(level.on_hand - level.shipped_since)  # type: ignore[attr-defined]


def can_be_sold(level: StockLevel) -> int | None:
    """Return what the carts may offer, of a reckoned level: never less than nothing. None when nobody has counted."""
    free = unpromised(level)
    return None if free is None else max(0, free - level.safety)


def unpromised(level: StockLevel) -> int | None:
    """Return what no order wants, of a reckoned level; below zero where more was sold than is there."""
    there = on_hand(level)
    return None if there is None else there - int(level.promised)  # type: ignore[attr-defined]
