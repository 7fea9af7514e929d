"""Speaking to a marketplace for a grant: who we are, the seller's token, the quota."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

from django.conf import settings

from carts.consent import grants
from carts.marketplaces import APPLICATIONS
from carts.marketplaces.base import Application, Marketplace
from carts.marketplaces.values import Connection
from carts.models import Cart, Grant
from carts.quota import GrantLedger
from core.activity.kept_exchanges import ExchangeRecorder
from core.common import clock
from core.common.remote import Disconnected


def application(kind: str) -> Application:
    """Return our registration with a kind of marketplace."""
    return APPLICATIONS[kind](**settings.MARKETPLACES[kind])


@contextmanager
def marketplace(grant: Grant) -> Iterator[Marketplace]:
    """Speak for this seller. A Disconnected that comes out of it ends the grant: once, with an alert.

    What is said is kept for people to look at, written when nothing more is to be said.
    """
    ours = application(grant.kind)
    keeper = ExchangeRecorder(name_of(grant), grant.organization_id, find=lambda numbers: _orders(grant, numbers))
    there = ours.connect(
        Connection(region=grant.region, seller_id=grant.seller_id, key=name_of(grant)),
        ledger=GrantLedger(grant.pk, ours.marketplace.rates),
        tokens=grants.GrantTokens(grant, ours),
        on_exchange=keeper,
    )
    try:
        yield there
    except Disconnected:
        grants.end(grant, now=clock.now())
        raise
    finally:
        there.close()
        keeper.write()


def name_of(grant: Grant) -> str:
    """Return what its conversations are kept under."""
    return f"grant-{grant.pk}"


def _orders(grant: Grant, numbers: Collection[str]) -> Mapping[str, int]:
    """Return number: id of the orders these carts brought. The carts know them; what they hold is not for here."""
    known = Cart.objects.filter(grant=grant, orders__number__in=numbers)
    return dict(known.values_list("orders__number", "orders__pk"))
