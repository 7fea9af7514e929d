"""Doors for workers: a sweep finds the seller accounts whose stock is due, a run does one account's."""

from datetime import datetime, timedelta

import structlog
from celery import shared_task
from django.db.models import Q

from carts import connections, listings
from carts.marketplaces.base import Marketplace
from carts.models import Cart
from core.common import clock
from core.common.bell import Bell
from core.common.remote import Disconnected, OurFault, RemoteError, Throttled
from inventory import levels, stock_pickup
from inventory.intake import Verdict
from inventory.items import spellings, unmatched
from inventory.publish import inventory_upload, standstill, stuck_feeds
from inventory.publish.inventory_upload import Published
from shipping.models import WarehouseAccount

log = structlog.get_logger(__name__)
SWEEP = 200
RING_AGAIN = timedelta(minutes=1)  # the sweep rings again if nothing came of it
AFTER_TROUBLE = timedelta(minutes=5)
AFTER_LITTLE = timedelta(minutes=1)  # something failed, and is tried again
AT_ONCE = timedelta(seconds=1)  # more is to be told or read: the next sweep goes on
QUOTA_BACK = timedelta(seconds=10)  # where the marketplace does not say when


@shared_task(name=Bell.PUBLISH_DUE)
def publish_due() -> None:
    """Ring once for each seller account: a run does all its carts."""
    now = clock.now()
    due = Cart.objects.asked().filter(inventory_on=True, inventory_due_at__lte=now)
    rung: set[int | None] = set()
    for cart in due.order_by("inventory_due_at")[:200]:
        Cart.objects.filter(pk=cart.pk).update(inventory_due_at=now + RING_AGAIN)
        if cart.grant_id not in rung:
            Bell.PUBLISH.ring(cart_id=cart.pk)
        rung.add(cart.grant_id)


@shared_task(name=Bell.PUBLISH)
def publish(*, cart_id: int, **_: object) -> None:
    """Count, tell what changed, then read listings where they are old: known SKUs wait for no page."""
    cart = Cart.objects.select_related("grant", "merchant", "organization").get(pk=cart_id)
    now = clock.now()
    if cart.grant is None or cart.state != Cart.State.LIVE:
        return  # paused, or worse, since the bell was rung
    carts = _carts_of_account(cart)
    try:
        with connections.marketplace(cart.grant) as marketplace:
            told = _publish(carts, marketplace, now=now)
            unread = _read(carts, marketplace, now=now)
            if any(_was_read(each, now) for each in carts):
                told = _publish(carts, marketplace, now=now)  # what is new
    except RemoteError as error:
        log.warning("stock.not_told", cart=cart_id, error=str(error))
        standstill.failed(cart, error, now=now)
        _schedule(carts, AFTER_TROUBLE, now)
        return
    for each in carts:
        standstill.ended_well(each, now=now)
    _schedule(carts, _wait(told, carts, unread=unread, now=now), now)
    log.info("stock.told", cart=cart_id, told=told.told, waiting=told.waiting, stuck=told.stuck)


def _carts_of_account(cart: Cart) -> list[Cart]:
    others = Cart.objects.at_work().filter(grant=cart.grant).exclude(pk=cart.pk)
    return [cart, *others.select_related("grant", "merchant", "organization").order_by("pk")]


def _publish(carts: list[Cart], marketplace: Marketplace, *, now: datetime) -> Published:
    for cart in carts:
        levels.count(cart, now=now)
    for merchant_id in {cart.merchant_id for cart in carts}:
        unmatched.mark(merchant_id)
        spellings.name_alike(merchant_id, now=now)
    telling = next((cart for cart in carts if cart.inventory_on), None)
    return inventory_upload.publish(telling, marketplace, now=now) if telling else Published()


def _read(carts: list[Cart], marketplace: Marketplace, *, now: datetime) -> bool:
    """Read what is old. Returns whether something could not be read. Raises what ends the whole run."""
    unread = False
    for cart in carts:
        if not listings.is_stale(cart, now):
            continue
        try:
            listings.read_listings(cart, marketplace, now=now)
        except (Disconnected, OurFault):
            raise
        except Throttled:
            continue  # what was read is kept
        except RemoteError as error:
            log.warning("listings.not_read", cart=cart.pk, error=str(error))
            listings.failed(cart, error, now=now)
            unread = True
    return unread


def _was_read(cart: Cart, now: datetime) -> bool:
    return cart.listed_at == now or bool(cart.listing_cursor)


def _wait(told: Published, carts: list[Cart], *, unread: bool, now: datetime) -> timedelta | None:
    """Return how soon there is more to do, None when everything was done."""
    rest = _wait_for_the_rest(told, carts, unread=unread, now=now)
    if told.feed_in is None:
        return rest
    feed_in = max(told.feed_in, AT_ONCE)
    return feed_in if rest is None else min(feed_in, rest)


def _wait_for_the_rest(told: Published, carts: list[Cart], *, unread: bool, now: datetime) -> timedelta | None:
    if told.throttled:
        return max(told.retry_in or QUOTA_BACK, AT_ONCE)
    if told.is_more:
        return AT_ONCE
    if told.waiting:
        return AFTER_LITTLE
    if unread:
        return AFTER_TROUBLE
    return AT_ONCE if any(listings.is_stale(cart, now) for cart in carts) else None


def _schedule(carts: list[Cart], wait: timedelta | None, now: datetime) -> None:
    """Set when they are due again, once it was done: a worker that dies leaves the sweep's own mark, which is near.

    A cart that was made due while the run was at it stays so: what changed may have come after it was reckoned.
    """
    meanwhile = Q(inventory_due_at__gt=now, inventory_due_at__lte=clock.now())
    for cart in carts:
        every = timedelta(minutes=cart.inventory_every)
        rested = Cart.objects.filter(pk=cart.pk).exclude(meanwhile)
        rested.update(inventory_due_at=now + (every if wait is None else min(wait, every)))


# -- Stock of systems that are asked -----------------------------------------------------------------------------------
@shared_task(name=Bell.STOCK_DUE)
def stock_due() -> None:
    """Sweep: ring for every account of a warehouse's system whose stock is to be read; tell of feeds that hang."""
    for pk in stock_pickup.due(clock.now()).in_turn().values_list("pk", flat=True)[:SWEEP]:
        Bell.PICK_UP_STOCK.ring(account_id=pk)
    stuck_feeds.tell(now=clock.now())


@shared_task(name=Bell.PICK_UP_STOCK)
def pick_up_stock(*, account_id: int, **_: object) -> None:
    account = WarehouseAccount.objects.select_related("warehouse", "merchant").filter(pk=account_id).first()
    if account is None:
        return  # matched with another merchant since
    try:
        outcomes = stock_pickup.pick_up(account, now=clock.now())
    except RemoteError as error:
        log.warning("stock.not_picked_up", account=account_id, error=str(error))
        return
    refused = sum(outcome.verdict is Verdict.REFUSED for outcome in outcomes)
    log.info("stock.picked_up", account=account_id, skus=len(outcomes), refused=refused)
