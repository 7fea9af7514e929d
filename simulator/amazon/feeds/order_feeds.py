"""The XML feeds about orders that still live: fulfilment and acknowledgement."""

from collections.abc import Callable
from html import escape
from xml.etree import ElementTree

from simulator.amazon.http.wire import Call, Refusal, moment
from simulator.amazon.orders import shipments
from simulator.amazon.orders.shipments import Dispatch
from simulator.amazon.world.state import Job, Order, World

_REASONS = {
    "NoInventory": "NO_INVENTORY",
    "BuyerCanceled": "BUYER_CANCELLED",
    "ShippingAddressUndeliverable": "SHIPPING_ADDRESS_UNDELIVERABLE",
    "CustomerExchange": "CUSTOMER_EXCHANGE",
    "GeneralAdjustment": "GENERAL_ADJUSTMENT",
}
Apply = Callable[[World, Call, Job, ElementTree.Element], None]


def process_fulfillment(world: World, call: Call, feed: Job, body: bytes) -> tuple[str, bytes]:
    """POST_ORDER_FULFILLMENT_DATA"""
    return _process(world, call, feed, body, "OrderFulfillment", _fulfill)


def process_acknowledgement(world: World, call: Call, feed: Job, body: bytes) -> tuple[str, bytes]:
    """POST_ORDER_ACKNOWLEDGEMENT_DATA"""
    return _process(world, call, feed, body, "OrderAcknowledgement", _acknowledge)


def _process(world: World, call: Call, feed: Job, body: bytes, kind: str, apply: Apply) -> tuple[str, bytes]:
    try:
        envelope = ElementTree.fromstring(body)
    except ElementTree.ParseError:
        return "FATAL", _report(feed, 0, [("0", "XML Parsing Error at the beginning of the document.")])
    if envelope.findtext("MessageType") != kind:
        return "FATAL", _report(feed, 0, [("0", f"MessageType must be {kind}.")])
    messages = envelope.findall("Message")
    wrong: list[tuple[str, str]] = []
    for message in messages:
        part = message.find(kind)
        try:
            if part is None:
                raise Refusal(400, "InvalidInput", f"The message holds no {kind}.")
            apply(world, call, feed, part)
        except Refusal as refusal:
            wrong.append((message.findtext("MessageID") or "0", refusal.error["message"]))
    return "DONE", _report(feed, len(messages), wrong)


def _fulfill(world: World, call: Call, feed: Job, part: ElementTree.Element) -> None:
    order = _order(world, feed, part)
    carrier = part.findtext("FulfillmentData/CarrierCode") or ""
    name = part.findtext("FulfillmentData/CarrierName") or ""
    if not carrier or (carrier == "Other" and not name):
        raise Refusal(400, "InvalidInput", "CarrierCode is required, and CarrierName when it is Other.")
    try:
        shipped_at = moment(part.findtext("FulfillmentDate") or "")
    except ValueError:
        raise Refusal(400, "InvalidInput", "FulfillmentDate is not an ISO 8601 date and time.") from None
    told = part.findtext("MerchantFulfillmentID") or ""
    reference = told if told.isdigit() and int(told) > 0 else shipments.next_reference(order)
    dispatch = Dispatch(
        reference=reference,
        carrier=name if carrier == "Other" else carrier,
        carrier_code=carrier,
        method=part.findtext("FulfillmentData/ShippingMethod") or "",
        tracking=part.findtext("FulfillmentData/ShipperTrackingNumber") or "",
        shipped_at=shipped_at,
        items=_items(part) or shipments.open_quantities(order),
        codes={},
    )
    shipments.check(order, dispatch, call.now)
    if not dispatch.items:
        raise Refusal(400, "InvalidInput", shipments.NO_SUCH_PACKAGE)
    if feed.fate != "SILENT":
        shipments.apply(world, order, dispatch, call.now, f"feed {feed.id}")


def _acknowledge(world: World, call: Call, feed: Job, part: ElementTree.Element) -> None:
    """A Failure cancels the order as a whole, whichever items it names.

    Amazon's guide to the feed knows it for entire orders only; of a part, the seller cancels in Seller Central, or
    ships the rest and refunds the part (Seller Central help 200198080).
    """
    order = _order(world, feed, part)
    match part.findtext("StatusCode"):
        case "Success":
            number = part.findtext("MerchantOrderID")
            if number:
                order.document["orderAliases"] = [{"aliasId": number, "aliasType": "SELLER_ORDER_ID"}]
                world.touch(order, call.now)
        case "Failure":
            reason = part.findtext("Item/CancelReason") or part.findtext("CancelReason") or "NoInventory"
            if feed.fate != "SILENT":
                shipments.cancel(world, order, call.now, "MERCHANT", _REASONS.get(reason, reason))
        case _:
            raise Refusal(400, "InvalidInput", "StatusCode must be Success or Failure.")


def _order(world: World, feed: Job, part: ElementTree.Element) -> Order:
    order = world.orders.get((part.findtext("AmazonOrderID") or "").strip())
    if order is None or order.seller_id != feed.seller_id:
        raise Refusal(400, "InvalidInput", "The AmazonOrderID is unknown for this seller.")
    return order


def _items(part: ElementTree.Element) -> dict[str, int]:
    quantities: dict[str, int] = {}
    for item in part.findall("Item"):
        item_id, quantity = item.findtext("AmazonOrderItemCode") or "", item.findtext("Quantity") or "1"
        if not quantity.isdigit() or int(quantity) < 1:
            raise Refusal(400, "InvalidInput", "Quantity must be a whole number of at least 1.")
        quantities[item_id] = quantities.get(item_id, 0) + int(quantity)
    return quantities


def _report(feed: Job, processed: int, wrong: list[tuple[str, str]]) -> bytes:
    results = "".join(
        f"<Result><MessageID>{escape(number)}</MessageID><ResultCode>Error</ResultCode>"
        f"<ResultMessageCode>18028</ResultMessageCode><ResultDescription>{escape(text)}</ResultDescription></Result>"
        for number, text in wrong
    )
    good = max(processed - len(wrong), 0)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><AmazonEnvelope><Header><DocumentVersion>1.02</DocumentVersion>'
        f"<MerchantIdentifier>{feed.seller_id}</MerchantIdentifier></Header><MessageType>ProcessingReport</MessageType>"
        f"<Message><MessageID>1</MessageID><ProcessingReport><DocumentTransactionID>{feed.id}</DocumentTransactionID>"
        "<StatusCode>Complete</StatusCode><ProcessingSummary>"
        f"<MessagesProcessed>{processed}</MessagesProcessed><MessagesSuccessful>{good}</MessagesSuccessful>"
        f"<MessagesWithError>{len(wrong)}</MessagesWithError><MessagesWithWarning>0</MessagesWithWarning>"
        f"</ProcessingSummary>{results}</ProcessingReport></Message></AmazonEnvelope>"
    ).encode()
