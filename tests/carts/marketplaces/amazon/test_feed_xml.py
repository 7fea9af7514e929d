"""The XML of feeds: built to the letter, and read message by message."""

from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carts.marketplaces.amazon import feed_xml
from carts.marketplaces.batches import Withdrawal
from carts.marketplaces.values import Dispatch, DispatchLine
from core.common.remote import Unavailable

SHIPPED = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def dispatch(tracking: str = "1Z1", carrier: str = "ups", service: str = "Ground") -> Dispatch:
    lines = [DispatchLine("90010000000001", 2), DispatchLine("90010000000002", 1)]
    return Dispatch("114-1", "ATVPDKIKX0DER", 1, carrier, service, tracking, SHIPPED, lines)


def report(*results: str, processed: int = 2) -> bytes:
    return (
        "<AmazonEnvelope><Message><ProcessingReport>"
        f"<ProcessingSummary><MessagesProcessed>{processed}</MessagesProcessed></ProcessingSummary>{''.join(results)}"
        "</ProcessingReport></Message></AmazonEnvelope>"
    ).encode()


def result(number: str, code: str, said: str) -> str:
    return (
        f"<Result><MessageID>{number}</MessageID><ResultCode>{code}</ResultCode>"
        f"<ResultDescription>{said}</ResultDescription></Result>"
    )


def test_a_package_is_written_as_amazon_reads_it() -> None:
    written = feed_xml.fulfillment("A1SELLER", {17: dispatch()})

    assert written.decode() == (
        "<?xml version='1.0' encoding='utf-8'?>\n"
        "<AmazonEnvelope><Header><DocumentVersion>1.02</DocumentVersion><MerchantIdentifier>A1SELLER"
        "</MerchantIdentifier></Header><MessageType>OrderFulfillment</MessageType><Message><MessageID>17</MessageID>"
        "<OrderFulfillment><AmazonOrderID>114-1</AmazonOrderID><MerchantFulfillmentID>1</MerchantFulfillmentID>"
        "<FulfillmentDate>2026-11-20T12:00:00Z</FulfillmentDate><FulfillmentData><CarrierCode>UPS</CarrierCode>"
        "<ShippingMethod>Ground</ShippingMethod><ShipperTrackingNumber>1Z1</ShipperTrackingNumber></FulfillmentData>"
        "<Item><AmazonOrderItemCode>90010000000001</AmazonOrderItemCode><Quantity>2</Quantity></Item>"
        "<Item><AmazonOrderItemCode>90010000000002</AmazonOrderItemCode><Quantity>1</Quantity></Item>"
        "</OrderFulfillment></Message></AmazonEnvelope>"
    )
    assert written == feed_xml.fulfillment("A1SELLER", {17: dispatch()})


def test_a_carrier_amazon_does_not_know_goes_by_its_name() -> None:
    data = ElementTree.fromstring(feed_xml.fulfillment("A", {1: dispatch(carrier="Mule & Sons")}))

    assert data.findtext(".//CarrierCode") == "Other"
    assert data.findtext(".//CarrierName") == "Mule & Sons"


def test_a_cancellation_names_the_reason_with_each_line() -> None:
    written = feed_xml.acknowledgement("A", {5: Withdrawal("114-1", "NoInventory", ["1", "2"])})
    part = ElementTree.fromstring(written).find("Message/OrderAcknowledgement")

    assert part is not None
    assert part.findtext("StatusCode") == "Failure"
    assert [item.findtext("CancelReason") for item in part.findall("Item")] == ["NoInventory", "NoInventory"]


@given(st.text(min_size=1), st.text())
def test_whatever_stands_in_a_field_the_feed_can_be_read(tracking: str, service: str) -> None:
    written = feed_xml.fulfillment("A", {1: dispatch(tracking=tracking, service=service)})

    assert ElementTree.fromstring(written).findtext(".//Quantity") == "2"


def test_a_report_is_read_message_by_message_and_a_warning_is_no_refusal() -> None:
    told = feed_xml.read_report(
        report(result("17", "Error", "Bad date"), result("17", "Error", "Bad carrier"), result("18", "Warning", "Hm"))
    )

    assert told.refused == {17: "Bad date Bad carrier"}
    assert (told.processed, told.fatal) == (2, "")


def test_what_is_said_of_no_message_is_said_of_the_whole_feed() -> None:
    assert feed_xml.read_report(report(result("0", "Error", "XML Parsing Error"))).fatal == "XML Parsing Error"


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>", b"<AmazonEnvelope/>", b'<!DOCTYPE x [<!ENTITY a "aa">]><AmazonEnvelope>&a;</AmazonEnvelope>'],
)
def test_what_is_no_report_is_asked_for_again(content: bytes) -> None:
    with pytest.raises(Unavailable):
        feed_xml.read_report(content)
