"""Listings Items API 2021-08-01, as far as quantities go: patch, get, search."""

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from simulator.amazon.http.wire import Answer, Call, Refusal, json_answer, stamp
from simulator.amazon.orders.orders_2026 import read_marketplaces
from simulator.amazon.world.state import OWN_CHANNEL, Listing, World

PATH = "/attributes/fulfillment_availability"
_OPS = {"add", "replace", "merge", "delete"}
_INCLUDABLE = frozenset(
    [
        "summaries",
        "attributes",
        "issues",
        "offers",
        "fulfillmentAvailability",
        "procurement",
        "relationships",
        "productTypes",
    ]
)


def patch_listings_item(world: World, call: Call, seller_id: str, sku: str) -> Answer:
    """PATCH /listings/2021-08-01/items/{sellerId}/{sku}"""
    marketplaces = _marketplaces(world, call, seller_id)
    request = call.document()
    patches = request.get("patches")
    if not isinstance(request.get("productType"), str) or not isinstance(patches, list) or not patches:
        raise Refusal(400, "InvalidInput", "productType and patches are required.")
    if any(not value.get("fulfillment_channel_code") for patch in patches for value in _known_values(patch)):
        raise Refusal(400, "BAD_REQUEST", "fulfillment_channel_code is required to select the value to patch.")
    preview = call.one("mode") == "VALIDATION_PREVIEW"
    issues: list[dict[str, Any]] = []
    for marketplace_id in sorted(marketplaces):
        for issue in patched(world, seller_id, marketplace_id, sku, request["productType"], patches):
            issues.append({**issue, "marketplaceIds": [marketplace_id]})
    status = "INVALID" if issues else "VALID" if preview else "ACCEPTED"
    if status == "ACCEPTED" and not call.silent:
        for marketplace_id in sorted(marketplaces):
            apply(world, seller_id, marketplace_id, sku, patches, call.now, "patchListingsItem")
    submission = hashlib.sha256(f"{world.seed}:{world.number('submission')}".encode()).hexdigest()[:32]
    answer = {"sku": sku, "status": status, "submissionId": submission, "issues": issues}
    if "identifiers" in call.many("includedData"):
        answer["identifiers"] = [
            {"marketplaceId": one, "asin": listing.asin}
            for one in sorted(marketplaces)
            if (listing := world.listing(seller_id, one, sku))
        ]
    return json_answer(answer)


def get_listings_item(world: World, call: Call, seller_id: str, sku: str) -> Answer:
    """GET /listings/2021-08-01/items/{sellerId}/{sku}"""
    marketplaces = _marketplaces(world, call, seller_id)
    found = [listing for one in sorted(marketplaces) if (listing := world.listing(seller_id, one, sku))]
    if not found:
        raise Refusal(404, "NOT_FOUND", f"SKU '{sku}' not found in marketplace {', '.join(sorted(marketplaces))}")
    return json_answer(_item(found, _included(call)))


def search_listings_items(world: World, call: Call, seller_id: str) -> Answer:
    """GET /listings/2021-08-01/items/{sellerId}"""
    marketplaces = _marketplaces(world, call, seller_id)
    size = call.one("pageSize", "10")
    if not size.isdigit() or not 1 <= int(size) <= 20:
        raise Refusal(400, "InvalidInput", "pageSize must be between 1 and 20.")
    by_sku: dict[str, list[Listing]] = {}
    for marketplace_id in sorted(marketplaces):
        for listing in world.listings[seller_id].get(marketplace_id, {}).values():
            by_sku.setdefault(listing.sku, []).append(listing)
    asked, kind = set(call.many("identifiers")), call.one("identifiersType")
    if len(asked) > 20 or (asked and kind not in {"SKU", "ASIN"}):
        raise Refusal(400, "InvalidInput", "At most 20 identifiers, of identifiersType SKU or ASIN.")
    since = call.one("createdAfter")
    skus = sorted(
        sku
        for sku, found in by_sku.items()
        if (not asked or asked & {sku if kind == "SKU" else found[0].asin}) and found[0].created >= since
    )
    start = _read_token(call.one("pageToken"))
    page = skus[start : start + int(size)]
    pagination = {}
    if start + int(size) < len(skus):
        pagination["nextToken"] = _token(start + int(size))
    if start:
        pagination["previousToken"] = _token(max(0, start - int(size)))
    answer: dict[str, Any] = {
        "numberOfResults": len(skus),
        "items": [_item(by_sku[sku], _included(call)) for sku in page],
    }
    return json_answer(answer | ({"pagination": pagination} if pagination else {}))


def patched(
    world: World, seller_id: str, marketplace_id: str, sku: str, product_type: str, patches: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """What is wrong with these patches; nothing is changed."""
    listing = world.listing(seller_id, marketplace_id, sku)
    if listing is None:
        return [_issue("13013", f"The SKU '{sku}' does not match any listing of this seller in {marketplace_id}.")]
    if product_type not in {"PRODUCT", listing.product_type}:
        return [_issue("4000003", f"The product type '{product_type}' is invalid for SKU '{sku}'.", "productType")]
    return [issue for patch in patches for issue in _wrong(listing, patch)]


def apply(
    world: World,
    seller_id: str,
    marketplace_id: str,
    sku: str,
    patches: Sequence[Mapping[str, Any]],
    now: datetime,
    by: str,
) -> None:
    """Apply patches that were found to be good."""
    listing = world.listings[seller_id][marketplace_id][sku]
    for patch in patches:
        for value in _values(patch):
            code = value["fulfillment_channel_code"]
            before = next((one for one in listing.availability if one["fulfillment_channel_code"] == code), {})
            kept = before if patch["op"] == "merge" else {}
            others = [one for one in listing.availability if one is not before]
            listing.availability = [*others, *([] if patch["op"] == "delete" else [{**kept, **value}])]
            listing.stale = None
            if code == OWN_CHANNEL and patch["op"] != "delete" and "quantity" in value:
                world.set_quantity(seller_id, sku, value["quantity"], now, by=marketplace_id)
            world.journal.effect(
                "stock",
                stamp(now),
                seller_id=seller_id,
                sku=sku,
                marketplace_id=marketplace_id,
                quantity=None if patch["op"] == "delete" else value.get("quantity"),
                by=by,
            )
    listing.updated = stamp(now)
    world.changes += 1


def _wrong(listing: Listing, patch: Mapping[str, Any]) -> list[dict[str, Any]]:
    if patch.get("op") not in _OPS:
        return [_issue("4000001", f"The patch operation '{patch.get('op')}' is invalid.")]
    if patch.get("path") != PATH:
        return [
            _issue("90000900", f"The attribute path '{patch.get('path')}' is not recognized.", str(patch.get("path")))
        ]
    values = _values(patch)
    if not values:
        return [_issue("90220", "'fulfillment_availability' is required but not supplied.")]
    issues: list[dict[str, Any]] = list(listing.issues)
    for value in values:
        quantity = value.get("quantity", 0)
        if not value.get("fulfillment_channel_code"):
            issues.append(_issue("90220", "'fulfillment_channel_code' is required but not supplied."))
        elif listing.fba:
            text = f"An offer fulfilled by Amazon exists for SKU '{listing.sku}'; the seller cannot set its quantity."
            issues.append(_issue("99042", text))
        elif not isinstance(quantity, int) or isinstance(quantity, bool) or not 0 <= quantity <= 10**9:
            issues.append(_issue("99022", f"The value '{quantity}' of 'quantity' is not a whole number of at least 0."))
    return issues


def _values(patch: object) -> list[Mapping[str, Any]]:
    values = patch.get("value") if isinstance(patch, Mapping) else None
    return [value for value in values if isinstance(value, Mapping)] if isinstance(values, list) else []


def _known_values(patch: object) -> list[Mapping[str, Any]]:
    return _values(patch) if isinstance(patch, Mapping) and patch.get("path") == PATH else []


def _issue(code: str, message: str, attribute: str = "fulfillment_availability") -> dict[str, Any]:
    return {
        "code": code,
        "message": message,
        "severity": "ERROR",
        "attributeNames": [attribute],
        "categories": ["INVALID_ATTRIBUTE"],
    }


def _marketplaces(world: World, call: Call, seller_id: str) -> frozenset[str]:
    if seller_id != call.seller_id:
        raise Refusal(403, "Unauthorized", "Access to requested resource is denied.")
    marketplaces = read_marketplaces(world, call, "marketplaceIds")
    if not marketplaces:
        raise Refusal(400, "InvalidInput", "marketplaceIds is required.")
    check_open(world, seller_id, marketplaces)
    return marketplaces


def check_open(world: World, seller_id: str, marketplaces: Iterable[str]) -> None:
    """Raises Refusal where the seller has no store in one of them."""
    if not set(marketplaces).isdisjoint(world.sellers[seller_id].closed):
        raise Refusal(400, "InvalidInput", "The 'sellerId' and the 'marketplaceIds' don't go together.")


def _included(call: Call) -> frozenset[str]:
    asked = frozenset(call.many("includedData")) or frozenset({"summaries"})
    if asked - _INCLUDABLE:
        raise Refusal(400, "InvalidInput", f"Invalid includedData: {', '.join(sorted(asked - _INCLUDABLE))}.")
    return asked


def _item(found: Sequence[Listing], included: frozenset[str]) -> dict[str, Any]:
    """One SKU in one or more marketplaces. Attributes and stock are those of the first, as the API has no room."""
    first = found[0]
    parts: dict[str, Any] = {
        "summaries": [_summary(listing) for listing in found],
        "attributes": {"fulfillment_availability": first.attribute},
        "issues": [issue for listing in found for issue in listing.issues],
        "offers": [
            {
                "marketplaceId": listing.marketplace_id,
                "offerType": "B2C",
                "price": {"amount": listing.price, "currencyCode": listing.currency},
            }
            for listing in found
        ],
        "fulfillmentAvailability": [
            {"fulfillmentChannelCode": one["fulfillment_channel_code"]}
            | ({"quantity": one["quantity"]} if "quantity" in one else {})
            for one in first.availability
        ],
        "relationships": [{"marketplaceId": listing.marketplace_id, "relationships": []} for listing in found],
        "productTypes": [
            {"marketplaceId": listing.marketplace_id, "productType": listing.product_type} for listing in found
        ],
    }
    return {"sku": first.sku, **{name: parts[name] for name in parts if name in included}}


def _summary(listing: Listing) -> dict[str, Any]:
    return {
        "marketplaceId": listing.marketplace_id,
        "asin": listing.asin,
        "productType": listing.product_type,
        "conditionType": "new_new",
        "status": ["DISCOVERABLE", "BUYABLE"],
        "itemName": listing.title,
        "createdDate": listing.created,
        "lastUpdatedDate": listing.updated,
    }


def _token(start: int) -> str:
    return base64.urlsafe_b64encode(f"items:{start}".encode()).decode()


def _read_token(token: str) -> int:
    if not token:
        return 0
    try:
        return int(base64.urlsafe_b64decode(token.encode()).decode().removeprefix("items:"))
    except ValueError:
        raise Refusal(400, "InvalidInput", "The pageToken is invalid.") from None
