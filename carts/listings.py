"""Reading what a cart offers, so that stock can be told SKU by SKU."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from carts.marketplaces.base import Marketplace
from carts.marketplaces.values import Offer
from carts.models import Cart, Listing

PAGE = 200
FRESH = timedelta(days=1)
READ = ("asin", "title", "product_type", "fulfilled_by_marketplace", "quantity_there", "seen_at")


def read_listings(cart: Cart, marketplace: Marketplace, *, now: datetime) -> int:
    """Store every offer of the cart's marketplace. Returns how many there are."""
    offers = list(marketplace.offers(place_id=cart.place_id))
    for start in range(0, len(offers), PAGE):
        store(cart, offers[start : start + PAGE], now=now)
    Cart.objects.filter(pk=cart.pk).update(listed_at=now)
    cart.listed_at = now
    return len(offers)


def is_stale(cart: Cart, now: datetime) -> bool:
    return cart.listed_at is None or now - cart.listed_at > FRESH


def store(cart: Cart, offers: Iterable[Offer], *, now: datetime) -> None:
    listings = {
        offer.sku: Listing(
            organization_id=cart.organization_id,
            merchant_id=cart.merchant_id,
            cart=cart,
            sku=offer.sku,
            asin=offer.asin,
            title=offer.title,
            product_type=offer.product_type,
            fulfilled_by_marketplace=offer.fulfilled_by_marketplace,
            quantity_there=offer.quantity,
            seen_at=now,
        )
        for offer in offers
    }
    with transaction.atomic():
        Listing.objects.bulk_create(
            listings.values(), update_conflicts=True, unique_fields=["cart", "sku"], update_fields=READ
        )
