"""Sellers API v1: where a seller takes part."""

from typing import Any

from simulator.amazon.http.wire import Answer, Call, Refusal, json_answer
from simulator.amazon.world.invented import ADDRESSES
from simulator.amazon.world.state import Seller, World
from simulator.amazon.world.stores import of_region


def get_marketplace_participations(world: World, call: Call) -> Answer:
    """GET /sellers/v1/marketplaceParticipations"""
    return json_answer({"payload": _participations(world.sellers[call.seller_id])})


def get_account(world: World, call: Call) -> Answer:
    """GET /sellers/v1/account. Amazon offers it in Europe only."""
    seller = world.sellers[call.seller_id]
    if seller.region != "EU":
        raise Refusal(403, "Unauthorized", "Access to requested resource is denied.")
    street, city, _, postal, _ = ADDRESSES[seller.country][0]
    address = {"addressLine1": street, "city": city, "postalCode": postal, "countryCode": seller.country}
    account = {
        "marketplaceParticipationList": _participations(seller),
        "businessType": "PRIVATE_LIMITED",
        "sellingPlan": "PROFESSIONAL",
        "business": {"name": seller.name, "registeredBusinessAddress": address},
        "primaryContact": {"name": seller.name, "address": address},
    }
    return json_answer({"payload": account})


def _participations(seller: Seller) -> list[dict[str, Any]]:
    return [
        {
            "marketplace": {
                "id": place.id,
                "name": place.name,
                "countryCode": place.country,
                "defaultCurrencyCode": place.currency,
                "defaultLanguageCode": place.language,
                "domainName": place.domain,
            },
            "participation": {
                "isParticipating": place.id not in seller.closed,
                "hasSuspendedListings": place.id in seller.suspended,
            },
            "storeName": seller.name,
        }
        for place in of_region(seller.region)
    ]
