"""The feed of quantities, JSON_LISTINGS_FEED: what is uploaded, and its report read message by message."""

from collections.abc import Mapping
from typing import Any

import orjson

from carts.marketplaces.amazon import scrub, translate, wire_values
from carts.marketplaces.amazon.transport import UNREADABLE
from carts.marketplaces.batches import StockNumber, SubmissionReport
from core.common import json_documents
from core.common.remote import Unavailable

# Reference: https://developer-docs.amazon.com/sp-api/docs/listings-feed-type-values
MOST = 25_000
CONTENT_TYPE = "application/json; charset=UTF-8"
_REFUSED = "Amazon refused the quantity and gave no reason."


def document(seller_id: str, messages: Mapping[int, StockNumber]) -> bytes:
    """Return the feed. Each message patches as a single call does, so the handling time stays."""
    return orjson.dumps(
        {
            "header": {"sellerId": seller_id, "version": "2.0"},
            "messages": [
                {
                    "messageId": number,
                    "sku": told.sku,
                    "operationType": "PATCH",
                    "productType": told.product_type or translate.ANY_PRODUCT,
                    "patches": [translate.stock_patch(told.quantity)],
                }
                for number, told in messages.items()
            ],
        }
    )


def is_one(report: bytes) -> bool:
    """Whether a report is of this feed: those of the others are XML."""
    return report.lstrip()[:1] == b"{"


def read_report(content: bytes) -> SubmissionReport:
    """Read what became of each message. An error that names none was found before any was looked at."""
    try:
        report: Any = json_documents.read(content)
    except (ValueError, RecursionError):
        raise Unavailable(UNREADABLE) from None
    summary = wire_values.part(report, "summary")
    processed = summary.get("messagesProcessed")
    if type(processed) is not int:
        raise Unavailable(UNREADABLE)
    refused: dict[int, list[str]] = {}
    fatal: list[str] = []
    for issue in wire_values.parts(report, "issues"):
        if issue.get("severity") != "ERROR":
            continue
        said, number = scrub.sentence(issue.get("message") or "") or _REFUSED, _whole(issue.get("messageId"))
        if number is not None:
            refused.setdefault(number, []).append(said)
        else:
            fatal.append(said)
    sentences = {number: " ".join(dict.fromkeys(said)) for number, said in refused.items()}
    nothing_done = bool(fatal) and not processed
    return SubmissionReport(
        processed,
        sentences,
        " ".join(dict.fromkeys(fatal)) if nothing_done else "",
        refusals=_whole(summary.get("messagesInvalid")) or 0,
    )


def _whole(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value[:20])
    return value if type(value) is int else None
