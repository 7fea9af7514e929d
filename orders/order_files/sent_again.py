"""Rows that come again after they were kept apart: whole orders, or only the rows that were put right.

An order that comes again with one of the rows that were right before has come whole, and is taken as it stands now. One
that comes with as many rows as were wrong, and none of the right ones, is put together with those. Anything else might
leave a line out, so it is kept until it comes whole.
"""

from collections.abc import Collection, Mapping, Sequence

from core.common.sheets.rows import Row
from core.common.vault import Unopenable
from core.files.models import KeptRows
from orders.order_files import file_orders
from orders.order_files.file_orders import FileOrder
from orders.order_files.order_layout import OrderLayout

IN_PART = "Only some of its rows came again. Send all {count} rows of the order."


def waiting(rows: Collection[KeptRows]) -> Mapping[str, list[Row]]:
    """Return the kept rows by the order's number, the newest file's for each."""
    found: dict[str, list[Row]] = {}
    for each in sorted(rows, key=lambda kept: kept.pk):
        try:
            said = each.unseal()
        except Unopenable:
            continue
        if each.key and said:
            found[each.key] = [Row(number, cells) for number, cells in zip(said["numbers"], said["cells"], strict=True)]
    return found


def put_together(order: FileOrder, before: Sequence[Row], layout: OrderLayout) -> FileOrder:
    """Return an order that comes again, with its rows from before where it came in part."""
    right = [row for row in before if not file_orders.is_wrong(row, layout)]
    if not right or any(_same(row, again, layout) for row in right for again in order.rows):
        return order
    if len(order.rows) != len(before) - len(right):
        order.in_part, order.problem = True, IN_PART.format(count=len(before))
        return order
    (whole,) = file_orders.file_orders([*right, *order.rows], layout)
    return whole


def _same(row: Row, again: Row, layout: OrderLayout) -> bool:
    """Whether it is the row of the same SKU."""
    return file_orders.sku_of(row, layout) == file_orders.sku_of(again, layout)
