"""The list as a file: the same tab, search, filters and sorting, every row of it. No buyer's name or address is in it.

Written while it is read, so that a hundred thousand orders need no more memory than a thousand.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo
from typing import Any, cast

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from core.accounts.access import Ability, Access
from core.accounts.doors import access_of, door, person_of
from core.accounts.models import User
from core.activity.event_log import record
from core.common import clock
from core.ui.list_page import Branches, Sorting, chunks, sorting
from integration_manager.portal.order_list import order_search, tab_counts
from orders.models import Order
from shipping.models import Package

MOST = 100_000
AT_ONCE = 1_000
SORTS = {"number": "number", "lines": "line_count", "placed": "placed_at", "due": "ship_by"}
DEFAULT = "-placed"
COLUMNS = (
    "Order", "Merchant", "Cart", "Status", "Reason", "Ship method", "Placed", "Ship by", "Lines", "Units", "Total",
    "Currency", "Packages",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # what a spreadsheet takes a cell for that begins so
MARK = "\ufeff"  # without it Excel takes UTF-8 for something else


@door(Ability.LOOK)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    access = access_of(request)
    now = clock.now()
    wanted = order_search.read(request.GET, access, now=now)
    if wanted.refused:
        messages.warning(request, f"No file was made. {' '.join(wanted.refused)}")
        return redirect(order_search.list_of(request.GET))
    found = order_search.find(access, wanted, state=wanted.state)
    if tab_counts.more_than(found, MOST, access):
        messages.warning(
            request, f"A file can have up to {MOST:,} orders, and more match. Narrow the list, for example by date."
        )
        return redirect(order_search.list_of(request.GET))
    by = sorting(request.GET, sorts=SORTS, default=DEFAULT)
    name = f"orders-{now.astimezone(access.organization.zone):%Y-%m-%d}.csv"
    answer = StreamingHttpResponse(
        write([rows.select_related("cart", "merchant") for rows in found], by, access, by=person_of(request), now=now),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
    return cast(HttpResponse, answer)  # to a door they are the same


def write(found: Branches, order: Sorting, access: Access, *, by: User, now: datetime) -> Iterator[str]:
    """Yield the file, and record at its end how much of it was taken."""
    taken = 0
    try:
        yield MARK + _line(COLUMNS)
        for orders in chunks(found, order, size=AT_ONCE):
            shipped = _packages(orders, access)
            yield "".join(_line(_row(each, shipped[each.pk], access.organization.zone)) for each in orders)
            taken += len(orders)
            if taken >= MOST:
                break  # some came while this was written
    finally:
        with transaction.atomic():
            record("orders.exported", access.organization, now=now, actor=by, count=taken)


def _packages(orders: Iterable[Order], access: Access) -> dict[int, list[str]]:
    said: dict[int, list[str]] = defaultdict(list)
    packages = Package.objects.visible_to(access).filter(order__in=orders).order_by("order", "number")
    for order, carrier, tracking in packages.values_list("order", "carrier", "tracking_number"):
        said[order].append(f"{carrier} {tracking}")
    return said


def _row(order: Order, packages: list[str], zone: tzinfo) -> list[Any]:
    return [
        order.number,
        order.merchant.name,
        order.cart.name,
        order.state.label,
        order.reason,
        order.service,
        _time(order.placed_at, zone),
        _time(order.ship_by, zone),
        order.line_count,
        order.unit_count,
        "" if order.total is None else f"{order.total.normalize():f}",
        order.currency,
        "; ".join(packages),
    ]


def _time(when: datetime | None, zone: tzinfo) -> str:
    return when.astimezone(zone).isoformat(timespec="seconds") if when else ""


class _Echo:
    """What csv writes to: hands back what it is given."""

    def write(self, text: str) -> str:
        return text


_writer = csv.writer(_Echo())


def _line(cells: Iterable[Any]) -> str:
    return str(_writer.writerow([safe(cell) for cell in cells]))


def safe(cell: Any) -> Any:
    """Return a cell no spreadsheet takes for a formula. A number is one and stays."""
    if not isinstance(cell, str):
        return cell
    text = cell.replace("\0", "")
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text
