"""The Test button: everything a working cart needs, looked at for real."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from carts.marketplaces.amazon import translate
from carts.marketplaces.amazon.client import Client, Json
from carts.marketplaces.amazon.places import PLACES
from carts.marketplaces.amazon.refusals import RESTRICTED, ROLES
from carts.marketplaces.base import Check, Strange, TokenSource
from integration_manager.lib.remote import Disconnected, Rejected, RemoteError

MOST_SKEW = timedelta(seconds=60)
LOOK_BACK = timedelta(days=30)
_READY = ("UNSHIPPED", "PARTIALLY_SHIPPED")  # the states in which Amazon shows an address

AUTHORIZATION, PARTICIPATION, PLAN = "Authorization", "Marketplace", "Selling plan"
ORDERS, ADDRESSES, LISTINGS, CLOCK = "Orders", "Buyer addresses", "Listings", "Clock"


def check(client: Client, tokens: TokenSource, *, place_id: str, now: datetime) -> Sequence[Check]:
    """Never raises a RemoteError. Stops after the first look when Amazon does not let us in at all."""
    entry = _guarded(AUTHORIZATION, lambda: _authorization(tokens))
    if not entry.passed:
        return (entry,)
    found = [
        entry,
        _guarded(PARTICIPATION, lambda: _participation(client, place_id)),
        _plan_or_not_told(client),
        *_orders(client, place_id, now),
        _guarded(LISTINGS, lambda: _listings(client, place_id)),
    ]
    return (*found, _clock(client))


def _guarded(name: str, look: Callable[[], Check], *, essential: bool = True) -> Check:
    try:
        return look()
    except Disconnected as problem:
        return Check(name, False, str(problem), "Ask the seller to authorize again.", essential)
    except Rejected as problem:
        return Check(name, False, str(problem), "Correct what Amazon names, then test again.", essential)
    except RemoteError as problem:
        return Check(name, False, f"Could not be looked at now. {problem}", "Test again in a few minutes.", essential)


def _authorization(tokens: TokenSource) -> Check:
    tokens.access_token()
    return Check(AUTHORIZATION, True, "Amazon accepts the seller's authorization.")


def _participation(client: Client, place_id: str) -> Check:
    name = PLACES[place_id].name if place_id in PLACES else place_id
    try:
        known = {found.place_id: found for found in map(translate.participation, client.marketplace_participations())}
    except Rejected:
        # Seen where the application lacks this one role, while orders work well.
        return Check(
            PARTICIPATION,
            False,
            "Amazon does not tell this application where the seller sells.",
            f"To have it tested, give the application the role {ROLES['getMarketplaceParticipations']}.",
            essential=False,
        )
    except Strange:
        return Check(PARTICIPATION, False, "Amazon's answer could not be read.", "Test again in a few minutes.")
    seller = known.get(place_id)
    if seller is None:
        sold_on = ", ".join(sorted(PLACES[other].name for other in known if other in PLACES)) or "nowhere"
        return Check(
            PARTICIPATION,
            False,
            f"The seller has no account on {name}; the authorization covers {sold_on}.",
            "Choose another marketplace for this cart, or have the seller authorize with the right account.",
        )
    if not seller.participating:
        remedy = "Have the seller open the marketplace in Seller Central."
        return Check(PARTICIPATION, False, f"The seller does not sell on {name}.", remedy)
    if seller.suspended:
        return Check(
            PARTICIPATION,
            False,
            f"The seller's listings on {name} are inactive.",
            "Have the seller set the listing status to active in Seller Central.",
        )
    return Check(PARTICIPATION, True, f"The seller sells on {name}.")


def _plan_or_not_told(client: Client) -> Check:
    try:
        plan = client.account().get("sellingPlan")
    except RemoteError:
        # Only in some regions and with one more role. Nothing depends on it.
        return Check(PLAN, True, "Amazon does not tell the seller's plan here.", essential=False, known=False)
    if plan == "INDIVIDUAL":
        return Check(
            PLAN,
            False,
            "The seller has the individual plan.",
            "Amazon opens its interfaces to the professional plan: have the seller change it.",
            essential=False,
        )
    return Check(PLAN, True, "The seller has the professional plan.", essential=False)


def _orders(client: Client, place_id: str, now: datetime) -> Sequence[Check]:
    """One search for both: Amazon allows twenty an hour."""
    found: list[Json] = []

    def look() -> Check:
        body = client.search_orders(since=now - LOOK_BACK, place_ids=[place_id], statuses=_READY, limit=1)
        found.extend(order for order in body.get("orders") or () if isinstance(order, dict))
        return Check(ORDERS, True, "Orders can be read.")

    readable = _guarded(ORDERS, look)
    return (readable, _addresses(found)) if readable.passed else (readable,)


def _addresses(orders: Sequence[Json]) -> Check:
    if not orders:
        nothing = "No order is waiting, so no address could be looked for."
        return Check(ADDRESSES, True, nothing, essential=False, known=False)
    recipient = orders[0].get("recipient")
    if isinstance(recipient, dict) and recipient.get("deliveryAddress"):
        return Check(ADDRESSES, True, "Buyers' addresses can be read.")
    return Check(
        ADDRESSES,
        False,
        "Amazon shows an order without its address.",
        f"Give the application the role {RESTRICTED}, then let the seller authorize again.",
    )


def _listings(client: Client, place_id: str) -> Check:
    client.search_listings_items(place_id=place_id, limit=1)
    return Check(LISTINGS, True, "Listings can be read.")


def _clock(client: Client) -> Check:
    skew = client.clock_skew
    if skew is None:
        return Check(CLOCK, True, "Amazon did not tell the time.", essential=False, known=False)
    seconds = round(abs(skew.total_seconds()))
    if abs(skew) > MOST_SKEW:
        way = "behind" if skew > timedelta(0) else "ahead of"
        return Check(
            CLOCK,
            False,
            f"This server's clock is {seconds} seconds {way} Amazon's.",
            "Switch on time synchronization (NTP) on this server.",
            essential=False,
        )
    return Check(CLOCK, True, "This server's clock agrees with Amazon's.", essential=False)
