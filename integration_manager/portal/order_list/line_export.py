"""The list as a file of order lines, with the columns somebody chose: one row a line, and what it was shipped by.

No buyer's name or address is in it. What was chosen is remembered for the next time, in the browser's session.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.accounts.access import Ability, Access
from core.accounts.doors import access_of, door, person_of
from core.common import clock
from integration_manager.portal.order_list import order_export, order_search
from integration_manager.portal.order_list.table_files import FILES, Row, Value
from orders.models import Line, Order, Recipient
from shipping.models import NO_NUMBER, PackageLine, Release

CHOSEN = "line_columns"  # in the session


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line with what is told of it: its order, and what is in packages of it."""

    order: Order
    line: Line
    access: Access
    country: str
    method: str
    packed: Sequence[PackageLine] = field(default_factory=tuple)

    def joined(self, said: Callable[[PackageLine], object]) -> str:
        """Return what each of its packages says, once each."""
        return "; ".join(dict.fromkeys(filter(None, (str(said(each)) for each in self.packed))))

    @property
    def shipped_at(self) -> datetime | None:
        """When the last of it was shipped."""
        return max((each.package.shipped_at for each in self.packed), default=None)


@dataclass(frozen=True, slots=True)
class LineColumn:
    key: str
    label: str
    value: Callable[[OrderLine], Value]


COLUMNS = (
    LineColumn("order", "Order", lambda row: row.order.number),
    LineColumn("merchant", "Merchant", lambda row: row.order.merchant.name),
    LineColumn("cart", "Cart", lambda row: row.order.cart.name),
    LineColumn("marketplace", "Marketplace", lambda row: row.order.cart.place.name),
    LineColumn("status", "Status", lambda row: row.order.state.label),
    LineColumn("reason", "Reason", lambda row: row.order.reason_for(row.access)),
    LineColumn("placed", "Placed", lambda row: row.order.placed_at),
    LineColumn("ship_by", "Ship by", lambda row: row.order.ship_by),
    LineColumn("deliver_by", "Deliver by", lambda row: row.order.deliver_by),
    LineColumn("country", "Country", lambda row: row.country),
    LineColumn("sku", "SKU", lambda row: row.line.sku),
    LineColumn("asin", "ASIN", lambda row: row.line.asin),
    LineColumn("title", "Title", lambda row: row.line.title),
    LineColumn("ordered", "Ordered", lambda row: row.line.ordered),
    LineColumn("canceled", "Canceled", lambda row: row.line.canceled),
    LineColumn("packed", "Shipped units", lambda row: sum(each.quantity for each in row.packed)),
    LineColumn("price", "Unit price", lambda row: row.line.unit_price),
    LineColumn("total", "Line total", lambda row: row.line.total),
    LineColumn("currency", "Currency", lambda row: row.line.currency),
    LineColumn("service", "Asked for", lambda row: row.order.service),
    LineColumn("method", "Ship method", lambda row: row.method),
    LineColumn("carrier", "Carrier", lambda row: row.joined(lambda each: each.package.carrier)),
    LineColumn("carrier_service", "Service", lambda row: row.joined(lambda each: each.package.service)),
    LineColumn("scac", "SCAC", lambda row: row.joined(lambda each: each.package.scac)),
    LineColumn(
        "tracking", "Tracking number", lambda row: row.joined(lambda each: each.package.tracking_number or NO_NUMBER)
    ),
    LineColumn("package", "Package", lambda row: row.joined(lambda each: each.package.number)),
    LineColumn("shipped", "Shipped", lambda row: row.shipped_at),
    LineColumn("confirmed", "Confirmed", lambda row: row.order.confirmed_at),
    LineColumn("programs", "Programs", lambda row: " ".join(row.order.program_words)),
)
BY_KEY = {column.key: column for column in COLUMNS}


@door(Ability.LOOK)
@require_safe
def export_lines(request: HttpRequest) -> HttpResponse:
    """Ask which columns; with a format in the address, the file itself."""
    access, now = access_of(request), clock.now()
    query = request.GET.copy()
    ticked = query.pop("column", [])
    chosen = [column for column in COLUMNS if column.key in ticked]
    if "as" not in query:
        return _choose(request)
    if not chosen:
        messages.warning(request, "Choose at least one column.")
        return redirect(_here(request))
    asked = order_export.ask(request, query, now=now)
    if asked is None:
        return redirect(order_search.list_of(query))
    request.session[CHOSEN] = [column.key for column in chosen]
    found = [each.select_related("cart", "merchant") for each in asked.found]
    orders = order_export.taken(found, asked.by, access, by=person_of(request), now=now)
    labels = [column.label for column in chosen]
    return asked.answer(order_export.dated("order-lines", access, now), labels, _rows(orders, chosen, access), access)


def _choose(request: HttpRequest) -> HttpResponse:
    before = request.session.get(CHOSEN) or list(BY_KEY)
    kept = {name: request.GET.get(name, "") for name in ("tab", *order_search.KEPT, "sort")}
    context = {
        "crumbs": [("Orders", order_search.list_of(request.GET))],
        "kept": [(name, value) for name, value in kept.items() if value],
        "columns": [(column.key, column.label, column.key in before) for column in COLUMNS],
        "files": [(key, file.label) for key, file in FILES.items()],
        "list_url": order_search.list_of(request.GET),
    }
    return render(request, "portal/order_list/line_export.html", context)


def _here(request: HttpRequest) -> str:
    """Return the address of the page that asks, about the same orders."""
    asked = request.GET.copy()
    asked.pop("as", None)
    return f"{reverse('orders:export_lines')}?{asked.urlencode()}"


def _rows(parts: Iterable[list[Order]], chosen: Sequence[LineColumn], access: Access) -> Iterator[Row]:
    for orders in parts:
        for row in _lines(orders, access):
            yield [column.value(row) for column in chosen]


def _lines(orders: Sequence[Order], access: Access) -> Iterator[OrderLine]:
    """Yield the lines of these orders, in their order: four statements, however many there are."""
    numbers = [order.pk for order in orders]
    lines: dict[int, list[Line]] = defaultdict(list)
    for line in Line.objects.visible_to(access).filter(order__in=numbers).order_by("order", "pk"):
        lines[line.order_id].append(line)
    packed: dict[int, list[PackageLine]] = defaultdict(list)
    inside = PackageLine.objects.filter(package__order__in=numbers).select_related("package__shipment")
    for each in inside.order_by("package__number", "pk"):
        packed[each.line_id].append(each)
    countries: Mapping[int, str] = dict(Recipient.objects.filter(order__in=numbers).values_list("order", "country"))
    releases = Release.objects.visible_to(access).filter(order__in=numbers, ship_method__isnull=False)
    by_part = releases.order_by("-part").values_list("order", "ship_method__label")  # of a split order the first part's
    methods: Mapping[int, str] = dict(by_part)
    for order in orders:
        for line in lines[order.pk]:
            yield OrderLine(
                order, line, access, countries.get(order.pk, ""), methods.get(order.pk, ""), packed[line.pk]
            )
