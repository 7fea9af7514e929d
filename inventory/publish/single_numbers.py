"""Telling quantities one by one, zeros first, about as many a minute as the quota allows.

A number is told as the only one of its SKU that is on its way: what a feed carries waits for the feed's end. What was
sent and never answered is looked at before it is sent again.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlencode

from django.db.models import Case, QuerySet, Value, When

from carts.marketplaces.base import Marketplace
from carts.models import Cart, Grant, Listing
from core.activity.event_log import record
from core.alerts.raised import close_alerts_about, raise_alert
from core.common import claims, clock, errands, jobs
from core.common.jobs import Job, NotYet, Tally
from core.common.remote import OurFault, Rejected, Throttled, Unavailable
from inventory.alerts import NOT_TOLD
from inventory.models import PublishedNumber, StockUpdate
from inventory.publish import channel_look
from inventory.publish.hold import page_of

AT_ONCE = 20  # looked at with one request
GOING_ON = timedelta(seconds=60)  # for one run; the next one follows at once
BREATH = timedelta(seconds=1)  # for so long a run waits for its quota, again and again; for longer it comes back
BREATHS = 5  # for one number
UNSAID = timedelta(seconds=0.4)  # the wait where the marketplace says "too many" and not until when
ZEROS_FIRST = Case(When(wanted=0, then=Value(0)), default=Value(1))


@dataclass
class Told:
    tally: Tally = field(default_factory=Tally)
    retry_in: timedelta | None = None  # when the quota that ended the run is back
    is_more: bool = False  # more is due


def due_singly(grant: Grant, *, now: datetime) -> "QuerySet[StockUpdate]":
    """Return what is due and in no feed: what sells nothing any more first."""
    due: QuerySet[StockUpdate] = StockUpdate.objects.filter(grant=grant).singly().due(now)
    return due.order_by(ZEROS_FIRST, "due_at", "pk")


def tell(grant: Grant, carts: Sequence[Cart], marketplace: Marketplace, *, now: datetime) -> Told:
    """Tell what is due, for a while. Raises RemoteError where nothing more can be told at all."""
    told, running, tried = Told(), clock.running(now), set[int]()
    while not claims.is_stopping() and running() - now <= GOING_ON:
        some = list(due_singly(grant, now=running()).exclude(pk__in=tried)[:AT_ONCE])
        if not some:
            return told
        tried |= {update.pk for update in some}
        try:
            tellable = channel_look.look(some, carts, marketplace, now=running())
            job = NumberJob(marketplace, {each.update.pk: each.listings for each in tellable})
            some = [each.update for each in tellable]
        except Throttled as full:
            told.tally.put_off += 1
            told.retry_in = full.retry_in
            break
        except Unavailable as error:
            job = NumberJob(marketplace, {}, away=error)  # unseen, none of them goes out
        tally = jobs.run_due(some, job, now=running())
        _add(told.tally, tally)
        if tally.put_off:
            told.retry_in = job.waits[-1] if job.waits else None
            break
    told.is_more = due_singly(grant, now=running()).exists()
    return told


def _add(total: Tally, tally: Tally) -> None:
    total.done += tally.done
    total.waiting += tally.waiting
    total.stuck += tally.stuck
    total.put_off += tally.put_off


@dataclass(frozen=True)
class NumberJob(Job[StockUpdate, tuple[int, str]]):
    """Tell one number. ``away``: why none could be looked at. ``waits``: for how long the quota that could not be
    waited for is used up."""

    marketplace: Marketplace
    listings: Mapping[int, Sequence[Listing]]
    away: Unavailable | None = None
    waits: list[timedelta] = field(default_factory=list)

    def do(self, update: StockUpdate, /, *, now: datetime) -> tuple[int, str]:
        if update.feed is not None and update.feed.state in errands.OWED:
            raise NotYet(timedelta(minutes=1))  # a feed took it meanwhile
        if self.away is not None:
            raise self.away
        listing, quantity = self.listings[update.pk][0], update.wanted
        if update.failing_since is not None and update.sent == quantity == listing.quantity_there:
            return quantity, update.reference  # it got there, only the answer did not come back
        if not update.keep(sent=quantity):
            raise NotYet(timedelta(0))
        return quantity, self._tell(update, quantity)

    def done(self, update: StockUpdate, told: tuple[int, str], /, *, now: datetime) -> None:
        quantity, reference = told
        fields = {"told": quantity, "told_at": now, "reference": reference[:80], "refused_at": None}
        StockUpdate.objects.filter(pk=update.pk).update(**fields)
        PublishedNumber.objects.create(
            organization_id=update.organization_id, update=update, quantity=quantity, told_at=now
        )
        # Another number came while this one was told: that is still owed.
        StockUpdate.objects.filter(pk=update.pk).exclude(wanted=quantity).reopen(now=now)
        record("stock.told", self.listings[update.pk][0], now=now, sku=update.sku, quantity=quantity)
        close_alerts_about(everywhere(update), NOT_TOLD, now=now)

    def stuck(self, update: StockUpdate, reason: str, /, *, now: datetime) -> None:
        StockUpdate.objects.filter(pk=update.pk).update(refused_at=now)
        if (listing := next(iter(self.listings.get(update.pk) or everywhere(update)), None)) is None:
            return
        record("stock.not_told", listing, now=now, sku=update.sku, reason=reason)
        raise_alert(NOT_TOLD, listing, refusal(listing, reason), now=now, path=row_of(listing))

    def _tell(self, update: StockUpdate, quantity: int) -> str:
        """What one place refuses, another one may take: the number is the same in all of them."""
        first, *others = self.listings[update.pk]
        try:
            return self._patiently(partial(_send, self.marketplace, first, quantity))
        except Rejected:
            for listing in others:
                with suppress(Rejected):
                    return self._patiently(partial(_send, self.marketplace, listing, quantity))
            raise

    def _patiently(self, send: Callable[[], str]) -> str:
        """Wait for a quota that is back within a breath: coming back for every burst would take minutes."""
        breaths = 0
        while True:
            try:
                return send()
            except Throttled as full:
                wait, breaths = full.retry_in or UNSAID, breaths + 1
                if isinstance(full, OurFault) or wait > BREATH or breaths > BREATHS or not _breathe(wait):
                    self.waits.append(full.retry_in or timedelta(0))
                    raise


def _send(marketplace: Marketplace, listing: Listing, quantity: int) -> str:
    return marketplace.set_stock(
        sku=listing.sku, place_id=listing.cart.place_id, quantity=quantity, product_type=listing.product_type
    )


def _breathe(wait: timedelta) -> bool:
    """Sleep for as long as the quota needs. False where the clock stands still: then no waiting helps."""
    before = clock.now()
    time.sleep(max(wait.total_seconds(), 0.05))
    return clock.now() > before


def everywhere(update: StockUpdate) -> list[Listing]:
    """Return the listings a number stands for."""
    return list(Listing.objects.filter(cart__grant=update.grant_id, sku=update.sku))


def refusal(listing: Listing, reason: str) -> str:
    return (
        f"{listing.cart}: the stock of {listing.sku} was refused. {reason} "
        f"Correct it at {listing.cart.place.name}, then press Send again. It is also tried once a day."
    )


def row_of(listing: Listing) -> str:
    """Return where a person sees the SKU, with the button that sends it again."""
    return f"{page_of(listing.cart)}?{urlencode({'q': listing.sku})}"
