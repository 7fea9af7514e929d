"""What a seller does to listings in Seller Central, past the API, and what Amazon finds wrong with them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from simulator.amazon.http.wire import stamp
from simulator.amazon.world.state import OWN_CHANNEL, Listing, World
from simulator.amazon.world.stores import PLACES

FBA_CHANNELS = {"NA": "AMAZON_NA", "EU": "AMAZON_EU", "FE": "AMAZON_JP"}
HANDLING_DAYS = 2


def quantity(listing: Listing) -> int | None:
    """The seller's own quantity of it."""
    own = listing.own
    return None if own is None else own.get("quantity")


def offer(world: World, seller_id: str, marketplace_id: str, skus: Sequence[str], count: int, now: datetime) -> None:
    """More SKUs in a marketplace. One that is offered elsewhere has its quantity."""
    for number, sku in enumerate(skus):
        elsewhere = next((listing.own for listing in world.everywhere(seller_id, sku) if listing.own), None)
        own = {"fulfillment_channel_code": OWN_CHANNEL, "quantity": count, "lead_time_to_ship_max_days": HANDLING_DAYS}
        world.add_listing(
            Listing(
                seller_id=seller_id,
                marketplace_id=marketplace_id,
                sku=sku,
                asin=f"B0{number:08X}",
                title=f"Product {sku}",
                product_type="PRODUCT",
                price="9.90",
                currency=PLACES[marketplace_id].currency,
                fba=False,
                availability=[dict(elsewhere or own)],
                created=stamp(now),
                updated=stamp(now),
            )
        )
    world.changes += 1


def fulfil_by(world: World, seller_id: str, sku: str, channels: Sequence[str], now: datetime) -> None:
    """Another channel, or both: Amazon's has no quantity of the seller's."""
    amazons = FBA_CHANNELS[world.sellers[seller_id].region]
    for listing in world.everywhere(seller_id, sku):
        availability: list[dict[str, Any]] = []
        if "AMAZON" in channels:
            availability.append({"fulfillment_channel_code": amazons})
        if OWN_CHANNEL in channels:
            availability.append(listing.own or {"fulfillment_channel_code": OWN_CHANNEL, "quantity": 0})
        listing.availability, listing.stale = availability, None
        listing.updated = stamp(now)
    world.changes += 1


def block(world: World, seller_id: str, sku: str, message: str) -> None:
    """Something is wrong with it, or no longer."""
    issue = {
        "code": "20000",
        "message": message,
        "severity": "ERROR",
        "attributeNames": ["purchasable_offer"],
        "categories": ["INVALID_PRICE"],
    }
    for listing in world.everywhere(seller_id, sku):
        listing.issues = [issue] if message else []
    world.changes += 1
