"""Whose fresh tokens are, and what they are good for: asked of the marketplace before they are kept.

Whatever way they came. Whoever brings tokens also says whose they are: a browser, a form, a command line.

Nothing is stored here. No quota is counted either: there may be no grant yet to count it for.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from carts.choices import region_name
from carts.consent.refusals import Why, refused
from carts.marketplaces.base import Application, Marketplace
from carts.marketplaces.values import Connection, Participation, Place, Tokens
from carts.quota import Uncounted
from core.common.remote import Rejected, RemoteError

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Store:
    """The seller's store at a place."""

    name: str  # "" where the marketplace does not say
    left: bool = False  # the seller does not sell there any more
    open_at: str = ""  # then another place of the region where the seller does


class _Fresh:
    """The TokenSource of tokens that belong to no grant yet: they are as new as can be, and there are no others."""

    def __init__(self, tokens: Tokens) -> None:
        self._token = tokens.access_token

    def access_token(self) -> str:
        if not self._token:
            raise Rejected("Amazon doesn't allow this with the new authorization.")
        return self._token

    def forget(self, token: str) -> None:
        self._token = ""


def prove(application: Application, place: Place, *, seller_id: str, tokens: Tokens, renewal: bool) -> Store:
    """Return the seller's store there, once the tokens are known to be this seller's and nobody else's.

    A seller who left the place may still renew: other carts live on the same authorization. Raises NotGranted.
    """
    store = _find_store(application, place, seller_id, tokens, renewal=renewal)
    _prove_seller(application, place, seller_id, tokens, at=store.open_at or place.id)
    return store


def _find_store(application: Application, place: Place, seller_id: str, tokens: Tokens, *, renewal: bool) -> Store:
    try:
        stores = _stores(application, place.region, seller_id, tokens)
    except Rejected as error:
        if found := _other_region(application, place, seller_id, tokens):
            names = {"found": region_name(found), "wanted": region_name(place.region), "place": place.name}
            raise refused(Why.WRONG_REGION, **names) from error
        return Store("")  # good here, as no other region takes them: our application may not ask this one question
    except RemoteError:
        return Store("")  # the code is used up: better an unknown name than an authorization thrown away
    store = stores.get(place.id)
    name = store.store_name.strip()[:LONGEST_NAME] if store else ""
    if store is not None and store.participating:
        return Store(name)
    known = application.places
    elsewhere = [known[one] for one, other in stores.items() if other.participating and one in known]
    if not renewal:
        told = ", ".join(sorted(each.name for each in elsewhere))
        raise refused(Why.NO_STORE, place=place.name, elsewhere=told or "no marketplace we support")
    return Store(name, left=True, open_at=next((each.id for each in elsewhere), ""))


def _prove_seller(application: Application, place: Place, seller_id: str, tokens: Tokens, *, at: str) -> None:
    try:
        with _speaking(application, place.region, seller_id, tokens) as marketplace:
            marketplace.prove(place_id=at)
    except Rejected as error:
        raise refused(Why.UNPROVED, seller=seller_id) from error
    except RemoteError as error:
        raise refused(Why.AWAY) from error


def _other_region(application: Application, place: Place, seller_id: str, tokens: Tokens) -> str:
    """Return the region that takes the tokens, if any: a wrong region is refused in the words of a missing role."""
    for region in sorted({each.region for each in application.places.values()} - {place.region}):
        try:
            _stores(application, region, seller_id, tokens)
        except RemoteError:
            continue
        return region
    return ""


def _stores(application: Application, region: str, seller_id: str, tokens: Tokens) -> dict[str, Participation]:
    with _speaking(application, region, seller_id, tokens) as marketplace:
        return {store.place_id: store for store in marketplace.stores()}


@contextmanager
def _speaking(application: Application, region: str, seller_id: str, tokens: Tokens) -> Iterator[Marketplace]:
    there = application.connect(
        Connection(region=region, seller_id=seller_id), ledger=Uncounted(), tokens=_Fresh(tokens)
    )
    try:
        yield there
    finally:
        there.close()
