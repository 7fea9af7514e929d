"""The lines of one order as its page shows them: so many at a time, and a sum over all of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, IntegerField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Greatest

from carts.marketplaces.order_needs import NO_HANDLING, OrderHandling
from orders import packing_notes
from orders.models import Line, Order
from orders.packing_notes import PackingNote
from shipping.models import PackageLine

AT_ONCE = 200  # lines on a page


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line; shipped is what we packed, and what others did: what the marketplace counts beyond what it was told."""

    line: Line
    shipped: int
    code: str  # what it is at the warehouse, where that is not its SKU
    notes: Sequence[PackingNote] = ()

    @property
    def total(self) -> Decimal | None:
        """What its units that are still wanted cost: each line's, so that they add up to the order's."""
        return None if self.line.unit_price is None else self.line.unit_price * self.line.wanted

    @property
    def left_out(self) -> int:
        return self.line.wanted if self.line.left_out else 0


@dataclass(frozen=True, slots=True)
class Lines:
    rows: Sequence[LineRow]
    count: int
    ordered: int
    shipped: int
    canceled: int
    left_out: int
    rest: Decimal | None  # what the order's total holds beside the prices of the units
    page: int
    pages: int

    @property
    def first(self) -> int:
        return (self.page - 1) * AT_ONCE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1

    @property
    def before(self) -> int | None:
        return self.page - 1 if self.page > 1 else None

    @property
    def after(self) -> int | None:
        return self.page + 1 if self.page < self.pages else None


def lines_of(
    order: Order,
    *,
    page: int = 1,
    handling: OrderHandling = NO_HANDLING,
    opened: bool = False,
    without: Collection[str] = (),
) -> Lines:
    """Return a page of the lines with the sums over all: the same few queries, however many there are.

    ``without`` are notes, by their labels, that are told of the whole order elsewhere.
    """
    lines = _packed(order)
    wanted = Greatest(F("ordered") - F("canceled"), Value(0), output_field=IntegerField())
    groups = list(
        lines.order_by()
        .values("currency", "unit_price", "left_out")
        .annotate(
            units=Sum(wanted),
            all_ordered=Sum("ordered"),
            all_canceled=Sum("canceled"),
            all_shipped=Sum(F("in_packages") + F("by_others"), output_field=IntegerField()),
        )
    )
    count = lines.count()
    pages = max(1, -(-count // AT_ONCE))
    page = min(max(1, page), pages)
    rows = lines.order_by("pk")[(page - 1) * AT_ONCE : page * AT_ONCE]
    return Lines(
        rows=[_row(order, line, handling, opened, without) for line in rows],
        count=count,
        ordered=sum(group["all_ordered"] for group in groups),
        shipped=sum(group["all_shipped"] for group in groups),
        canceled=sum(group["all_canceled"] for group in groups),
        left_out=sum(group["units"] for group in groups if group["left_out"]),
        rest=_rest(order, [(group["unit_price"], group["units"], group["currency"]) for group in groups]),
        page=page,
        pages=pages,
    )


def _packed(order: Order) -> "QuerySet[Line]":
    packed = PackageLine.objects.filter(line=OuterRef("pk")).order_by().values("line").annotate(units=Sum("quantity"))
    told = packed.filter(package__confirmation__confirmed_at__isnull=False)
    beyond = F("fulfilled_there") - Coalesce(Subquery(told.values("units")), 0)
    return Line.objects.filter(order=order).annotate(
        in_packages=Coalesce(Subquery(packed.values("units")), 0, output_field=IntegerField()),
        by_others=Greatest(beyond, Value(0), output_field=IntegerField()),
    )


def _row(order: Order, line: Line, handling: OrderHandling, opened: bool, without: Collection[str]) -> LineRow:
    code = str(getattr(line, order.cart.product_code))
    shipped: int = line.in_packages + line.by_others  # type: ignore[attr-defined]
    notes = packing_notes.of_line(line.facts, handling.of_line(line.reference), opened=opened)
    told = [note for note in notes if note.label not in without]
    return LineRow(line, shipped, "" if code == line.sku else code, told)


def _rest(order: Order, prices: Sequence[tuple[Decimal | None, int, str]]) -> Decimal | None:
    """Return what the total holds beside the prices of the units: of what is canceled altogether, all of it. None when
    nothing, or when it cannot be told.

    The database counts units by price and we multiply: a sum of amounts there may be one of floats.
    """
    if order.total is None or {currency for _, _, currency in prices} != {order.currency}:
        return None
    known = [price * units for price, units, _ in prices if price is not None]
    free = not sum(known) and any(units for _, units, _ in prices)
    if len(known) < len(prices) or free:
        return None
    return (order.total - sum(known)) or None
