"""Showing what is on the shelves: what is there now, what of it is promised, and what the carts were told."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest

from carts.models import Cart
from inventory.models import StockLevel, StockUpdate
from orders.models import OPEN, Line
from shipping.models import PackageLine

SKU, ASIN = Cart.ProductCode.SKU, Cart.ProductCode.ASIN


@dataclass(frozen=True, slots=True)
class Told:
    """What one cart was told of a SKU, or is about to be told."""

    cart: str
    quantity: int | None
    at: datetime | None
    wanted: int
    error: str = ""

    @property
    def owed(self) -> bool:
        return self.quantity != self.wanted


@dataclass(slots=True)
class Shelf:
    """One row of the page. ``typed`` and ``error`` are what somebody wrote and why it was not kept."""

    level: StockLevel
    on_hand: int | None  # now: what was observed, less what was shipped since
    promised: int
    told: list[Told] = field(default_factory=list)
    typed: str | None = None
    error: str = ""

    @property
    def can_be_sold(self) -> int | None:
        return None if self.on_hand is None else max(0, self.on_hand - self.level.safety - self.promised)

    @property
    def value(self) -> str:
        """What stands in the row's field."""
        return self.typed if self.typed is not None else self.seen

    @property
    def seen(self) -> str:
        return "" if self.on_hand is None else str(self.on_hand)


def reckon(levels: QuerySet[StockLevel]) -> QuerySet[StockLevel]:
    """Say with each level what was shipped since it was observed, and what open orders still want of it."""
    of_level = Q(sku=OuterRef("sku"), order__cart__product_code=SKU) | Q(
        asin=OuterRef("sku"), order__cart__product_code=ASIN
    )
    lines = Line.objects.filter(
        of_level,
        merchant=OuterRef("merchant"),
        order__status__in=OPEN,
        order__cart__route__warehouse=OuterRef("warehouse"),
    )
    packed = PackageLine.objects.filter(
        Q(line__sku=OuterRef("sku"), line__order__cart__product_code=SKU)
        | Q(line__asin=OuterRef("sku"), line__order__cart__product_code=ASIN),
        line__merchant=OuterRef("merchant"),
    )
    since = packed.filter(
        package__shipment__warehouse=OuterRef("warehouse"), package__shipment__created_at__gt=OuterRef("observed_at")
    )
    of_open = packed.filter(line__order__status__in=OPEN, line__order__cart__route__warehouse=OuterRef("warehouse"))
    wanted = Greatest(F("ordered") - F("canceled") - F("fulfilled_there"), 0)
    return levels.annotate(
        shipped_since=_sum(since, "line__merchant", F("quantity")),
        wanted=_sum(lines, "merchant", wanted),
        packed=_sum(of_open, "line__merchant", F("quantity")),
    )


def _sum(rows: QuerySet[Line] | QuerySet[PackageLine], one_group: str, units: F | Greatest) -> Coalesce:
    total = rows.order_by().values(one_group).annotate(units=Sum(units)).values("units")
    return Coalesce(Subquery(total, output_field=IntegerField()), 0)


def shelves(levels: Sequence[StockLevel]) -> list[Shelf]:
    """Return the rows of reckoned levels, in their order."""
    rows = [Shelf(level, _on_hand(level), _promised(level)) for level in levels]
    by_code: dict[tuple[int, int, str], list[Told]] = {}
    for update in _updates(levels):
        listing = update.listing
        route = getattr(listing.cart, "route", None)
        key = (route.warehouse_id if route else 0, listing.merchant_id, getattr(listing, listing.cart.product_code))
        told = Told(listing.cart.name, update.told, update.told_at, update.wanted, update.last_error)
        by_code.setdefault(key, []).append(told)
    for row in rows:
        row.told = by_code.get((row.level.warehouse_id, row.level.merchant_id, row.level.sku), [])
    return rows


def _on_hand(level: StockLevel) -> int | None:
    if level.on_hand is None or not level.warehouse.system.keeps_count:
        return level.on_hand
    return int(level.on_hand - level.shipped_since)  # type: ignore[attr-defined]


def _promised(level: StockLevel) -> int:
    return max(0, int(level.wanted - level.packed))  # type: ignore[attr-defined]


def _updates(levels: Sequence[StockLevel]) -> list[StockUpdate]:
    codes = {level.sku for level in levels}
    updates = StockUpdate.objects.filter(
        Q(listing__sku__in=codes) | Q(listing__asin__in=codes),
        merchant__in={level.merchant_id for level in levels},
    )
    return list(updates.select_related("listing__cart__route").order_by("listing__cart__name", "pk"))
