"""The list as a file: the same tab, search, filters and sorting, every row of it. No buyer's name or address is in it.

Written while it is read, so that a hundred thousand orders need no more memory than a thousand.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import cast

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
TIMES = ("Placed", "Ship by")


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
    file = FILES.get(request.GET.get("as", "csv"))
    if file is None:
        messages.warning(request, "Orders can't be exported as that. Choose one of the formats below the list's tabs.")
        return redirect(order_search.list_of(request.GET))
    by = chosen_orders.sort_of(request.GET, wanted.state)
    name = f"orders-{now.astimezone(access.organization.zone):%Y-%m-%d}.{file.ending}"
    rows = [each.select_related("cart", "merchant") for each in found]
    taken = read(rows, by, access, by=person_of(request), now=now)
    answer = StreamingHttpResponse(
        file.write(_columns(file, access), taken, zone=access.organization.zone),
        content_type=file.content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
    return cast(HttpResponse, answer)  # to a door they are the same


def _columns(file: TableFile, access: Access) -> list[str]:
    """Return the headings. Times that do not say their zone themselves have it there."""
    exact = isinstance(file, CsvFile) and file.exact
    return [name if exact or name not in TIMES else f"{name} ({access.organization.time_zone})" for name in COLUMNS]


def read(found: Branches, order: Sorting, access: Access, *, by: User, now: datetime) -> Iterator[Row]:
    """Yield the rows, and record at the end how many of them were taken."""
    taken = 0
    try:
        for orders in chunks(found, order, size=AT_ONCE):
            shipped = _packages(orders, access)
            for each in orders:
                yield _row(each, shipped[each.pk])
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
        said[order].append(f"{carrier} {tracking or NO_NUMBER}")
    return said


def _row(order: Order, packages: list[str]) -> Row:
    return [
        order.number,
        order.merchant.name,
        order.cart.name,
        order.state.label,
        order.reason,
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
