"""Inventory Upload: telling a seller account what can be sold: on hand, less what is promised, less safety.

Only what changed is told, once for an account and SKU however many carts offer it, never for an offer that the
marketplace fulfills itself. A number that changed while it was being told is owed again: the newest arrives last.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from carts.marketplaces.base import Marketplace
from carts.models import Cart
from inventory.publish import number_feed, owed_numbers, single_numbers
from inventory.publish.account_numbers import publishing_carts


@dataclass
class Published:
    told: int = 0
    same: int = 0
    waiting: int = 0
    stuck: int = 0
    held: int = 0  # until a person decides
    throttled: bool = False
    retry_in: timedelta | None = None  # when the quota is back, where that is known
    is_more: bool = False  # more is due
    feed_in: timedelta | None = None  # when a feed that is on its way is to be gone on with

    def __str__(self) -> str:
        text = f"{self.told} sent, {self.same} unchanged, {self.waiting} to be retried, {self.stuck} refused"
        text += f", {self.held} held" if self.held else ""
        return f"{text}; the rest is waiting for quota" if self.throttled else text


def publish(cart: Cart, marketplace: Marketplace, *, now: datetime) -> Published:
    """Owe the cart's seller account every number that changed, and tell what is due. Raises RemoteError."""
    grant = cart.grant
    carts = publishing_carts(grant) if grant is not None else []
    if grant is None or not carts:
        return Published()
    owing = owed_numbers.owe_changes(grant, carts, now=now)
    number_feed.run_feeds(grant, carts, marketplace, now=now)
    number_feed.hand_over(grant, carts, marketplace, now=now)
    number_feed.run_feeds(grant, carts, marketplace, now=now)
    told = single_numbers.tell(grant, carts, marketplace, now=now)
    number_feed.calm(grant, carts, now=now)
    tally = told.tally
    return Published(
        told=tally.done,
        same=owing.same,
        waiting=tally.waiting,
        stuck=tally.stuck,
        held=owing.held,
        throttled=tally.put_off > 0,
        retry_in=told.retry_in,
        is_more=told.is_more,
        feed_in=number_feed.next_look(grant, now=now),
    )
