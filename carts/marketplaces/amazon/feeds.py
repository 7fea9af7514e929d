"""Amazon's feeds, in the words of the port: many confirmations or quantities at once, and cancellations."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar

from carts.marketplaces.amazon import feed_xml, quantity_feed, wire_values
from carts.marketplaces.amazon.client import Client
from carts.marketplaces.amazon.transport import UNREADABLE
from carts.marketplaces.batches import Batch, Batching, Stage, StockNumber, Submission, SubmissionReport, Withdrawal
from carts.marketplaces.values import Dispatch
from core.common.remote import Unavailable

Json = Mapping[str, Any]

SETTLED = (
    "packagetoupdatenotfound", "already fulfilled", "already shipped", "cancelled", "canceled", "quantity",
    "left to ship",
)  # fmt: skip
KINDS: Mapping[Batch, str] = MappingProxyType(
    {
        Batch.CONFIRMATIONS: "POST_ORDER_FULFILLMENT_DATA",
        Batch.CANCELLATIONS: "POST_ORDER_ACKNOWLEDGEMENT_DATA",
        Batch.STOCK: "JSON_LISTINGS_FEED",
    }
)
_STAGES: Mapping[str, Stage] = MappingProxyType(
    {
        "IN_QUEUE": Stage.WORKING,
        "IN_PROGRESS": Stage.WORKING,
        "DONE": Stage.ENDED,
        "FATAL": Stage.FAILED,
        "CANCELLED": Stage.FAILED,
    }
)


class AmazonFeeding(Batching):
    """The half of the adapter that speaks in feeds."""

    takes_batches: ClassVar[bool] = True
    most_stock_numbers: ClassVar[int] = quantity_feed.MOST
    # Those of the schema that a warehouse's staff can mean.
    cancel_reasons: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "NoInventory": "Out of stock",
            "BuyerCanceled": "The buyer asked to cancel",
            "ShippingAddressUndeliverable": "Undeliverable address",
            "CustomerExchange": "The buyer gets something else instead",
            "GeneralAdjustment": "Another reason",
        }
    )
    buyer_asked: ClassVar[str] = "BuyerCanceled"
    confirm_operation: ClassVar[str] = "confirmShipment"
    list_operation: ClassVar[str] = "searchOrders"
    read_operation: ClassVar[str] = "getOrder"

    _client: Client
    # A document that was uploaded and is about one order alone: whoever looks at that order wants to see it.
    _alone: Mapping[str, str] = MappingProxyType({})

    @staticmethod
    def settled_there(refusal: str) -> bool:
        said = refusal.lower()
        return any(words in said for words in SETTLED)

    def upload_confirmations(self, messages: Mapping[int, Dispatch]) -> str:
        numbers = [each.order_number for each in messages.values()]
        return self._upload(feed_xml.fulfillment(self._client.seller_id, messages), numbers)

    def upload_withdrawals(self, messages: Mapping[int, Withdrawal]) -> str:
        numbers = [each.order_number for each in messages.values()]
        return self._upload(feed_xml.acknowledgement(self._client.seller_id, messages), numbers)

    def upload_stock(self, messages: Mapping[int, StockNumber]) -> str:
        content = quantity_feed.document(self._client.seller_id, messages)
        return self._client.create_feed_document(content, content_type=quantity_feed.CONTENT_TYPE)

    def submit(self, batch: Batch, document: str, *, place_id: str) -> str:
        return self._client.create_feed(
            KINDS[batch], document_id=document, place_ids=[place_id], order_number=self._alone.get(document, "")
        )

    def submissions(self, batch: Batch, *, place_id: str, since: datetime) -> Sequence[Submission]:
        feeds = self._client.get_feeds(KINDS[batch], place_ids=[place_id], since=since)
        return sorted((_submission(feed) for feed in feeds), key=lambda one: (one.made_at, one.reference))

    def submission(self, reference: str) -> Submission:
        return _submission(self._client.get_feed(reference))

    def report(self, submission: Submission) -> SubmissionReport:
        """A feed that failed often has none."""
        if not submission.report:
            if submission.stage is Stage.FAILED:
                return SubmissionReport(0, fatal="Amazon gave up on the feed and wrote no report.")
            raise Unavailable("Amazon finished the feed and wrote no report.")
        written = self._client.get_feed_document(submission.report)
        read = quantity_feed.read_report if quantity_feed.is_one(written) else feed_xml.read_report
        report = read(written)
        if submission.stage is Stage.FAILED and not report.fatal:
            said = " ".join(dict.fromkeys(report.refused.values()))
            return SubmissionReport(report.processed, report.refused, said or "Amazon gave up on the feed.")
        return report

    def _upload(self, content: bytes, numbers: Sequence[str]) -> str:
        number = numbers[0] if len(set(numbers)) == 1 else ""
        document = self._client.create_feed_document(content, content_type=feed_xml.CONTENT_TYPE, order_number=number)
        self._alone = {document: number}
        return document


def _submission(feed: Json) -> Submission:
    reference, made_at = feed.get("feedId"), wire_values.moment(feed.get("createdTime"))
    stage, report = _STAGES.get(str(feed.get("processingStatus"))), feed.get("resultFeedDocumentId") or ""
    if not isinstance(reference, str) or made_at is None or stage is None or not isinstance(report, str):
        raise Unavailable(UNREADABLE)
    return Submission(reference, stage, made_at, report)
