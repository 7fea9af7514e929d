"""The XML of Amazon's feeds about orders: building them, and reading what became of them. Pure.

The same messages always make the same bytes, so that a feed that is made again is the same feed.
Reference: https://developer-docs.amazon.com/sp-api/docs/order-feed-type-values
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from carts.marketplaces.amazon import scrub
from carts.marketplaces.amazon.carriers import OTHER, told
from carts.marketplaces.batches import SubmissionReport, Withdrawal
from carts.marketplaces.values import Dispatch
from core.common.remote import Unavailable

CONTENT_TYPE = "text/xml; charset=UTF-8"
VERSION = "1.02"
# XML 1.0 has no place for these, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
UNREADABLE = "Amazon's report on the feed could not be read."


def fulfillment(seller_id: str, messages: Mapping[int, Dispatch]) -> bytes:
    """POST_ORDER_FULFILLMENT_DATA: one message a package."""
    return _envelope(seller_id, "OrderFulfillment", ((number, _fulfilled(one)) for number, one in messages.items()))


def acknowledgement(seller_id: str, messages: Mapping[int, Withdrawal]) -> bytes:
    """POST_ORDER_ACKNOWLEDGEMENT_DATA: a Failure with a reason cancels the order, always the whole of it."""
    return _envelope(seller_id, "OrderAcknowledgement", ((number, _withdrawn(one)) for number, one in messages.items()))


def read_report(content: bytes) -> SubmissionReport:
    """Read a processing report. Raises Unavailable for what is none: it may be another one next time."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Unavailable(UNREADABLE)  # Amazon defines no entities; whoever does wants our memory
    try:
        report = ElementTree.fromstring(content).find("Message/ProcessingReport")
    except ElementTree.ParseError:
        raise Unavailable(UNREADABLE) from None
    if report is None:
        raise Unavailable(UNREADABLE)
    refused: dict[int, list[str]] = {}
    for result in report.iter("Result"):
        if result.findtext("ResultCode") != "Error":
            continue  # a warning: it was done
        sentence = scrub.sentence(result.findtext("ResultDescription") or "Amazon gave no reason.")
        refused.setdefault(_number(result.findtext("MessageID")), []).append(sentence)
    said = {number: " ".join(dict.fromkeys(sentences)) for number, sentences in refused.items()}
    # Message 0 is none of ours: what Amazon says of it is said of the whole feed.
    fatal = said.pop(0, "")
    return SubmissionReport(_number(report.findtext("ProcessingSummary/MessagesProcessed")), said, fatal)


def _envelope(seller_id: str, kind: str, messages: Iterable[tuple[int, Element]]) -> bytes:
    envelope = Element("AmazonEnvelope")
    header = SubElement(envelope, "Header")
    _add(header, "DocumentVersion", VERSION)
    _add(header, "MerchantIdentifier", seller_id)
    _add(envelope, "MessageType", kind)
    for number, part in messages:
        message = SubElement(envelope, "Message")
        _add(message, "MessageID", str(number))
        message.append(part)
    written: bytes = ElementTree.tostring(envelope, encoding="utf-8", xml_declaration=True)
    return written


def _fulfilled(dispatch: Dispatch) -> Element:
    part = Element("OrderFulfillment")
    _add(part, "AmazonOrderID", dispatch.order_number)
    _add(part, "MerchantFulfillmentID", str(dispatch.package_number))
    _add(part, "FulfillmentDate", _moment(dispatch.shipped_at))
    data = SubElement(part, "FulfillmentData")
    code, name = told(dispatch)
    _add(data, "CarrierCode", code)
    if name != code or code == OTHER:
        _add(data, "CarrierName", name)
    if dispatch.service:
        _add(data, "ShippingMethod", dispatch.service)
    if dispatch.tracking_number.strip():  # a letter has none: the schema asks for none
        _add(data, "ShipperTrackingNumber", dispatch.tracking_number.strip())
    for line in dispatch.lines:
        item = SubElement(part, "Item")
        _add(item, "AmazonOrderItemCode", line.reference)
        _add(item, "Quantity", str(line.quantity))
    return part


def _withdrawn(withdrawal: Withdrawal) -> Element:
    part = Element("OrderAcknowledgement")
    _add(part, "AmazonOrderID", withdrawal.order_number)
    _add(part, "StatusCode", "Failure")
    for reference in withdrawal.lines:
        item = SubElement(part, "Item")
        _add(item, "AmazonOrderItemCode", reference)
        _add(item, "CancelReason", withdrawal.reason)
    return part


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = _NOT_XML.sub("", text)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _number(text: str | None) -> int:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
