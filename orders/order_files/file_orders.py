"""The orders in a file's rows: each whole and right, or kept apart with the reason. Pure.

Rows of one number are the lines of one order. What is said of the order may stand in all of its rows or in the first
alone, but not in two ways. One bad row keeps its whole order back: half an order must not be shipped.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from carts.marketplaces.values import OrderDocument
from core.common.money import is_currency
from core.common.sheets import cells as sheet_cells
from core.common.sheets.rows import Row
from core.files.kept_files import KeptApart
from orders.countries import NAMES, NO_CITY, as_code
from orders.order_files import order_cells
from orders.order_files.order_cells import NotWritten
from orders.order_files.order_heads import DATES, OF_LINE, OrderColumn
from orders.order_files.order_layout import OrderLayout

MOST_LINES = 500
LONGEST = 255
LONGEST_OF = {
    OrderColumn.NUMBER: 60,
    OrderColumn.SERVICE: 60,
    OrderColumn.TITLE: 2000,
    OrderColumn.INSTRUCTIONS: 2000,
    OrderColumn.GIFT_MESSAGE: 2000,
}
FIELDS = {
    OrderColumn.LAST_NAME: "ship_last_name",
    OrderColumn.COMPANY: "ship_company",
    OrderColumn.LINE1: "ship_address_1",
    OrderColumn.LINE2: "ship_address_2",
    OrderColumn.LINE3: "ship_address_3",
    OrderColumn.CITY: "ship_city",
    OrderColumn.STATE: "ship_state",
    OrderColumn.POSTAL_CODE: "ship_zip",
    OrderColumn.COUNTRY: "ship_country",
    OrderColumn.PHONE: "ship_phone",
    OrderColumn.EMAIL: "ship_e_mail",
    OrderColumn.SERVICE: "ship_code",
    OrderColumn.ORDERED_ON: "order_date",
    OrderColumn.SHIP_BY: "latest_ship_date",
    OrderColumn.DELIVER_BY: "expected_delivery_date",
    OrderColumn.CURRENCY: "currency_code",
    OrderColumn.TOTAL: "grand_total",
    OrderColumn.PURCHASE_ORDER: "cust_po_no",
    OrderColumn.INSTRUCTIONS: "shipping_instructions",
    OrderColumn.GIFT_MESSAGE: "gift_message",
}  # of the document that API Access has; what is not here is put together
FROM_NUMBERS = (OrderColumn.NUMBER, OrderColumn.SKU, OrderColumn.UNITS)
NO_NUMBER = "It has no order number. Enter it and send the row again."

Said = dict[OrderColumn, str]


@dataclass(slots=True)
class FileOrder:
    """One order as a file has it."""

    number: str
    rows: list[Row]
    problem: str = ""
    source: dict[str, Any] = field(default_factory=dict)
    in_part: bool = False  # rows of it that were kept apart before are still needed

    @property
    def apart(self) -> KeptApart:
        return KeptApart(self.number, [row.number for row in self.rows], self.problem, [row.cells for row in self.rows])

    @property
    def lines(self) -> Sequence[Mapping[str, str]]:
        found: Sequence[Mapping[str, str]] = self.source.get("items", ())
        return found

    @property
    def goes_to(self) -> str:
        """Return its address in one line, for whoever looks whether the columns are right."""
        name = (self.source.get(f"ship_{part}") for part in ("first_name", "last_name"))
        town = (self.source.get(f"ship_{part}") for part in ("city", "state", "zip"))
        lines = (self.source.get(f"ship_{part}") for part in ("company", "address_1", "address_2", "address_3"))
        parts = (" ".join(filter(None, name)), *lines, " ".join(filter(None, town)), self.source.get("ship_country"))
        return ", ".join(filter(None, parts))

    def document(self, place_id: str, now: datetime) -> OrderDocument:
        return OrderDocument(self.number, place_id, now, self.source)


def file_orders(rows: Iterable[Row], layout: OrderLayout) -> list[FileOrder]:
    """Return the orders of a file as they come; each row without a number by itself. Rows without any cell that is
    asked for say nothing: totals, remarks."""
    found: dict[str, FileOrder] = {}
    for row in rows:
        said = _said(row, layout)
        number = said.get(OrderColumn.NUMBER, "")
        if not any(said.values()):
            continue
        lost = not number or sheet_cells.is_destroyed(number)
        key = f"row {row.number}" if lost else number
        found.setdefault(key, FileOrder(number, [])).rows.append(row)
    for order in found.values():
        _fill(order, layout)
    return list(found.values())


def _said(row: Row, layout: OrderLayout) -> Said:
    cells = {column: row.cells[place] for column, place in layout.places.items() if place < len(row.cells)}
    return {
        column: sheet_cells.clean(cell) if column in FROM_NUMBERS else sheet_cells.words(cell)
        for column, cell in cells.items()
    }


def _fill(order: FileOrder, layout: OrderLayout) -> None:
    """Read what its rows say; what is wrong is said all at once, row by row."""
    faults: list[str] = []
    said = [(row, _said(row, layout)) for row in order.rows]
    for row, cells in said:
        faults += [f"Row {row.number}: {fault}" for fault in _faults(cells)]
    whole = _shared(said, faults)
    items = [_item(row, cells, faults) for row, cells in said]
    source = _source(order.number, whole, items, layout, faults)
    if len(order.rows) > MOST_LINES:
        faults.insert(0, f"It has more than {MOST_LINES} rows.")
    faults += _doubled(said)
    order.problem, order.source = " ".join(dict.fromkeys(faults)), source


def _faults(cells: Said) -> Iterable[str]:
    number = cells.get(OrderColumn.NUMBER, "")
    if not number:
        yield NO_NUMBER
    for column in (OrderColumn.NUMBER, OrderColumn.SKU):
        if sheet_cells.is_destroyed(cells.get(column, "")):
            yield sheet_cells.DESTROYED.format(written=cells[column])
    if "/" in number:
        yield "The order number has a slash in it."
    if not cells.get(OrderColumn.SKU):
        yield "The SKU is missing."
    for column, text in cells.items():
        if len(text) > LONGEST_OF.get(column, LONGEST):
            yield f"{column.label} is longer than {LONGEST_OF.get(column, LONGEST)} characters."


def _shared(said: Sequence[tuple[Row, Said]], faults: list[str]) -> Said:
    """Return what the rows say of the order itself; two that differ are a fault."""
    whole: Said = {}
    first: dict[OrderColumn, int] = {}
    for row, cells in said:
        for column, text in cells.items():
            if column in OF_LINE or not text:
                continue
            if whole.setdefault(column, text) != text:
                where = f"Row {row.number} has another {_lower(column)} than row {first[column]}."
                faults.append(where)
            first.setdefault(column, row.number)
    return whole


def _lower(column: OrderColumn) -> str:
    label = str(column.label)
    return label if label.isupper() else label[0].lower() + label[1:]


def _item(row: Row, cells: Said, faults: list[str]) -> dict[str, str]:
    return _filled(
        {
            "item": cells.get(OrderColumn.SKU, ""),
            "quantity": _value(order_cells.units, cells, OrderColumn.UNITS, faults, f"Row {row.number}: "),
            "price": _value(order_cells.amount, cells, OrderColumn.PRICE, faults, f"Row {row.number}: "),
            "description": cells.get(OrderColumn.TITLE, ""),
        }
    )


def _value(
    reads: Callable[[str], str], cells: Mapping[OrderColumn, str], column: OrderColumn, faults: list[str], where: str
) -> str:
    written = cells.get(column, "")
    try:
        return reads(written)
    except NotWritten as fault:
        shown = f" “{written[:30]}”" if written else ""
        faults.append(f"{where}{column.label}{shown} {fault}.")
        return ""


def _source(
    number: str, whole: Said, items: list[dict[str, str]], layout: OrderLayout, faults: list[str]
) -> dict[str, Any]:
    read = dict(whole)
    for column in DATES:
        read[column] = _value(lambda cell: order_cells.day(cell, layout.dates), whole, column, faults, "")
    read[OrderColumn.TOTAL] = _value(order_cells.amount, whole, OrderColumn.TOTAL, faults, "")
    read[OrderColumn.COUNTRY] = _country(whole.get(OrderColumn.COUNTRY, "") or layout.country, faults)
    currency = whole.get(OrderColumn.CURRENCY, "").upper()
    if currency and not is_currency(currency):
        faults.append(f"Currency “{currency[:30]}” is no code like USD.")
    read[OrderColumn.CURRENCY] = currency
    if not whole.get(OrderColumn.LINE1):
        faults.append("Address is missing.")
    if not whole.get(OrderColumn.CITY) and read[OrderColumn.COUNTRY] not in NO_CITY:
        faults.append("City is missing.")
    first = whole.get(OrderColumn.NAME) or whole.get(OrderColumn.FIRST_NAME, "")
    last = "" if whole.get(OrderColumn.NAME) else whole.get(OrderColumn.LAST_NAME, "")
    read[OrderColumn.LAST_NAME] = last
    if not (first or last or whole.get(OrderColumn.COMPANY)):
        faults.append("The recipient's name is missing.")
    fields = {name: read.get(column, "") for column, name in FIELDS.items()}
    return _filled(
        {"cust_ref": number, "ship_first_name": first, **fields, "ship_is_billing": "Y"},
    ) | {"items": items}


def _country(word: str, faults: list[str]) -> str:
    code = as_code(word) if word else ""
    if not code:
        faults.append("Country is missing.")
    elif code not in NAMES:
        faults.append(f"Country “{word[:30]}” is none. Write its code, like US.")
    return code


def _doubled(said: Sequence[tuple[Row, Said]]) -> Iterable[str]:
    seen: dict[tuple[tuple[str, str], ...], int] = {}
    for row, cells in said:
        same = tuple(sorted(cells.items()))
        if (first := seen.setdefault(same, row.number)) != row.number:
            yield f"Rows {first} and {row.number} are the same. Put the units into one row."


def _filled(values: dict[str, str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


def is_wrong(row: Row, layout: OrderLayout) -> bool:
    """Whether a row is wrong by itself, whatever the others of its order say."""
    cells = _said(row, layout)
    faults = list(_faults(cells))
    _item(row, cells, faults)
    return bool(faults)


def sku_of(row: Row, layout: OrderLayout) -> str:
    return _said(row, layout).get(OrderColumn.SKU, "")
