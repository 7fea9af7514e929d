"""An order as a client sends it: checked field by field, and turned into the document that is stored.

What is wrong is said all at once. Fields nobody knows are left out, as they always were. Amounts that do not add up are
said in ``warnings`` and keep no order from its warehouse.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from carts.marketplaces.values import OrderDocument
from carts.models import Cart
from core.common.money import is_currency
from integration_manager.cartrover import written_values
from integration_manager.cartrover.written_values import NotWritten
from orders.countries import NAMES, as_code

MOST_LINES, MOST_UNITS, MOST_EXTRAS = 500, 999_999, 100
LONGEST, LONGEST_REFERENCE, LONGEST_NAME, LONGEST_NOTE = 255, 60, 120, 2000
PARTS = (
    *("company", "title", "first_name", "last_name", "address_1", "address_2", "address_3"),
    *("city", "state", "zip", "country", "phone", "e_mail"),
)
TEXTS = (
    *(f"{whose}_{part}" for whose in ("ship", "cust") for part in PARTS),
    *("cust_ref", "cust_po_no", "customer_id", "ship_address_type", "ship_code", "ship_code_description", "carrier"),
    *("ship_account_no", "ship_account_zip", "special_services", "location", "pay_type", "promo_code"),
    *(f"custom_field_{place}" for place in range(1, 6)),
)
NOTES = ("shipping_instructions", "gift_message")
DATES = ("order_date", "requested_ship_date", "latest_ship_date", "expected_delivery_date")
AMOUNTS = (*("weight", "sub_total", "order_discount", "sales_tax", "shipping_handling", "grand_total", "balance"),)
FLAGS = ("ship_is_billing", "gift_wrap")
LINE_TEXTS = ("line_no", "item", "alt_sku", "line_item_id", "lot_number")
LINE_NOTES = ("description", "line_comment")
LINE_AMOUNTS = ("price", "discount", "addl_discount", "extended_amount", "tax", "shipping_surcharge")
NEEDED = ("cust_ref", "ship_address_1", "ship_city", "ship_country", "items")
CENT = Decimal("0.01")


class Unfit(ValueError):
    """The order can't be taken. The message names each field, and what to write there."""

    def __init__(self, message: str, *, cust_ref: str = "", cust_po_no: str = "") -> None:
        super().__init__(message)
        self.cust_ref, self.cust_po_no = cust_ref, cust_po_no


@dataclass
class PushedOrder:
    """One that can be taken."""

    document: OrderDocument
    cust_po_no: str
    warnings: list[str] = field(default_factory=list)

    @property
    def cust_ref(self) -> str:
        return self.document.number


def read(sent: Any, cart: Cart, *, now: datetime) -> PushedOrder:
    """Return what was sent, as it is stored. Raises Unfit."""
    if not isinstance(sent, dict):
        raise Unfit("An order has to be an object.")
    faults: list[str] = []
    kept: dict[str, Any] = _fields(sent, faults)
    items = sent.get("items")
    if items is not None and not isinstance(items, list):
        faults.append("items has to be a list of objects")
    kept["items"] = _items(items, faults) if isinstance(items, list) else []
    reference, ordered_as = _shortened(kept.get("cust_ref")), _shortened(kept.get("cust_po_no"))
    if lacking := _lacking(kept, items):
        faults.insert(0, f"Order missing required field(s): {', '.join(lacking)}")
    if faults:
        raise Unfit(". ".join(faults), cust_ref=reference, cust_po_no=ordered_as)
    kept["cust_po_no"] = kept.get("cust_po_no") or kept["cust_ref"]
    kept["created_date_time"] = written_values.stamp(now)
    kept = {name: value for name, value in kept.items() if value not in ("", None)}
    document = OrderDocument(kept["cust_ref"], cart.place_id, now, kept)
    return PushedOrder(document, kept["cust_po_no"], _sums(kept))


def _fields(sent: Mapping[str, Any], faults: list[str]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    kept |= _read(sent, TEXTS, _up_to(LONGEST), faults)
    kept |= _read(sent, NOTES, _up_to(LONGEST_NOTE), faults)
    kept |= _read(sent, DATES, written_values.day_or_moment, faults)
    kept |= _read(sent, AMOUNTS, written_values.amount, faults)
    kept |= _read(sent, FLAGS, written_values.flag, faults)
    kept |= _read(sent, ("currency_code",), _currency, faults)
    for name in ("ship_country", "cust_country"):
        kept[name] = _country(kept.get(name, ""), name, faults)
    for name, longest in (("cust_ref", LONGEST_REFERENCE), ("cust_po_no", LONGEST), ("ship_code", LONGEST_REFERENCE)):
        if len(kept.get(name, "")) > longest:
            faults.append(f"{name} is longer than {longest} characters")
    if "/" in kept.get("cust_ref", "") or not kept.get("cust_ref", "").isprintable():
        faults.append("cust_ref may hold no slash and no control character: it stands in addresses")
    kept["extra_fields"] = _extras(sent.get("extra_fields"), "extra_fields", faults)
    return kept


def _items(items: list[Any], faults: list[str]) -> list[dict[str, Any]]:
    if len(items) > MOST_LINES:
        faults.append(f"items has more than {MOST_LINES} lines")
        return []
    return [_item(item, f"items[{place}]", faults) for place, item in enumerate(items)]


def _item(item: Any, where: str, faults: list[str]) -> dict[str, Any]:
    if not isinstance(item, dict):
        faults.append(f"{where} has to be an object")
        return {}
    before = len(faults)
    kept: dict[str, Any] = _read(item, LINE_TEXTS, _up_to(LONGEST), faults, where)
    kept |= _read(item, LINE_NOTES, _up_to(LONGEST_NOTE), faults, where)
    kept |= _read(item, LINE_AMOUNTS, written_values.amount, faults, where)
    kept |= _read(item, ("quantity",), lambda value: written_values.units(value, most=MOST_UNITS), faults, where)
    if not kept.get("item") and len(faults) == before:
        faults.append(f"{where}.item is missing: the SKU")
    kept["extra_fields"] = _extras(item.get("extra_fields"), f"{where}.extra_fields", faults)
    return {name: value for name, value in kept.items() if value not in ("", None)}


def _read(
    sent: Mapping[str, Any], names: tuple[str, ...], reads: Callable[[Any], str], faults: list[str], where: str = ""
) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name in names:
        if name not in sent and name != "quantity":
            continue
        try:
            kept[name] = reads(sent.get(name))
        except NotWritten as fault:
            faults.append(f"{f'{where}.' if where else ''}{name} {fault}")
    return kept


def _up_to(longest: int) -> Callable[[Any], str]:
    def reads(value: Any) -> str:
        written = written_values.text(value)
        if len(written) > longest:
            raise NotWritten(f"is longer than {longest} characters")
        return written

    return reads


def _currency(value: Any) -> str:
    code = written_values.text(value).upper()
    if code and not is_currency(code):
        raise NotWritten("has to be a currency code like USD")
    return code


def _country(word: str, name: str, faults: list[str]) -> str:
    """Return the code of two letters that everything here goes by."""
    code = as_code(word) if word else ""
    if code and code not in NAMES:
        faults.append(f"{name} is no country: send its code, like USA")
    return code


def _extras(sent: Any, name: str, faults: list[str]) -> dict[str, str] | None:
    """An empty map may come as [] (PHP)."""
    if not sent:
        return None
    if not isinstance(sent, dict) or len(sent) > MOST_EXTRAS:
        faults.append(f"{name} has to be an object of up to {MOST_EXTRAS} texts")
        return None
    try:
        return {key[:LONGEST]: _up_to(LONGEST_NOTE)(value) for key, value in sent.items()}
    except NotWritten as fault:
        faults.append(f"A value of {name} {fault}")
        return None


def _lacking(kept: Mapping[str, Any], items: Any) -> list[str]:
    lacking = [name for name in NEEDED if not (items if name == "items" else kept.get(name))]
    if not any(kept.get(f"ship_{part}") for part in ("company", "first_name", "last_name")):
        lacking.append("ship_company or ship_first_name and ship_last_name")
    billed = kept.get("ship_is_billing") == "Y"
    if not billed and not any(kept.get(f"cust_{part}") for part in ("company", "first_name", "last_name")):
        lacking.append("cust_company or cust_first_name and cust_last_name (or ship_is_billing true)")
    return lacking


def _shortened(value: Any) -> str:
    return str(value or "")[:LONGEST_REFERENCE]


# -- Sums --------------------------------------------------------------------------------------------------------------
def _sums(kept: Mapping[str, Any]) -> list[str]:
    """Return what does not add up, in sentences; nothing is said of what was not sent."""
    said = []
    items = kept["items"]
    for place, item in enumerate(items):
        price, extended = _amount(item, "price"), _amount(item, "extended_amount")
        if price is None or extended is None:
            continue
        units = int(item["quantity"])
        reckoned = (price - (_amount(item, "discount") or 0)) * units
        if abs(reckoned - extended) > CENT * units:
            said.append(
                f"items[{place}].extended_amount is {extended}, but (price - discount) × quantity is {reckoned}"
            )
    extended_all = [_amount(item, "extended_amount") for item in items]
    sub_total = _amount(kept, "sub_total")
    if sub_total is not None and None not in extended_all:
        added = sum((each for each in extended_all if each is not None), Decimal(0))
        if abs(added - sub_total) > CENT:
            said.append(f"sub_total is {sub_total}, but the lines' extended_amount add up to {added}")
    return [*said, *_whole(kept, sub_total)]


def _whole(kept: Mapping[str, Any], sub_total: Decimal | None) -> list[str]:
    grand_total = _amount(kept, "grand_total")
    if grand_total is None or sub_total is None:
        return []
    tax, freight, discount = (_amount(kept, name) or 0 for name in ("sales_tax", "shipping_handling", "order_discount"))
    reckoned = sub_total + tax + freight - discount
    if abs(reckoned - grand_total) <= CENT:
        return []
    what = "sub_total + sales_tax + shipping_handling - order_discount"
    return [f"grand_total is {grand_total}, but {what} is {reckoned}"]


def _amount(source: Mapping[str, Any], name: str) -> Decimal | None:
    written = source.get(name)
    return Decimal(written) if written else None
