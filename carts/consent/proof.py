"""What fresh tokens are good for: asked of the marketplace before they are kept.

Nothing is stored here. No quota is counted either: there may be no grant yet to count it for.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from carts.choices import region_name
from carts.consent.refusals import Why, refused
from carts.marketplaces.base import Application, Marketplace
from carts.marketplaces.values import Connection, Participation, Place, Tokens
from carts.quota import Uncounted
from core.common.remote import Rejected, RemoteError

LONGEST_NAME = 200


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


def find_store(application: Application, place: Place, *, seller_id: str, tokens: Tokens, renewal: bool) -> str:
    """Return what the marketplace calls the seller's store there, "" where it does not say. Raises NotGranted.

    A seller who left the place may still renew: other carts live on the same authorization.
    """
    try:
        stores = _stores(application, place.region, seller_id, tokens)
    except Rejected as error:
        if found := _other_region(application, place, seller_id, tokens):
            names = {"found": region_name(found), "wanted": region_name(place.region), "place": place.name}
            raise refused(Why.WRONG_REGION, **names) from error
        return ""  # good here, as no other region takes them: our application may not ask this one question
    except RemoteError:
        return ""  # the code is used up: better an unknown name than an authorization thrown away
    store = stores.get(place.id)
    if (store is None or not store.participating) and not renewal:
        known = application.places
        elsewhere = sorted(known[one].name for one, other in stores.items() if other.participating and one in known)
        raise refused(Why.NO_STORE, place=place.name, elsewhere=", ".join(elsewhere) or "no marketplace we support")
    return store.store_name.strip()[:LONGEST_NAME] if store else ""


def prove(application: Application, place: Place, *, seller_id: str, tokens: Tokens) -> None:
    """Make sure that the tokens are this seller's, and nobody else's. Raises NotGranted."""
    try:
        with _speaking(application, place.region, seller_id, tokens) as marketplace:
            marketplace.prove(place_id=place.id)
    except Rejected as error:
        raise refused(Why.UNPROVED) from error
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
