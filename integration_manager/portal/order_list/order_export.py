"""The list as a file: the same tab, search, filters and sorting, every row of it. No buyer's name or address is in it.

Written while it is read, so that a hundred thousand orders need no more memory than a thousand.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from core.accounts.access import Ability, Access
from core.accounts.doors import access_of, door, person_of
from core.accounts.models import User
from core.activity.event_log import record
from core.common import clock
from core.ui.list_page import Branches, Sorting, chunks
from integration_manager.portal.order_list import chosen_orders, order_search, tab_counts
from integration_manager.portal.order_list.table_files import FILES, CsvFile, Row, TableFile
from orders.models import Order
from shipping.models import NO_NUMBER, Package

MOST = 100_000
AT_ONCE = 1_000
COLUMNS = (
    "Order", "Merchant", "Cart", "Status", "Reason", "Ship method", "Placed", "Ship by", "Lines", "Units", "Total",
    "Currency", "Packages", "Programs",
)  # fmt: skip
TIMES = ("Placed", "Ship by", "Deliver by", "Shipped", "Confirmed")


@dataclass(frozen=True, slots=True)
class AskedFile:
    """A file that can be made: of which orders, in which order, as what."""

    file: TableFile
    found: Branches
    by: Sorting

    def answer(self, name: str, columns: Sequence[str], rows: Iterable[Row], access: Access) -> HttpResponse:
        """Return the file as it is written: the heading of a time says its zone where the cells do not."""
        exact = isinstance(self.file, CsvFile) and self.file.exact
        zoned = [
            name if exact or name not in TIMES else f"{name} ({access.organization.time_zone})" for name in columns
        ]
        answer = StreamingHttpResponse(
            self.file.write(zoned, rows, zone=access.organization.zone),
            content_type=self.file.content_type,
            headers={
                "Content-Disposition": f'attachment; filename="{name}.{self.file.ending}"',
                "Cache-Control": "no-store",
            },
        )
        return cast(HttpResponse, answer)  # to a door they are the same


def ask(request: HttpRequest, query: QueryDict, *, now: datetime) -> AskedFile | None:
    """Return the file this query asks for; None, with a message that says why, when it cannot be made."""
    access = access_of(request)
    wanted = order_search.read(query, access, now=now)
    if wanted.refused:
        messages.warning(request, f"No file was made. {' '.join(wanted.refused)}")
        return None
    found = order_search.find(wanted, order_search.search(access, wanted), state=wanted.state)
    if tab_counts.more_than(found, MOST):
        messages.warning(
            request, f"A file can have up to {MOST:,} orders, and more match. Narrow the list, for example by date."
        )
        return None
    file = FILES.get(query.get("as", "csv"))
    if file is None:
        messages.warning(request, "Orders can't be exported as that. Choose one of the formats below the list's tabs.")
        return None
    return AskedFile(file, found, chosen_orders.sort_of(query, wanted.state))


def dated(name: str, access: Access, now: datetime) -> str:
    return f"{name}-{now.astimezone(access.organization.zone):%Y-%m-%d}"


@door(Ability.LOOK)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    access, now = access_of(request), clock.now()
    asked = ask(request, request.GET, now=now)
    if asked is None:
        return redirect(order_search.list_of(request.GET))
    rows = [each.select_related("cart", "merchant") for each in asked.found]
    taken = read(rows, asked.by, access, by=person_of(request), now=now)
    return asked.answer(dated("orders", access, now), COLUMNS, taken, access)


def read(found: Branches, order: Sorting, access: Access, *, by: User, now: datetime) -> Iterator[Row]:
    """Yield the rows, and record at the end how many of them were taken."""
    for orders in taken(found, order, access, by=by, now=now):
        shipped = _packages(orders, access)
        for each in orders:
            yield _row(each, shipped[each.pk], access)


def taken(found: Branches, order: Sorting, access: Access, *, by: User, now: datetime) -> Iterator[list[Order]]:
    """Yield the orders so many at a time, and record at the end how many of them were taken."""
    count = 0
    try:
        for orders in chunks(found, order, size=AT_ONCE):
            yield orders
            count += len(orders)
            if count >= MOST:
                break  # some came while this was written
    finally:
        with transaction.atomic():
            record("orders.exported", access.organization, now=now, actor=by, count=count)


def _packages(orders: Iterable[Order], access: Access) -> dict[int, list[str]]:
    said: dict[int, list[str]] = defaultdict(list)
    packages = Package.objects.visible_to(access).filter(order__in=orders).order_by("order", "number")
    for order, carrier, tracking in packages.values_list("order", "carrier", "tracking_number"):
        said[order].append(f"{carrier} {tracking or NO_NUMBER}")
    return said


def _row(order: Order, packages: list[str], access: Access) -> Row:
    return [
        order.number,
        order.merchant.name,
        order.cart.name,
        order.state.label,
        order.reason_for(access),
        order.service,
        order.placed_at,
        order.ship_by,
        order.line_count,
        order.unit_count,
        order.total,
        order.currency,
        "; ".join(packages),
        " ".join(order.program_words),
    ]
