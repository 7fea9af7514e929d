"""JSON_LISTINGS_FEED: every message is applied by itself; the report says what became of each."""

import json
from collections.abc import Mapping
from typing import Any

from simulator.amazon.http.wire import Call
from simulator.amazon.sellers import listing_items
from simulator.amazon.world.state import Job, World

MESSAGES_ALLOWED = 25_000
_PATCHING = {"PATCH", "PARTIAL_UPDATE", "UPDATE"}


def process(world: World, call: Call, feed: Job, body: bytes) -> tuple[str, bytes]:
    """The status the feed ends with, and its processing report."""
    document, wrong = _read(feed, body)
    if wrong:
        return "FATAL", _report(feed, [_issue("4000000", wrong)], 0, 0)
    issues: list[dict[str, Any]] = []
    seen: set[int] = set()
    invalid = 0
    messages = document["messages"]
    if feed.fate == "SHORT":
        messages = messages[: len(messages) // 2]
    unnamed = 1 if feed.fate == "VAGUE" else 0
    for message in messages[unnamed:]:
        found = _apply(world, call, feed, message, seen)
        issues += found
        invalid += bool(found)
    invalid += unnamed
    if feed.fate == "ODD":
        issues += [*issues, _issue("4000001", "This message is of another feed.", {"messageId": 10**9})]
    return "DONE", _report(feed, issues, len(messages), invalid)


def _read(feed: Job, body: bytes) -> tuple[dict[str, Any], str]:
    try:
        document = json.loads(body.decode("utf-8"))
    except ValueError:
        return {}, "The feed is not a valid JSON document in UTF-8."
    header = document.get("header") if isinstance(document, dict) else None
    if not isinstance(header, dict) or header.get("sellerId") != feed.seller_id or header.get("version") != "2.0":
        return {}, "The header must carry the sellerId of the submitting account and version 2.0."
    messages = document.get("messages")
    if not isinstance(messages, list) or not 1 <= len(messages) <= MESSAGES_ALLOWED:
        return {}, f"A feed holds 1 to {MESSAGES_ALLOWED} messages."
    return document, ""


def _apply(world: World, call: Call, feed: Job, message: object, seen: set[int]) -> list[dict[str, Any]]:
    if not isinstance(message, dict) or not isinstance(message.get("messageId"), int) or message["messageId"] < 1:
        return [_issue("4000001", "'messageId' must be a whole number of at least 1.")]
    about = {"messageId": message["messageId"]}
    if message["messageId"] in seen:
        return [_issue("4000001", "'messageId' must be unique within the feed.", about)]
    seen.add(message["messageId"])
    sku, operation = message.get("sku"), message.get("operationType")
    if not isinstance(sku, str) or not sku:
        return [_issue("4000001", "'sku' is required.", about)]
    about["sku"] = sku
    if operation not in _PATCHING:
        return [_issue("4000001", f"The operation type '{operation}' is not played by this simulator.", about)]
    patches, product_type = _patches(message), str(message.get("productType") or "")
    issues: list[dict[str, Any]] = []
    for marketplace_id in feed.marketplace_ids:
        for found in listing_items.patched(world, feed.seller_id, marketplace_id, sku, product_type, patches):
            issues.append(
                _issue(found["code"], found["message"], {**about, "attributeName": found["attributeNames"][0]})
            )
    if not product_type or not patches:
        issues.append(_issue("4000001", "'productType' and patches or attributes are required.", about))
    if not issues and feed.fate != "SILENT":
        for marketplace_id in feed.marketplace_ids:
            listing_items.apply(world, feed.seller_id, marketplace_id, sku, patches, call.now, f"feed {feed.id}")
    return issues


def _patches(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    if message["operationType"] == "PATCH":
        patches = message.get("patches")
        return [patch for patch in patches if isinstance(patch, dict)] if isinstance(patches, list) else []
    attributes = message.get("attributes") or {}
    return [{"op": "replace", "path": f"/attributes/{name}", "value": attributes[name]} for name in attributes]


def _issue(code: str, text: str, about: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {**(about or {}), "code": code, "severity": "ERROR", "message": text}


def _report(feed: Job, issues: list[dict[str, Any]], processed: int, invalid: int) -> bytes:
    report = {
        "header": {"sellerId": feed.seller_id, "version": "2.0", "feedId": feed.id},
        "issues": issues,
        "summary": {
            "errors": len(issues),
            "warnings": 0,
            "messagesProcessed": processed,
            "messagesAccepted": processed - invalid,
            "messagesInvalid": invalid,
        },
    }
    return json.dumps(report, ensure_ascii=False).encode()
