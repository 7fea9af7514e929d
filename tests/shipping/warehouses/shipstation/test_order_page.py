"""Pages of orders: what XML can carry, what the fields take, and orders that cannot be said."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from carts.marketplaces.values import Address
from shipping.warehouses.shipstation import order_page
from shipping.warehouses.shipstation.store_order import StoreItem, StoreOrder, Unsayable

PLACED = datetime(2026, 11, 20, 9, 30, 45, tzinfo=UTC)
ADDRESS = Address(name="Ann Lee", line1="1 Main St", city="Reno", state="NV", postal_code="89501", country="US")
ITEM = StoreItem("line-1", "MUG-BLUE", "Blue mug", 2)


def made(**fields: Any) -> StoreOrder:
    return StoreOrder(
        **{
            "id": "7",
            "number": "113-1",
            "placed_at": PLACED,
            "changed_at": PLACED,
            "status": "paid",
            "method": "UPS Ground",
            "recipient": ADDRESS,
            "items": [ITEM],
            **fields,
        }
    )


def sent(*orders: StoreOrder) -> etree._Element:
    return etree.fromstring(order_page.page([order_page.element(order) for order in orders], pages=1))


def said(order: StoreOrder, path: str) -> str:
    return str(sent(order).findtext(f"Order/{path}"))


def test_a_page_is_as_our_schema_says() -> None:
    page = sent(made(), made(id="8", total=Decimal("12.5"), currency="USD", gift=True, gift_message="Hi\nMum"))

    order_page.schema().assertValid(page)
    assert page.get("pages") == "1"
    assert page.findtext("Order/OrderDate") == "11/20/2026 09:30"


def test_an_empty_page_is_one_too() -> None:
    order_page.schema().assertValid(sent())


@pytest.mark.parametrize(
    ("name", "stands"),
    [
        ("Böhm & Söhne <GmbH>", "Böhm & Söhne <GmbH>"),
        ("]]> and <![CDATA[", "]]> and <![CDATA["),
        ("&lt;b&gt; &amp;", "&lt;b&gt; &amp;"),
        ("Ann\x00\x01\x0b\x1b Lee\x85", "Ann Lee"),
        ("Ann\r\n\tLee", "Ann Lee"),
        ("Ann \ud800Lee\ufffe\U0001ffff", "Ann Lee"),
        ("山田 太郎 😀", "山田 太郎 😀"),
    ],
)
def test_a_name_arrives_as_it_was_without_what_xml_cannot_carry(name: str, stands: str) -> None:
    assert said(made(recipient=replace(ADDRESS, name=name)), "Customer/ShipTo/Name") == stands


def test_free_text_stands_in_cdata() -> None:
    page = order_page.page([order_page.element(made())], pages=1)

    assert b"<SKU><![CDATA[MUG-BLUE]]></SKU>" in page
    assert b"<OrderStatus><![CDATA[paid]]></OrderStatus>" in page


def test_texts_for_people_are_cut_to_their_fields() -> None:
    long = replace(ADDRESS, name="N" * 300, line1="A" * 300, line2="B" * 300, city="C" * 300, phone="1" * 80)
    order = made(
        recipient=long, items=[replace(ITEM, title="T" * 999)], method="M" * 300, notes="x" * 5000, extras=["E" * 200]
    )

    lengths = {path: len(said(order, path)) for path in ("ShippingMethod", "CustomerNotes", "CustomField1")}
    lengths |= {path: len(said(order, f"Customer/ShipTo/{path}")) for path in ("Name", "Address1", "City", "Phone")}

    assert lengths == {
        "ShippingMethod": 100,
        "CustomerNotes": 1000,
        "CustomField1": 100,
        "Name": 100,
        "Address1": 200,
        "City": 100,
        "Phone": 50,
    }
    assert len(said(order, "Items/Item/Name")) == 200


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"number": "1" * 51}, "number is longer than the 50"),
        ({"items": []}, "Nothing in it"),
        ({"items": [replace(ITEM, sku="S" * 101)]}, "longer than the 100"),
        ({"items": [replace(ITEM, sku=" ")]}, "no SKU"),
        ({"items": [replace(ITEM, sku="\x01\x02")]}, "SKU"),
        ({"items": [replace(ITEM, quantity=100_000)]}, "100000 units"),
        ({"recipient": replace(ADDRESS, name="", company=" ")}, "names nobody"),
        ({"recipient": replace(ADDRESS, name="\x01")}, "Name"),
        ({"recipient": replace(ADDRESS, line1="")}, "no street"),
        ({"recipient": replace(ADDRESS, country="Narnia")}, "no country"),
        ({"status": ""}, "OrderStatus"),
    ],
)
def test_what_cannot_be_said_is_refused_alone_and_says_why(fields: dict[str, Any], why: str) -> None:
    with pytest.raises(Unsayable, match=why):
        order_page.element(made(**fields))


def test_prices_stand_there_only_where_they_are_given() -> None:
    priced = made(total=Decimal("31.995"), currency="EUR", items=[replace(ITEM, unit_price=Decimal("15.99"))])

    assert (said(made(), "OrderTotal"), said(made(), "Items/Item/UnitPrice")) == ("0.00", "0.00")
    assert (said(priced, "OrderTotal"), said(priced, "Items/Item/UnitPrice")) == ("32.00", "15.99")
    assert said(priced, "CurrencyCode") == "EUR"
