"""Notices of what was shipped: with a body and without, and what is done to XML to break its reader."""

from datetime import UTC, datetime

import pytest

from shipping.warehouses.shipstation import ship_notice
from shipping.warehouses.shipstation.ship_notice import BadNotice, NoticeItem, ShipNotice

QUERY = {"order_number": "113-1", "carrier": "UPS", "service": "Ground", "tracking_number": "1Z999AA10123456784"}
BODY = b"""<?xml version="1.0" encoding="utf-8"?>
<ShipNotice>
  <OrderNumber>113-1</OrderNumber>
  <OrderID>7</OrderID>
  <CustomerCode>x</CustomerCode>
  <LabelCreateDate>12/8/2011 12:56 PM</LabelCreateDate>
  <ShipDate>12/8/2011</ShipDate>
  <Carrier>USPS</Carrier>
  <Service>Priority Mail</Service>
  <TrackingNumber>9400</TrackingNumber>
  <ShippingCost>4.95</ShippingCost>
  <Recipient><Name>Ann</Name></Recipient>
  <Items>
    <Item><SKU>MUG</SKU><Name>Mug</Name><Quantity>2</Quantity><LineItemID>line-1</LineItemID></Item>
    <Item><Name>Discount</Name><Quantity>1</Quantity></Item>
    <Item><SKU>CUP</SKU><Quantity>1.0</Quantity></Item>
  </Items>
</ShipNotice>"""


def test_a_notice_says_all_in_its_address() -> None:
    assert ship_notice.read(QUERY, b"") == ShipNotice(
        "113-1", carrier="UPS", service="Ground", tracking_number="1Z999AA10123456784"
    )


def test_a_body_adds_the_items_and_the_day() -> None:
    notice = ship_notice.read({**QUERY, "service": ""}, BODY)

    assert (notice.order_id, notice.carrier, notice.service) == ("7", "UPS", "Priority Mail")
    assert notice.tracking_number == "1Z999AA10123456784"
    assert notice.shipped_at == datetime(2011, 12, 8, 12, 56, tzinfo=UTC)
    assert notice.items == (NoticeItem("line-1", "MUG", 2), NoticeItem("", "CUP", 1))


def test_a_body_alone_is_enough() -> None:
    notice = ship_notice.read({}, BODY.replace(b"<ShipNotice>", b'<ShipNotice xmlns="http://example.org/x">'))

    assert (notice.order_number, notice.carrier, notice.tracking_number) == ("113-1", "USPS", "9400")
    assert len(notice.items) == 2


def test_a_day_alone_is_that_day_wherever_it_is_read() -> None:
    body = b"<ShipNotice><ShipDate>12/8/2011</ShipDate></ShipNotice>"

    assert ship_notice.read(QUERY, body).shipped_at == datetime(2011, 12, 8, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "name"),
    [("DHLGlobalMail", "DHL Global Mail"), ("UPSMI", "UPS Mail Innovations"), ("stamps_com", "USPS"), ("Acme", "Acme")],
)
def test_a_desks_word_for_a_carrier_becomes_its_name(said: str, name: str) -> None:
    assert ship_notice.read({**QUERY, "carrier": said}, b"").carrier == name


BOMB = b"""<?xml version="1.0"?><!DOCTYPE ShipNotice [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<ShipNotice><OrderNumber>&c;</OrderNumber></ShipNotice>"""
XXE = b"""<?xml version="1.0"?><!DOCTYPE ShipNotice [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<ShipNotice><OrderNumber>&x;</OrderNumber></ShipNotice>"""


@pytest.mark.parametrize(
    "body",
    [
        *(BOMB, XXE),
        *(each.decode().replace('<?xml version="1.0"?>', "").encode("utf-16") for each in (BOMB, XXE)),
        b'<!DOCTYPE ShipNotice SYSTEM "http://example.org/evil.dtd"><ShipNotice/>',
        b"<ShipNotice><OrderNumber>&nobody;</OrderNumber></ShipNotice>",
        b"<ShipNotice>" * 100_000,
        b"<ShipNotice><OrderNumber>" + b"9" * 1_000_001 + b"</OrderNumber></ShipNotice>",
        b"<ShipNotice><OrderNumber>\x00</OrderNumber></ShipNotice>",
        b"\xff\xfe\x00<",
        b"order_number=113-1",
        b'{"order": 1}',
        b"<Orders/>",
        b"<ShipNotice><Items>" + b"<Item><SKU>A</SKU><Quantity>1</Quantity></Item>" * 1_001 + b"</Items></ShipNotice>",
    ],
)
def test_xml_made_to_do_harm_is_refused_and_nothing_of_it_told(body: bytes) -> None:
    with pytest.raises(BadNotice) as refused:
        ship_notice.read(QUERY, body)

    assert "root:" not in str(refused.value)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"<ShipNotice><OrderNumber>113-2</OrderNumber></ShipNotice>", "order_number"),
        (b"<ShipNotice><ShipDate>soon</ShipDate></ShipNotice>", "ShipDate"),
        (b"<ShipNotice><Items><Item><SKU>A</SKU><Quantity>two</Quantity></Item></Items></ShipNotice>", "Quantity"),
        (b"<ShipNotice><Items><Item><SKU>A</SKU><Quantity>-1</Quantity></Item></Items></ShipNotice>", "Quantity"),
        (b"<ShipNotice><Items><Item><SKU>A</SKU><Quantity>1.5</Quantity></Item></Items></ShipNotice>", "Quantity"),
        (b"<ShipNotice><Items><Item><SKU>A</SKU><Quantity>0</Quantity></Item></Items></ShipNotice>", "Items"),
    ],
)
def test_a_field_that_cannot_be_read_is_named(body: bytes, field: str) -> None:
    with pytest.raises(BadNotice, match=field):
        ship_notice.read(QUERY, body)


def test_a_notice_names_its_order() -> None:
    with pytest.raises(BadNotice, match="order_number is missing"):
        ship_notice.read({"carrier": "UPS"}, b"<ShipNotice/>")
