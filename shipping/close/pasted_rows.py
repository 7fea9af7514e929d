"""Rows of a sheet pasted into Ship and Close: each tracking number goes to the order that its row names."""

from collections.abc import Mapping, Sequence

from django.http import QueryDict
from django.utils.translation import ngettext

from core.common.sheets import rows as sheet_rows
from core.common.sheets.rows import Row
from core.common.sheets.sheet_refusal import Unreadable
from core.common.typed_signs import bare
from orders.models import Order
from shipping.close.method_menu import BY_METHOD, MethodMenu
from shipping.close.set_all import choose, field
from shipping.tracking_import.sheet import numbers, sheet_columns, table
from shipping.tracking_import.sheet.sheet_columns import Layout
from shipping.tracking_import.sheet_methods import Methods
from shipping.tracking_import.sheet_orders import SheetOrder, SheetPackage, sheet_orders

LONGEST = 500  # characters of what is put into a field
NEITHER = (
    "These rows have several columns, and none of them is the order numbers of this page. Paste order numbers with "
    "their tracking numbers, or tracking numbers alone. Nothing was filled in."
)


def spread_rows(
    said: QueryDict, orders: Sequence[Order], menus: Mapping[int, MethodMenu], *, most_packages: int
) -> str | None:
    """Fill in the orders that the pasted rows name. Returns what was left, as a sentence; "" when nothing was.

    None where it is a plain column of tracking numbers, which goes by the order of the rows.
    """
    text = str(said.get("column", ""))
    try:
        rows = table.read(text)
    except Unreadable as error:
        return str(error)
    if not _is_sheet(text, rows):
        return None
    layout = sheet_columns.find(rows)
    known = _by_number(orders)
    named = sheet_orders(rows, layout) if layout.is_complete else []
    fits = [each for each in named if each.key in known and not each.problem and len(each.packages) <= most_packages]
    if not fits:
        return NEITHER
    methods = {id(menu): Methods(menu.by_id.values()) for menu in menus.values()}  # a thousand orders share a menu
    for each in fits:
        order = known[each.key]
        _fill(said, order, each, methods[id(menus[order.pk])], menus[order.pk])
    return _left(said, rows, layout, {number for each in fits for number in each.rows})


def _is_sheet(text: str, rows: Sequence[Row]) -> bool:
    """Whether rows have several columns: a separator stands in them, or an order's number and something else."""
    wide = [row for row in rows if len(row.cells) > 1]
    if any(sign in text for sign in sheet_rows.SEPARATORS):
        return bool(wide)
    return any(numbers.is_order_number(row.cells[0]) for row in wide)


def _by_number(orders: Sequence[Order]) -> dict[str, Order]:
    """Return by every bare number the order: the marketplace's, ours, and the warehouse's. One of two is nobody's."""
    found: dict[str, set[Order]] = {}
    for order in orders:
        theirs = [number for each in order.releases.all() for number in (each.number, each.reference)]
        for number in (order.number, *theirs):
            if bare(number):
                found.setdefault(bare(number), set()).add(order)
    return {number: next(iter(those)) for number, those in found.items() if len(those) == 1}


def _fill(said: QueryDict, order: Order, found: SheetOrder, methods: Methods, menu: MethodMenu) -> None:
    if len(found.packages) > 1:
        said[f"packages_{order.pk}"] = str(len(found.packages))
    for number, package in enumerate(found.packages, start=1):
        said[field("tracking", order, number)] = package.tracking[:LONGEST]
        _convey(said, order, number, package, methods, menu)


def _convey(
    said: QueryDict, order: Order, number: int, package: SheetPackage, methods: Methods, menu: MethodMenu
) -> None:
    """Say what it goes by, where the sheet does; else what stands in the order's row stays, also for its others."""
    pattern = field("{}", order, number)
    if not package.carrier and not package.service:
        first = menu.by_id.get(said.get(field("method", order), ""))
        if number > 1 and first and not any(said.get(pattern.format(name)) for name in ("method", *BY_METHOD)):
            choose(said, pattern, first)
        return
    by = methods.meant(order, package)
    if by.method is not None and str(by.method.pk) in menu.by_id:
        choose(said, pattern, by.method)
        return
    typed = {"method": "", "filled_by": "", "carrier": by.carrier, "scac": by.scac, "service": by.service}
    for name, value in typed.items():
        said[pattern.format(name)] = value


def _left(said: QueryDict, rows: Sequence[Row], layout: Layout, filled: set[int]) -> str:
    """Leave in the box what was not filled in, under its heads."""
    left = [row for row in layout.body(rows) if row.number not in filled]
    if not left:
        said["column"] = ""
        return ""
    said["column"] = sheet_rows.write([row.cells for row in ([layout.head] if layout.head else []) + left])
    return ngettext(
        "{count} row was not filled in: its order is not on this page, or a number is missing or not whole. It is "
        "still in the box.",
        "{count} rows were not filled in: their orders are not on this page, or a number is missing or not whole. They "
        "are still in the box.",
        len(left),
    ).format(count=len(left))
