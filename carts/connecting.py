"""Speaking to a marketplace for a grant: who we are, the seller's token, the quota."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from carts import granting
from carts.marketplaces import APPLICATIONS
from carts.marketplaces.base import Application, Connection, Marketplace
from carts.metering import GrantLedger
from carts.models import Grant
from integration_manager.lib import clock
from integration_manager.lib.remote import Disconnected


def application(kind: str) -> Application:
    """Return our registration with a kind of marketplace."""
    return APPLICATIONS[kind](**settings.MARKETPLACES[kind])


@contextmanager
def marketplace(grant: Grant) -> Iterator[Marketplace]:
    """Speak for this seller. A Disconnected that comes out of it ends the grant: once, with an alert."""
    ours = application(grant.kind)
    there = ours.connect(
        Connection(region=grant.region, seller_id=grant.seller_id, key=f"grant-{grant.pk}"),
        ledger=GrantLedger(grant.pk, ours.marketplace.rates),
        tokens=granting.GrantTokens(grant, ours),
    )
    try:
        yield there
    except Disconnected:
        granting.end(grant, now=clock.now())
        raise
    finally:
        there.close()
