"""Speaking to a marketplace for a grant: who we are, the seller's token, the quota."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager

from django.conf import settings

from carts import server_clock
from carts.consent import grants
from carts.marketplaces import APPLICATIONS
from carts.marketplaces.base import Application, Marketplace
from carts.marketplaces.values import Connection
from carts.models import Cart, Grant
from carts.quota import GrantLedger
from core.activity.kept_exchanges import ExchangeRecorder
from core.common import clock, deadline, slots
from core.common.remote import Disconnected, Unavailable
from core.upkeep import installation

WAITING = 12.0  # seconds that a person's page may take for all it asks of a marketplace
AT_ONCE = 2  # pages of one machine that may wait for a marketplace: of four web workers, two always answer


class Busy(Unavailable):
    """So many pages wait for a marketplace already that this one does not. Nothing was asked of it."""

    def __init__(self) -> None:
        super().__init__("Amazon is slow at the moment, and others are waiting for it. Try again in a minute.")


def application(kind: str) -> Application:
    """Return our registration with a kind of marketplace."""
    return APPLICATIONS[kind](**settings.MARKETPLACES.get(kind, {}))


@contextmanager
def marketplace(grant: Grant) -> Iterator[Marketplace]:
    """Speak for this seller. A Disconnected that comes out of it ends the grant: once, with an alert.

    What is said is kept for people to look at, written when nothing more is to be said. Raises Paused where nothing may
    be sent.
    """
    installation.check_may_send()
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
        server_clock.watch(grant.kind, there.clock_skew, now=clock.now())
        keeper.write()


@contextmanager
def while_somebody_waits() -> Iterator[None]:
    """Whatever a page asks of a marketplace is asked in here: in a few seconds, and by few pages at once.

    A marketplace that is silent would otherwise take every page of the portal down with it. Raises Busy.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(slots.slot("marketplace", most=AT_ONCE))
        except slots.AllTaken:
            raise Busy from None
        stack.enter_context(deadline.within(WAITING))
        yield


def name_of(grant: Grant) -> str:
    """Return what its conversations are kept under."""
    return f"grant-{grant.pk}"


def _orders(grant: Grant, numbers: Collection[str]) -> Mapping[str, int]:
    """Return number: id of the orders these carts brought. The carts know them; what they hold is not for here."""
    known = Cart.objects.filter(grant=grant, orders__number__in=numbers)
    return dict(known.values_list("orders__number", "orders__pk"))
