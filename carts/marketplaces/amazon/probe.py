"""The Test button: everything a working cart needs, looked at for real, and nothing changed.

Each ability is looked at by itself: Amazon's roles can be missing one by one.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from carts.marketplaces.amazon import scrub, translate
from carts.marketplaces.amazon.client import LISTINGS_ON_A_PAGE, Client, Json
from carts.marketplaces.amazon.errors import RESTRICTED, ROLES
from carts.marketplaces.amazon.places import PLACES
from carts.marketplaces.values import MOST_AHEAD, MOST_BEHIND, Check, Offer, Strange, TokenSource
from core.common.remote import Disconnected, OurFault, Rejected, RemoteError

LOOK_BACK = timedelta(days=30)
SPARED = 10  # requests of twenty an hour that a daily look leaves to the order download
_READY = ("UNSHIPPED", "PARTIALLY_SHIPPED")  # the states in which Amazon shows an address

AUTHORIZATION, PARTICIPATION, PLAN = "Authorization", "Marketplace", "Selling plan"
ORDERS, ADDRESSES, CLOCK = "Orders", "Buyer addresses", "Clock"
LISTINGS, QUANTITIES = "Listings", "Quantities"

_LATER = "Nothing to do now: this is checked again automatically."
_ADD_ROLE = "Give the application the role {}, then have the seller authorize again."


def check(client: Client, tokens: TokenSource, *, place_id: str, now: datetime, sparing: bool) -> Sequence[Check]:
    """Raises Disconnected, and no other RemoteError. Stops early when Amazon does not let us in at all."""
    entry = _guarded(AUTHORIZATION, lambda: _authorization(tokens))
    if not entry.passed:
        return (entry,)
    return (
        entry,
        _guarded(PARTICIPATION, lambda: _participation(client, place_id)),
        _guarded(PLAN, lambda: _plan(client), essential=False),
        *_orders(client, place_id, now, sparing=sparing),
        *_listings(client, place_id),
        _clock(client),
    )


def _guarded(name: str, look: Callable[[], Check], *, essential: bool = True) -> Check:
    try:
        return look()
    except Disconnected:
        raise
    except Rejected as problem:
        remedy = "Fix what Amazon points out, then test again."
        return Check(name, False, str(problem), remedy, essential)
    except OurFault as problem:
        return Check(
            name, False, str(problem), "The people who run this portal have to fix this.", essential, away=True
        )
    except RemoteError as problem:
        outcome = f"Could not be checked now. {problem}"
        return Check(name, False, outcome, "Test again in a few minutes.", essential, away=True)


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
            "Amazon doesn't tell this application where the seller sells.",
            f"To have it checked, give the application the role {ROLES['getMarketplaceParticipations']}.",
            essential=False,
        )
    except Strange:
        unreadable = "Amazon's response could not be read."
        return Check(PARTICIPATION, False, unreadable, "Test again in a few minutes.", away=True)
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
        return Check(PARTICIPATION, False, f"The seller doesn't sell on {name}.", remedy)
    if seller.suspended:
        return Check(
            PARTICIPATION,
            False,
            f"The seller's listings on {name} are inactive.",
            "Have the seller set the listing status to active in Seller Central.",
        )
    return Check(PARTICIPATION, True, f"The seller sells on {name}.")


def _plan(client: Client) -> Check:
    try:
        plan = client.account().get("sellingPlan")
    except Rejected:
        plan = None  # told only in some regions, and with one more role
    if plan == "INDIVIDUAL":
        return Check(
            PLAN,
            False,
            "The seller is on the individual plan.",
            "Amazon gives applications access on the professional plan only: have the seller change plans in "
            "Seller Central.",
        )
    if plan != "PROFESSIONAL":
        return Check(PLAN, True, "Amazon doesn't report the seller's plan here.", essential=False, known=False)
    return Check(PLAN, True, "The seller is on the professional plan.")


def _orders(client: Client, place_id: str, now: datetime, *, sparing: bool) -> Sequence[Check]:
    """One search for both: Amazon allows twenty an hour, for all carts of a seller together."""
    if sparing and client.left("searchOrders") < SPARED:
        spared = "Not checked today: the order download needs Amazon's quota."
        return tuple(Check(name, False, spared, _LATER, away=True) for name in (ORDERS, ADDRESSES))
    found: list[Json] = []

    def look() -> Check:
        body = client.search_orders(since=now - LOOK_BACK, place_ids=[place_id], statuses=_READY, limit=1)
        found.extend(order for order in body.get("orders") or () if isinstance(order, dict))
        return Check(ORDERS, True, "Orders can be read.")

    readable = _guarded(ORDERS, look)
    if readable.away:
        return (readable, Check(ADDRESSES, False, readable.outcome, readable.remedy, away=True))
    return (readable, _addresses(found)) if readable.passed else (readable,)


def _addresses(orders: Sequence[Json]) -> Check:
    if not orders:
        nothing = "No order is waiting, so there was no address to check."
        return Check(ADDRESSES, True, nothing, essential=False, known=False)
    recipient = orders[0].get("recipient")
    if isinstance(recipient, dict) and recipient.get("deliveryAddress"):
        return Check(ADDRESSES, True, "Buyers' addresses can be read.")
    outcome = "Amazon showed an order without its address."
    return Check(ADDRESSES, False, outcome, _ADD_ROLE.format(RESTRICTED))


def _listings(client: Client, place_id: str) -> Sequence[Check]:
    own: list[Offer] = []

    def look() -> Check:
        body = client.search_listings_items(place_id=place_id, limit=LISTINGS_ON_A_PAGE)
        own.extend(_own(body, place_id))
        return Check(LISTINGS, True, "Listings can be read.")

    readable = _guarded(LISTINGS, look)
    if readable.away:
        return (readable, Check(QUANTITIES, False, readable.outcome, readable.remedy, away=True))
    if not readable.passed:
        return (readable,)
    if not own:
        nothing = "The seller has no listing to ship here, so setting a quantity could not be tried."
        return (readable, Check(QUANTITIES, True, nothing, essential=False, known=False))
    return (readable, _guarded(QUANTITIES, lambda: _quantities(client, place_id, own[0])))


def _own(body: Json, place_id: str) -> Sequence[Offer]:
    """Return the listings whose quantity is the seller's to set. Those that cannot be read are no matter here."""
    found = []
    for item in body.get("items") or ():
        try:
            offer = translate.offer(item, place_id)
        except (Strange, AttributeError):
            continue
        if not offer.fulfilled_by_marketplace:
            found.append(offer)
    return found


def _quantities(client: Client, place_id: str, offer: Offer) -> Check:
    """Ask Amazon what it would say to the quantity it has already. A preview: nothing is stored there."""
    verdict = client.patch_listings_item(
        offer.sku,
        place_id=place_id,
        product_type=offer.product_type or "PRODUCT",
        patches=[translate.stock_patch(offer.quantity or 0)],
        preview=True,
    )
    if verdict.get("status") != "INVALID":
        return Check(QUANTITIES, True, "Quantities can be set.")
    issues = [issue for issue in verdict.get("issues") or () if isinstance(issue, dict)]
    said = scrub.sentence(issues[0].get("message") or "") if issues else ""
    # We are let in; it is this one listing that Amazon finds fault with.
    return Check(
        QUANTITIES,
        False,
        f"Quantities can be set, but Amazon would refuse the one for {offer.sku}. {said}".strip(),
        "Have the seller fix this listing in Seller Central.",
        essential=False,
    )


def _clock(client: Client) -> Check:
    skew = client.clock_skew
    if skew is None:
        return Check(CLOCK, True, "Amazon didn't give the time.", essential=False, known=False)
    seconds = round(abs(skew.total_seconds()))
    if not -MOST_AHEAD <= skew <= MOST_BEHIND:
        way = "behind" if skew > timedelta(0) else "ahead of"
        return Check(
            CLOCK,
            False,
            f"This server's clock is {seconds} seconds {way} Amazon's.",
            "Turn on time synchronization (NTP) on this server: with a wrong clock, orders come late, shipments are "
            "refused as being in the future, and codes for logging in don't match.",
            essential=False,
        )
    return Check(CLOCK, True, "This server's clock agrees with Amazon's.", essential=False)
