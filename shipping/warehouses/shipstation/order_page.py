"""A page of orders as XML. Each order is checked by itself first, so that one that cannot be said spoils no page."""

import re
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path

from lxml import etree

from shipping.warehouses.shipstation.store_order import StoreItem, StoreOrder, Unsayable, check
from shipping.warehouses.shipstation.wire_dates import write
from shipping.warehouses.shipstation.wire_text import many_lines, one_line, writable

SCHEMA = Path(__file__).with_name("orders.xsd")
CENT = Decimal("0.01")
MOST_MONEY = Decimal("9999999.99")
Element = etree._Element


@lru_cache(maxsize=1)
def schema() -> etree.XMLSchema:
    """Return our own description of a page, against which each is checked before it is sent."""
    return etree.XMLSchema(etree.parse(str(SCHEMA)))


def page(orders: Sequence[Element], *, pages: int) -> bytes:
    """Return a page as it is sent, of orders that ``element`` made."""
    root = etree.Element("Orders", pages=str(pages))
    root.extend(orders)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def element(order: StoreOrder) -> Element:
    """Return an order as it stands on a page. Raises Unsayable."""
    check(order)
    made = _order(order)
    alone = etree.Element("Orders", pages="1")
    alone.append(made)
    try:
        schema().assertValid(alone)
    except etree.DocumentInvalid as error:
        named = re.search(r"Element '(\w+)'", str(error))
        raise Unsayable(f"Its field {named[1] if named else 'Order'} is not as ShipStation takes it.") from None
    return made


def _order(order: StoreOrder) -> Element:
    made = etree.Element("Order")
    _text(made, "OrderID", order.id)
    _text(made, "OrderNumber", writable(order.number))
    _plain(made, "OrderDate", write(order.placed_at))
    _text(made, "OrderStatus", one_line(order.status, 50))
    _plain(made, "LastModified", write(order.changed_at))
    _text(made, "ShippingMethod", one_line(order.method, 100))
    if order.total is not None and order.currency:
        _plain(made, "CurrencyCode", order.currency)
    # A page without them is refused, also where the desk has no business with prices.
    _plain(made, "OrderTotal", _money(order.total))
    _plain(made, "TaxAmount", _money(None))
    _plain(made, "ShippingAmount", _money(None))
    _text(made, "CustomerNotes", many_lines(order.notes, 1000))
    _text(made, "InternalNotes", many_lines(order.internal, 1000))
    _plain(made, "Gift", "true" if order.gift else "false")
    _text(made, "GiftMessage", many_lines(order.gift_message, 1000))
    for place, said in enumerate([*order.extras, "", "", ""][:3], start=1):
        _text(made, f"CustomField{place}", one_line(said, 100))
    made.append(_customer(order))
    items = etree.SubElement(made, "Items")
    items.extend(_items(order.items))
    return made


def _customer(order: StoreOrder) -> Element:
    to, made = order.recipient, etree.Element("Customer")
    name = to.name.strip() or to.company
    lines = [line for line in (to.line1, to.line2, to.line3) if line.strip()]
    _text(made, "CustomerCode", one_line(order.number, 50))  # marketplaces tell no lasting name of a buyer
    bill = etree.SubElement(made, "BillTo")
    _text(bill, "Name", one_line(order.buyer or name, 100))
    ship = etree.SubElement(made, "ShipTo")
    _text(ship, "Name", one_line(name, 100))
    _text(ship, "Company", one_line(to.company if to.company.strip() != name.strip() else "", 100))
    _text(ship, "Address1", one_line(lines[0], 200))
    _text(ship, "Address2", one_line(", ".join(lines[1:]), 200))
    _text(ship, "City", one_line(to.city or to.district, 100))
    _text(ship, "State", one_line(to.state, 100))
    _text(ship, "PostalCode", one_line(to.postal_code, 50))
    _text(ship, "Country", to.country.upper())
    _text(ship, "Phone", one_line(to.phone, 50))
    return made


def _items(items: Sequence[StoreItem]) -> Iterator[Element]:
    for item in items:
        made = etree.Element("Item")
        _text(made, "LineItemID", writable(item.line_id))
        _text(made, "SKU", writable(item.sku))
        _text(made, "Name", one_line(item.title, 200) or one_line(item.sku, 200))
        _plain(made, "Quantity", str(item.quantity))
        _plain(made, "UnitPrice", _money(item.unit_price))
        yield made


def _text(parent: Element, name: str, text: str) -> None:
    """Add a free text, in CDATA as the custom store asks for."""
    made = etree.SubElement(parent, name)
    if text:
        made.text = etree.CDATA(text)


def _plain(parent: Element, name: str, text: str) -> None:
    etree.SubElement(parent, name).text = text


def _money(amount: Decimal | None) -> str:
    cents = (amount or Decimal(0)).quantize(CENT, rounding=ROUND_HALF_UP)
    return str(min(max(cents, Decimal("0.00")), MOST_MONEY))
