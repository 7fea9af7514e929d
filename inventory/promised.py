"""What a stock level stands for now: what was shipped since it was observed, what open orders still want of it, and so
what can be sold. The one place where that is reckoned, for the page, for the count and for the carts."""

from datetime import datetime

from django.db.models import F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest

from carts.models import Cart
from inventory.models import StockLevel
from orders.models import Line
from orders.statuses import OPEN
from shipping.models import PackageLine

SKU, ASIN = Cart.ProductCode.SKU, Cart.ProductCode.ASIN


def reckon(levels: QuerySet[StockLevel], *, now: datetime) -> QuerySet[StockLevel]:
    """Say with each level what was ``shipped_since`` it was observed, and what is ``promised`` to open orders."""
    packed = PackageLine.objects.filter(
        Q(line__sku=OuterRef("sku"), line__order__cart__product_code=SKU)
        | Q(line__asin=OuterRef("sku"), line__order__cart__product_code=ASIN),
        line__merchant=OuterRef("merchant"),
        package__shipment__warehouse=OuterRef("warehouse"),
        package__shipment__created_at__gt=OuterRef("observed_at"),
        package__shipment__created_at__lte=now,
    )
    lines = Line.objects.filter(
        Q(sku=OuterRef("sku"), order__cart__product_code=SKU) | Q(asin=OuterRef("sku"), order__cart__product_code=ASIN),
        merchant=OuterRef("merchant"),
        left_out=False,
        order__status__in=OPEN,
        order__cart__route__warehouse=OuterRef("warehouse"),
    )
    ours = PackageLine.objects.filter(line=OuterRef("pk")).order_by().values("line").annotate(units=Sum("quantity"))
    # Once told, our packages are counted by the marketplace as well: what it counts beyond them others shipped.
    told = ours.filter(package__confirmation__confirmed_at__isnull=False)
    others = Greatest(F("fulfilled_there") - Coalesce(Subquery(told.values("units")), 0), 0)
    gone = others + Coalesce(Subquery(ours.values("units")), 0)
    still_open = lines.annotate(open_units=Greatest(F("ordered") - F("canceled") - gone, 0))
    return levels.annotate(
        shipped_since=_sum(packed, "line__merchant", "quantity"),
        promised=_sum(still_open, "merchant", "open_units"),
    )


def _sum(rows: QuerySet[Line] | QuerySet[PackageLine], one_group: str, units: str) -> Coalesce:
    total = rows.order_by().values(one_group).annotate(units=Sum(units)).values("units")
    return Coalesce(Subquery(total, output_field=IntegerField()), 0)


def on_hand(level: StockLevel) -> int | None:
    """Return what is on the shelf now, of a reckoned level. None when nobody has counted."""
    if level.on_hand is None or not level.warehouse.system.keeps_count:
        return level.on_hand
    return int(level.on_hand - level.shipped_since)  # type: ignore[attr-defined]


def can_be_sold(level: StockLevel) -> int | None:
    """Return what the carts may offer, of a reckoned level: never less than nothing. None when nobody has counted."""
    there = on_hand(level)
    return None if there is None else max(0, there - level.safety - int(level.promised))  # type: ignore[attr-defined]
