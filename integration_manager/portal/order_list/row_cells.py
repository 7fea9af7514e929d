"""How each column of the list says what is in a row, as HTML.

Written here and not in a template: a page has up to two thousand cells, and a template takes several times as long.
Whatever comes from outside goes through ``fill``, which escapes it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from django.utils.safestring import SafeString
from django.utils.text import Truncator

from core.accounts.access import Access
from core.ui import formats
from core.ui.markup import fill
from core.ui.templatetags.ui import due_element, pill, time_element
from integration_manager.portal.order_list.order_rows import SOME, OrderRow
from integration_manager.portal.order_list.row_tasks import RowTask
from orders.models import Order
from orders.statuses import OPEN, SHIPPED_OR_CONFIRMED

NOTHING = "—"
LONGEST_REASON = 160  # characters
NO_HTML = SafeString("")
ORDER = '<td class="c-order" title="{}"><a class="mono" href="{}">{}</a></td>'
CUT = '<td class="{}" title="{}"><span class="cut">{}</span></td>'
CART = '<td class="c-cart" title="{}"><span class="pair"><span>{}</span> <span>· {}</span></span></td>'
ITEMS = (
    '<td class="c-items" title="{} × {} {}"><span class="kept"><span class="cut">{} × <span class="mono">{}</span>'
    "</span>{}</span></td>"
)
TRACKING = (
    '<td class="c-tracking" title="{} {}"><span class="kept"><span class="cut">{} <span class="mono">{}</span></span>{}'
    "</span></td>"
)
STATE = '<span class="kept" data-live="order-{}"><span class="cut"><span data-status="{}">{}</span>{}{}</span>{}</span>'
MORE = ' <span class="muted">+{}<span class="visually-hidden"> more</span></span>'
SETTLE = ' <button class="btn btn-sm" formaction="{}" name="seen" value="{}" title="{}" aria-label="{}: {}">{}</button>'
BOX = '<td class="pick"><label><input type="checkbox" name="chosen" value="{}" aria-label="Select {}"></label></td>'


@dataclass(frozen=True, slots=True)
class Telling:
    """Who is told, what times are told by, and what has to be done by hand about some of the rows.

    ``settle_url`` is where a row's button sends that it is done, with SOME for the order's key; "" where there is no
    form to send it.
    """

    now: datetime
    zone: tzinfo
    access: Access
    tasks: Mapping[int, RowTask] = field(default_factory=dict)
    settle_url: str = ""

    def ago(self, when: datetime | None) -> str:
        if when is None:
            return NOTHING
        return time_element(when, formats.tell_distance(when, now=self.now, zone=self.zone), zone=self.zone)


def write(rows: Iterable[OrderRow], shown: Sequence[str], telling: Telling, *, boxes: bool) -> SafeString:
    """Return the rows with these columns in this order, each in one line, with boxes to choose them by or without."""
    writers = [_box, *(CELLS[key] for key in shown)] if boxes else [CELLS[key] for key in shown]
    written = ((row.order.pk, "".join(cell(row, telling) for cell in writers)) for row in rows)
    return SafeString("".join(f'<tr data-live-row="{pk}" data-live-guard>{cells}</tr>\n' for pk, cells in written))


def _box(row: OrderRow, telling: Telling) -> str:
    return fill(BOX, row.order.pk, row.order.number)


def _order(row: OrderRow, telling: Telling) -> str:
    return fill(ORDER, row.order.number, row.url, row.order.number)


def _cart(row: OrderRow, telling: Telling) -> str:
    cart = row.order.cart
    return fill(CART, cart.full_name, cart.merchant.name, cart.name)


def state_of(order: Order, telling: Telling) -> SafeString:
    """Return how an order stands: what its row says, and what is told of it while the list is open."""
    tags = SafeString("".join(fill(' <span class="tag">{}</span>', name) for name in order.program_names))
    reason, task = order.reason_for(telling.access), telling.tasks.get(order.pk)
    said = ". ".join(filter(None, (task.heading, reason))) if task else reason
    why = NO_HTML
    if said:
        shortened = Truncator(said).chars(LONGEST_REASON)
        why = fill(' <span class="why" title="{}">{}</span>', task.message if task else reason, shortened)
    shown = SafeString(pill(order.shown_state))
    return fill(
        STATE,
        order.pk,
        order.status,
        shown,
        tags,
        why,
        _settle(order, task, telling),
    )


def _settle(order: Order, task: RowTask | None, telling: Telling) -> SafeString:
    """Return the button that says it is done: beside what is cut, so that nothing hides it."""
    if task is None or not task.seen or not telling.settle_url:
        return NO_HTML
    url = telling.settle_url.replace(str(SOME), str(order.pk), 1)
    return fill(SETTLE, url, task.seen, task.message, task.button_fully, order.number, task.button)


def _status(row: OrderRow, telling: Telling) -> str:
    return fill('<td class="c-status">{}</td>', state_of(row.order, telling))


def _contents(row: OrderRow, telling: Telling) -> str:
    line = row.line
    if line is None:
        return fill('<td class="c-items">{}</td>', NOTHING)
    more = _more(row.order.line_count - 1)
    return fill(ITEMS, line.units, line.sku, line.title, line.units, line.sku, more)


def _method(row: OrderRow, telling: Telling) -> str:
    asked, goes = row.order.service, row.method
    if not goes:
        unmapped = SafeString(' <span class="why">not mapped</span>') if row.is_unmapped else NO_HTML
        return fill(CUT, "c-method", asked, fill("{}{}", asked or NOTHING, unmapped))
    if goes == asked:
        return fill(CUT, "c-method", goes, goes)
    said = fill('{} <span class="muted">for {}</span>', goes, asked)
    return fill(CUT, "c-method", f"{asked} → {goes}", said)


def _tracking(row: OrderRow, telling: Telling) -> str:
    package = row.package
    if package is None:
        return fill('<td class="c-tracking">{}</td>', NOTHING)
    said = (package.carrier, package.number)
    return fill(TRACKING, *said, *said, _more(package.more))


def _to(row: OrderRow, telling: Telling) -> str:
    if not row.country:
        return fill('<td class="c-to">{}</td>', NOTHING)
    return fill('<td class="c-to"><abbr title="{}">{}</abbr></td>', row.country_name, row.country)


def _due(row: OrderRow, telling: Telling) -> str:
    order, told = row.order, NOTHING
    if order.status in OPEN:
        told = due_element(order.ship_by, now=telling.now, zone=telling.zone)
    elif order.status in SHIPPED_OR_CONFIRMED and order.shipped_at:
        told = fill('<span class="muted">shipped {}</span>', telling.ago(order.shipped_at))
    return fill('<td class="c-due">{}</td>', told)


def _shipped(row: OrderRow, telling: Telling) -> str:
    return fill('<td class="c-shipped">{}</td>', telling.ago(row.order.shipped_at))


def _placed(row: OrderRow, telling: Telling) -> str:
    return fill('<td class="c-placed">{}</td>', telling.ago(row.order.placed_at))


def _number(value: Any) -> str:
    return fill('<td class="num">{}</td>', value)


def _lines(row: OrderRow, telling: Telling) -> str:
    return _number(row.order.line_count)


def _units(row: OrderRow, telling: Telling) -> str:
    return _number(row.order.unit_count)


def _total(row: OrderRow, telling: Telling) -> str:
    order = row.order
    return _number(NOTHING if order.total is None else formats.tell_money(order.total, order.currency))


def _more(number: int) -> SafeString:
    return fill(MORE, number) if number > 0 else NO_HTML


CELLS: dict[str, Callable[[OrderRow, Telling], str]] = {
    "order": _order,
    "cart": _cart,
    "status": _status,
    "contents": _contents,
    "method": _method,
    "tracking": _tracking,
    "to": _to,
    "due": _due,
    "shipped": _shipped,
    "placed": _placed,
    "lines": _lines,
    "units": _units,
    "total": _total,
}
