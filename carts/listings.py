"""Reading what a cart offers, so that stock can be told SKU by SKU.

Page by page, each kept as it comes: a reading that was cut off goes on where it stopped. A page that could not be read
says nothing about what stands on it, and a listing is gone only when the marketplace, asked for it alone, says so.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from carts.alerts import LISTINGS_UNREAD
from carts.marketplaces.base import Marketplace
from carts.marketplaces.values import Offer
from carts.models import Cart, Listing
from core.alerts.raised import close_alerts, raise_alert
from core.common import claims, clock
from core.common.remote import Disconnected, OurFault, RemoteError, Throttled

FRESH = timedelta(days=1)
GOING_ON = timedelta(seconds=60)  # for one reading: well below the time a task may take; the next one goes on
FAILURES = 3  # in a row, until people are told and the reading begins anew
MISSED = 40  # listings that a whole reading did not bring, looked at one by one in one go
LONGEST = 255  # characters of a SKU
READ = (
    "asin", "title", "product_type", "fulfilled_by_marketplace", "on_both_channels", "quantity_there", "status",
    "handling_days", "issues", "seen_at", "gone_at",
)  # fmt: skip


def read_listings(cart: Cart, marketplace: Marketplace, *, now: datetime) -> int:
    """Store the offers of the cart's marketplace, for a while. Returns how many were read; ``is_stale`` says whether
    more are to come."""
    cart.refresh_from_db(fields=["listing_cursor", "listing_began_at"])
    time, read = clock.running(now), 0
    began_at = cart.listing_began_at if cart.listing_cursor and cart.listing_began_at else now
    while True:
        page = marketplace.offer_page(place_id=cart.place_id, cursor=cart.listing_cursor)
        if not _keep(cart, page.offers, page.cursor, began_at=began_at, now=now):
            return read  # another worker reads on
        read += len(page.offers)
        if not page.cursor:
            break
        if claims.is_stopping() or time() - now > GOING_ON:
            return read
    _look_at_missed(cart, marketplace, began_at=began_at, now=now)
    return read


def is_stale(cart: Cart, now: datetime) -> bool:
    """Whether there is something to read: all of it is old, or a reading was cut off."""
    return cart.listed_at is None or bool(cart.listing_cursor) or now - cart.listed_at > FRESH


def begin_anew(cart: Cart) -> None:
    """Let the next reading begin with the first page."""
    Cart.objects.filter(pk=cart.pk).update(listed_at=None, listing_cursor="", listing_began_at=None)


def failed(cart: Cart, error: RemoteError, *, now: datetime) -> None:
    """A reading ended early: what was kept stays, and the next one goes on there. After some failures people are told.

    What the seller's authorization or this portal is to blame for has an alert of its own; waiting is no failure.
    """
    if isinstance(error, (Disconnected, OurFault, Throttled)):
        return
    cart.listing_failures += 1
    again = {"listing_cursor": "", "listing_began_at": None} if cart.listing_failures % FAILURES == 0 else {}
    with transaction.atomic(durable=True):
        Cart.objects.filter(pk=cart.pk).update(listing_failures=cart.listing_failures, **again)
        if cart.listing_failures >= FAILURES:
            message = (
                f"{cart.merchant}, {cart}: the listings can't be read to the end. {error} Known SKUs are still sent, "
                "but new ones and changes made there are missed. It is tried again every few minutes."
            )
            raise_alert(LISTINGS_UNREAD, cart, message, now=now, path=cart.get_absolute_url())


def store(cart: Cart, offers: Iterable[Offer], *, now: datetime) -> None:
    listings = {
        offer.sku: Listing(
            organization_id=cart.organization_id,
            merchant_id=cart.merchant_id,
            cart=cart,
            sku=offer.sku,
            asin=offer.asin[:20],
            title=offer.title,
            product_type=offer.product_type[:80],
            fulfilled_by_marketplace=offer.fulfilled_by_marketplace,
            on_both_channels=offer.on_both_channels,
            quantity_there=offer.quantity,
            status=offer.status[:80],
            handling_days=offer.handling_days,
            issues=list(offer.issues),
            seen_at=now,
        )
        for offer in offers
        if len(offer.sku) <= LONGEST  # the marketplace knows none so long: it is nobody's, and stops no other
    }
    with transaction.atomic():
        Listing.objects.bulk_create(
            listings.values(), update_conflicts=True, unique_fields=["cart", "sku"], update_fields=READ
        )


def say_gone(cart: Cart, skus: Iterable[str], *, now: datetime) -> None:
    """The marketplace said that it does not list these any more."""
    Listing.objects.filter(cart=cart, sku__in=list(skus), gone_at=None).update(gone_at=now)


def _keep(cart: Cart, offers: Iterable[Offer], cursor: str, *, began_at: datetime, now: datetime) -> bool:
    """Keep a page and where to go on, together. False when another worker was first."""
    fields = {"listing_cursor": cursor, "listing_began_at": began_at}
    if not cursor:
        fields |= {"listed_at": now, "listing_failures": 0}
    with transaction.atomic():
        if not Cart.objects.filter(pk=cart.pk, listing_cursor=cart.listing_cursor).update(**fields):
            return False
        store(cart, offers, now=now)
        if not cursor:
            close_alerts(cart, LISTINGS_UNREAD, now=now)
    for name, value in fields.items():
        setattr(cart, name, value)
    return True


def _look_at_missed(cart: Cart, marketplace: Marketplace, *, began_at: datetime, now: datetime) -> None:
    """Ask for what a whole reading did not bring, one by one: a list is not always whole."""
    missed = Listing.objects.filter(cart=cart, seen_at__lt=began_at, gone_at=None).order_by("seen_at", "pk")
    skus = list(missed.values_list("sku", flat=True)[:MISSED])
    if not skus:
        return
    there = marketplace.offers_of(skus, place_id=cart.place_id)
    store(cart, there.values(), now=now)
    say_gone(cart, [sku for sku in skus if sku not in there], now=now)
