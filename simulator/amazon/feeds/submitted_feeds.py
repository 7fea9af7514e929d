"""Feeds API 2021-06-30. A feed moves on as the clock does, or as somebody asks for it."""

import base64
from collections.abc import Callable
from typing import Any

from simulator.amazon.feeds import documents, feed_json, order_feeds
from simulator.amazon.http.wire import Answer, Call, Refusal, json_answer, moment, stamp
from simulator.amazon.orders.orders_2026 import read_marketplaces
from simulator.amazon.sellers import listing_items
from simulator.amazon.world.state import Job, World
from simulator.amazon.world.stores import PLACES

QUEUE_SECONDS, DONE_SECONDS = 15, 45
QUEUE_POLLS, DONE_POLLS = 2, 3

LEGACY = frozenset(
    {
        "POST_INVENTORY_AVAILABILITY_DATA",
        "POST_FLAT_FILE_INVLOADER_DATA",
        "POST_FLAT_FILE_PRICEANDQUANTITYONLY_UPDATE_DATA",
        "POST_FLAT_FILE_LISTINGS_DATA",
        "POST_PRODUCT_DATA",
        "POST_PRODUCT_PRICING_DATA",
    }
)
# feed type: what applies the uploaded bytes and makes the report
Processor = Callable[[World, Call, Job, bytes], tuple[str, bytes]]
PROCESSORS: dict[str, Processor] = {
    "JSON_LISTINGS_FEED": feed_json.process,
    "POST_ORDER_FULFILLMENT_DATA": order_feeds.process_fulfillment,
    "POST_ORDER_ACKNOWLEDGEMENT_DATA": order_feeds.process_acknowledgement,
}
_FATES = {
    "feed_fatal": "FATAL",
    "feed_cancelled": "CANCELLED",
    "feed_stuck": "STUCK",
    "feed_short": "SHORT",
    "feed_vague": "VAGUE",
    "feed_odd": "ODD",
    "silent": "SILENT",
}


def create_feed_document(world: World, call: Call) -> Answer:
    """POST /feeds/2021-06-30/documents"""
    content_type = call.document().get("contentType")
    if not isinstance(content_type, str) or not content_type:
        raise Refusal(400, "InvalidInput", "contentType is required.")
    document = documents.new_document(world, call, content_type)
    return json_answer({"feedDocumentId": document.id, "url": documents.address(world, call, document)}, 201)


def create_feed(world: World, call: Call) -> Answer:
    """POST /feeds/2021-06-30/feeds"""
    request = call.document()
    feed_type, marketplaces = request.get("feedType"), request.get("marketplaceIds")
    if feed_type not in PROCESSORS and feed_type not in LEGACY:
        raise Refusal(400, "InvalidInput", f"Invalid Feed Type: {feed_type}")
    region = world.sellers[call.seller_id].region
    if not isinstance(marketplaces, list) or not 1 <= len(marketplaces) <= 25:
        raise Refusal(400, "InvalidInput", "marketplaceIds must hold 1 to 25 marketplaces.")
    if any(one not in PLACES or PLACES[one].region != region for one in marketplaces):
        raise Refusal(400, "InvalidInput", "marketplaceIds holds an unknown marketplace, or one of another region.")
    if feed_type == "JSON_LISTINGS_FEED":
        listing_items.check_open(world, call.seller_id, marketplaces)
    document = world.documents.get(str(request.get("inputFeedDocumentId")))
    if document is None or document.seller_id != call.seller_id:
        raise Refusal(400, "InvalidInput", "inputFeedDocumentId is unknown.")
    feed = Job(
        id=str(50_000_000_000 + world.number("feed")),
        seller_id=call.seller_id,
        type=feed_type,
        marketplace_ids=marketplaces,
        created=stamp(call.now),
        input_document_id=document.id,
        fate=_FATES.get(call.fault, ""),
    )
    world.feeds[feed.id] = feed
    world.journal.effect("feed", stamp(call.now), seller_id=call.seller_id, feed_id=feed.id, type=feed_type)
    return json_answer({"feedId": feed.id}, 202)


def get_feed(world: World, call: Call, feed_id: str) -> Answer:
    """GET /feeds/2021-06-30/feeds/{feedId}"""
    feed = _own(world, call, feed_id)
    feed.polls += 1
    advance(world, call, feed)
    return json_answer(described(feed, "feed"))


def get_feeds(world: World, call: Call) -> Answer:
    """GET /feeds/2021-06-30/feeds. A nextToken comes alone."""
    start = 0
    if call.one("nextToken"):
        try:
            start, size, types, statuses, since = _read_token(call.one("nextToken"))
        except ValueError:
            raise Refusal(400, "InvalidInput", "The nextToken is invalid.") from None
    else:
        types, statuses, since = call.many("feedTypes"), call.many("processingStatuses"), call.one("createdSince")
        size = int(call.one("pageSize", "10")) if call.one("pageSize", "10").isdigit() else 0
        _check_moment(since)
        if not types or not 1 <= size <= 100:
            raise Refusal(400, "InvalidInput", "feedTypes is required, and pageSize must be between 1 and 100.")
    wanted_places = read_marketplaces(world, call, "marketplaceIds")
    found = [
        feed
        for feed in reversed(world.feeds.values())
        if feed.seller_id == call.seller_id
        and feed.type in types
        and (not statuses or feed.status in statuses)
        and (not since or moment(feed.created) >= moment(since))
        and (not wanted_places or wanted_places & set(feed.marketplace_ids))
    ]
    answer: dict[str, Any] = {"feeds": [described(feed, "feed") for feed in found[start : start + size]]}
    if start + size < len(found):
        answer["nextToken"] = _token(start + size, size, types, statuses, since)
    return json_answer(answer)


def cancel_feed(world: World, call: Call, feed_id: str) -> Answer:
    """DELETE /feeds/2021-06-30/feeds/{feedId}: only while it waits."""
    feed = _own(world, call, feed_id)
    if feed.status != "IN_QUEUE":
        raise Refusal(400, "InvalidInput", f"Feed {feed.id} is {feed.status}; only a feed IN_QUEUE can be cancelled.")
    feed.status, feed.ended = "CANCELLED", stamp(call.now)
    return Answer(200, b"{}")


def get_feed_document(world: World, call: Call, document_id: str) -> Answer:
    """GET /feeds/2021-06-30/documents/{feedDocumentId}"""
    document = world.documents.get(document_id)
    if document is None or document.seller_id != call.seller_id:
        raise Refusal(404, "NotFound", f"Feed document {document_id} was not found.")
    return json_answer({"feedDocumentId": document.id, "url": documents.address(world, call, document)})


def advance_all(world: World, call: Call) -> None:
    """Time passes for all feeds of the caller."""
    for feed in world.feeds.values():
        if feed.seller_id == call.seller_id and feed.status in {"IN_QUEUE", "IN_PROGRESS"}:
            advance(world, call, feed)


def advance(world: World, call: Call, feed: Job) -> None:
    """Move a feed as far as time and polls allow."""
    if feed.status not in {"IN_QUEUE", "IN_PROGRESS"}:
        return
    age = (call.now - moment(feed.created)).total_seconds()
    if feed.status == "IN_QUEUE" and (age >= QUEUE_SECONDS or feed.polls >= QUEUE_POLLS):
        feed.status, feed.started = "IN_PROGRESS", stamp(call.now)
        if feed.fate == "CANCELLED":
            feed.status, feed.ended = "CANCELLED", stamp(call.now)
    if feed.status == "IN_PROGRESS" and feed.fate != "STUCK" and (age >= DONE_SECONDS or feed.polls >= DONE_POLLS):
        _finish(world, call, feed)
    world.changes += 1


def described(job: Job, kind: str) -> dict[str, Any]:
    """A feed or a report as the API tells it."""
    told: dict[str, Any] = {
        f"{kind}Id": job.id,
        f"{kind}Type": job.type,
        "marketplaceIds": job.marketplace_ids,
        "createdTime": job.created,
        "processingStatus": job.status,
        "processingStartTime": job.started,
        "processingEndTime": job.ended,
        "resultFeedDocumentId" if kind == "feed" else "reportDocumentId": job.result_document_id,
        "dataStartTime": job.start_time,
        "dataEndTime": job.end_time,
    }
    return {key: value for key, value in told.items() if value}


def _check_moment(text: str) -> None:
    try:
        moment(text or "2026-01-01T00:00:00Z")
    except ValueError:
        raise Refusal(400, "InvalidInput", "createdSince is not a valid ISO 8601 date and time.") from None


def _finish(world: World, call: Call, feed: Job) -> None:
    body = documents.content(world.documents[feed.input_document_id])
    feed.ended = stamp(call.now)
    if feed.type in LEGACY or feed.fate == "FATAL" or body is None:
        feed.status = "FATAL"
        return
    feed.status, report = PROCESSORS[feed.type](world, call, feed, body)
    content_type = "application/json" if feed.type == "JSON_LISTINGS_FEED" else "text/xml; charset=UTF-8"
    feed.result_document_id = documents.new_document(world, call, content_type, report).id


def _own(world: World, call: Call, feed_id: str) -> Job:
    feed = world.feeds.get(feed_id)
    if feed is None or feed.seller_id != call.seller_id:
        raise Refusal(404, "NotFound", f"Feed {feed_id} was not found.")
    return feed


def _token(start: int, size: int, types: list[str], statuses: list[str], since: str) -> str:
    text = "|".join([str(start), str(size), ",".join(types), ",".join(statuses), since])
    return base64.urlsafe_b64encode(text.encode()).decode()


def _read_token(token: str) -> tuple[int, int, list[str], list[str], str]:
    start, size, types, statuses, since = base64.urlsafe_b64decode(token.encode()).decode().split("|")
    return int(start), int(size), types.split(","), [one for one in statuses.split(",") if one], since
