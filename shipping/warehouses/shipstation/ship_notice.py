"""A notice of what was shipped: what stands in the address it was sent to, and in its XML, where it has one.

The XML comes from outside, so it is read without entities, without a document type and without fetching anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from shipping.warehouses.shipstation import wire_dates
from shipping.warehouses.shipstation.carrier_words import carrier_name
from shipping.warehouses.shipstation.wire_text import one_line

MOST_BYTES = 1_000_000
MOST_ITEMS = 1_000
MOST_DIGITS = 6
DECLARED = (b"<!DOCTYPE", b"<!doctype", b"<!ENTITY", b"<!entity")
Element = etree._Element


class BadNotice(ValueError):
    """It cannot be read. The message names the field and what to mend, without what stood in it of the buyer."""


@dataclass(frozen=True, slots=True)
class NoticeItem:
    line_id: str
    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class ShipNotice:
    """One package that a desk shipped."""

    order_number: str
    order_id: str = ""  # ours, where the notice repeats it
    carrier: str = ""  # by the name we know it by
    service: str = ""
    tracking_number: str = ""
    shipped_at: datetime | None = None
    items: Sequence[NoticeItem] = ()  # empty: everything that is still open


def read(query: Mapping[str, str], body: bytes) -> ShipNotice:
    """Return what a notice says. What stands in the address goes before its XML. Raises BadNotice."""
    root = _root(body) if body.strip() else None
    said = {name: _said(query.get(name, "")) for name in ("order_number", "carrier", "service", "tracking_number")}
    number, inside = said["order_number"], _child(root, "OrderNumber")
    if number and inside and number != inside:
        raise BadNotice("order_number in the address and OrderNumber in the body are two orders. Send one of them.")
    if not (number or inside):
        raise BadNotice("order_number is missing. Say which order was shipped.")
    return ShipNotice(
        order_number=number or inside,
        order_id=_child(root, "OrderID"),
        carrier=carrier_name(said["carrier"] or _child(root, "Carrier")),
        service=said["service"] or _child(root, "Service"),
        tracking_number=said["tracking_number"] or _child(root, "TrackingNumber"),
        shipped_at=_moment(root),
        items=_items(root),
    )


def _root(body: bytes) -> Element:
    if len(body) > MOST_BYTES:
        raise BadNotice(f"The body is larger than {MOST_BYTES:,} bytes.")
    if any(word in body for word in DECLARED):
        raise BadNotice("The body declares a document type. Leave it out.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise BadNotice("The body is not XML. Send a ShipNotice, or nothing.") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadNotice("The body declares a document type. Leave it out.")
    if _name(root) != "ShipNotice":
        raise BadNotice("The body is no ShipNotice. Send a ShipNotice, or nothing.")
    return root


def _name(node: Element) -> str:
    """Return the name of an element, whatever namespace it was put into."""
    return etree.QName(node).localname


def _find(node: Element | None, name: str) -> Element | None:
    return next((each for each in node if _name(each) == name), None) if node is not None else None


def _child(node: Element | None, name: str) -> str:
    found = _find(node, name)
    return _said("".join(map(str, found.itertext()))) if found is not None else ""


def _said(text: str) -> str:
    return one_line(text, 200)


def _moment(root: Element | None) -> datetime | None:
    """Return when it was shipped: on the day the notice says; at the minute of its label, where that is the same day.

    A day without a time is that day's noon in UTC, which is the same day from Alaska to Poland.
    """
    day, label = (_date(root, name) for name in ("ShipDate", "LabelCreateDate"))
    if day is None:
        return label
    if label is not None and label.date() == day.date() and not (day.hour or day.minute):
        return label
    return day if day.hour or day.minute else day.replace(hour=12)


def _date(root: Element | None, name: str) -> datetime | None:
    text = _child(root, name)
    if not text:
        return None
    try:
        return wire_dates.read(text)
    except wire_dates.NoDate as error:
        raise BadNotice(f"{name}: {error}") from None


def _items(root: Element | None) -> tuple[NoticeItem, ...]:
    listed = _find(root, "Items")
    found = [each for each in listed if _name(each) == "Item"] if listed is not None else []
    if len(found) > MOST_ITEMS:
        raise BadNotice(f"Items: more than {MOST_ITEMS:,} of them.")
    items = [NoticeItem(_child(each, "LineItemID"), _child(each, "SKU"), _units(each)) for each in found]
    goods = [item for item in items if item.line_id or item.sku]  # not discounts, nor other lines that are no goods
    packed = [item for item in goods if item.quantity]
    if goods and not packed:
        raise BadNotice("Items: nothing of any of them was shipped. Say how many units are in the package.")
    return tuple(packed)


def _units(item: Element) -> int:
    text = _child(item, "Quantity")
    whole, _, rest = text.partition(".")
    if not (whole.isascii() and whole.isdecimal() and len(whole) <= MOST_DIGITS) or rest.strip("0"):
        raise BadNotice(f"Items: the Quantity “{text[:20]}” is not a number of units.")
    return int(whole)
