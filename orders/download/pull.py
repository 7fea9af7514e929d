"""Order Download: bringing what changed on the carts of a grant.

One pull per grant serves all its carts. Each page is stored in one transaction with its events and the place where to
go on; the cursor moves with the last page. Storing a page again changes nothing, so overlap is free and a pull that was
cut off goes on where it stopped, at once.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from carts.marketplaces.base import Marketplace
from carts.marketplaces.values import OrderPage
from carts.models import Cart, Grant
from core.alerts import troubles
from core.alerts.models import Alert
from core.alerts.raised import raise_alert
from core.common import claims, clock
from core.common.claims import CLAIM
from core.common.remote import Disconnected, OurFault, Rejected, RemoteError, Unavailable
from orders.alerts import NOT_DOWNLOADED
from orders.download import storage
from orders.filters import cart_filters
from orders.filters.order_rules import Rules

OVERLAP = timedelta(minutes=10)
DELAY = timedelta(seconds=130)  # Amazon lists nothing younger than two minutes, and asking for it is an error
FIRST_WINDOW = timedelta(days=30)  # how far back a new cart looks
PAGES = 50  # in one run; the next run goes on
GOING_ON = timedelta(minutes=2)  # likewise: well below the time a task may take
SOON = timedelta(seconds=20)  # after the first trouble; then later and later
AFTER_TROUBLE = timedelta(minutes=5)  # at the most
SILENT = timedelta(hours=1)  # without one good pull: then people are told, long before a ship-by date
RING_AGAIN = timedelta(seconds=30)  # the sweep rings again if nothing came of it


class PullTaken(Exception):
    """Another worker is pulling for this grant, or took over."""


@dataclass(frozen=True, slots=True)
class Window:
    """Between these moments something changed on the carts: what one pull brings, page by page."""

    since: datetime
    until: datetime


@dataclass
class Imported:
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    strange: int = 0
    elsewhere: int = 0  # on marketplaces nobody connected
    pages: int = 0
    finished: bool = False  # the last page was stored
    behind: bool = False  # of a window that had been cut off: since then more may have changed

    def __str__(self) -> str:
        text = f"{self.new} new, {self.changed} changed, {self.unchanged} unchanged"
        if self.strange:
            text += f", {self.strange} held because they could not be read"
        if self.elsewhere:
            text += f", {self.elsewhere} on marketplaces without a cart"
        return text if self.finished else f"{text}; more to come"


def import_orders(grant: Grant, marketplace: Marketplace, *, now: datetime) -> Imported:
    """Store what changed since the last time. Raises PullTaken or a RemoteError; what was stored stays stored."""
    carts = {cart.place_id: cart for cart in pulling_carts(grant)}
    imported = Imported()
    if not carts:
        imported.finished = True
        return imported
    rules = cart_filters.load(carts.values())
    claim = _claim(grant, now)
    time = clock.running(now)
    try:
        ahead = marketplace.ahead
        window = _open_window(grant, carts, now - ahead)
        imported.behind = window.until < now - ahead - DELAY
        with claims.held(_renewal(grant, claim), now=now):
            while imported.pages < PAGES and not imported.finished:
                if imported.pages and (claims.is_stopping() or time() - now > GOING_ON):
                    break
                try:
                    page = marketplace.order_page(
                        since=window.since, until=window.until, place_ids=sorted(carts), token=grant.page_token
                    )
                except Rejected:
                    if grant.page_token or marketplace.ahead <= ahead:
                        raise
                    # It ends in the marketplace's future: its first answer was the first to say what time it is there.
                    ahead = marketplace.ahead
                    window = _open_window(grant, carts, now - ahead)
                    continue
                _store(grant, carts, rules, window, page, claim, imported, now)
    except RemoteError as error:
        _failed(grant, carts, error, claim, now)
        raise
    else:
        with transaction.atomic(durable=True):
            well = {"pull_failed_at": None, "pull_error": "", "pulled_at": now}
            Grant.objects.filter(pk=grant.pk, pull_claim=claim).update(**well)
            troubles.end(NOT_DOWNLOADED, grant, now=now)
    finally:
        Grant.objects.filter(pk=grant.pk, pull_claim=claim).update(pull_claim=None, pulling_until=None)
    return imported


def pulling_carts(grant: Grant) -> list[Cart]:
    return list(
        Cart.objects.filter(grant=grant, state=Cart.State.LIVE, orders_on=True).select_related("merchant", "grant")
    )


def forget_what_is_no_matter(*, now: datetime) -> None:
    """Close the alerts about carts that nobody wants orders of any more, or whose seller has to authorize us first."""
    told = Alert.objects.filter(cause=NOT_DOWNLOADED, closed_at=None).values("subject_id")
    wanted = Cart.objects.asked().filter(orders_on=True)
    for grant in Grant.objects.filter(pk__in=told).exclude(pk__in=wanted.values("grant")):
        troubles.end(NOT_DOWNLOADED, grant, now=now)


def schedule(grant: Grant, *, now: datetime, wait: timedelta | None = None) -> None:
    """Set when the grant's carts are due again: after ``wait``, else each by its own schedule.

    A nearer time that somebody asked for meanwhile stays; the sweep's own mark lies RING_AGAIN ahead at the most.
    """
    for cart in pulling_carts(grant):
        due_at = now + (timedelta(minutes=cart.orders_every) if wait is None else wait)
        rows = Cart.objects.filter(pk=cart.pk)
        rows = rows.exclude(orders_due_at__gt=now + RING_AGAIN, orders_due_at__lt=due_at)
        rows.update(orders_due_at=due_at)


def wait_after(grant: Grant, error: RemoteError, *, now: datetime) -> timedelta:
    """Return how long to wait after trouble. ``grant`` is as it was before: it says when there was trouble last.

    One request that failed costs seconds, for orders wait for it; a marketplace that is away is asked more and more
    rarely. What a person has to mend has time.
    """
    if not isinstance(error, Unavailable):
        return AFTER_TROUBLE
    if error.retry_in:
        return error.retry_in
    if grant.pull_failed_at is None:
        return SOON
    return min(max(2 * (now - grant.pull_failed_at), SOON), AFTER_TROUBLE)


def _claim(grant: Grant, now: datetime) -> uuid.UUID:
    claim = uuid.uuid4()
    free = Grant.objects.filter(Q(pulling_until=None) | Q(pulling_until__lte=now), pk=grant.pk)
    if not free.update(pull_claim=claim, pulling_until=now + CLAIM):
        raise PullTaken("Another worker is already downloading these orders.")
    grant.refresh_from_db()
    return claim


def _renewal(grant: Grant, claim: uuid.UUID) -> claims.Renewal:
    mine = Grant.objects.filter(pk=grant.pk, pull_claim=claim)
    return lambda until: bool(mine.update(pulling_until=until))


def _open_window(grant: Grant, carts: dict[str, Cart], now: datetime) -> Window:
    """Go on with the window that was cut off, or open the next one."""
    if grant.page_token and grant.window_since and grant.window_until and grant.window_places == sorted(carts):
        return Window(grant.window_since, grant.window_until)
    starts = [cart.orders_seen_until or cart.earliest_order_at or now - FIRST_WINDOW for cart in carts.values()]
    until = now - DELAY
    grant.page_token = ""
    return Window(min([*starts, until]) - OVERLAP, until)


def _store(
    grant: Grant,
    carts: dict[str, Cart],
    rules: Mapping[int, Rules],
    window: Window,
    page: OrderPage,
    claim: uuid.UUID,
    imported: Imported,
    now: datetime,
) -> None:
    if page.next_token and page.next_token == grant.page_token:
        raise Unavailable("The same page came twice.")
    with transaction.atomic(durable=True):
        stored = storage.store_page(carts, page.documents, now=now, rules=rules, pull=claim)
        ours = Grant.objects.filter(pk=grant.pk, pull_claim=claim)
        kept = ours.update(
            window_since=window.since,
            window_until=window.until,
            window_places=sorted(carts),
            page_token=page.next_token or "",
        )
        if not kept:
            raise PullTaken("Another worker took over.")
        if not page.next_token and page.seen_until:
            # The cart says how far it looked; never believe it beyond what was asked for.
            seen_until = min(page.seen_until, window.until)
            Cart.objects.filter(pk__in=[cart.pk for cart in carts.values()]).update(orders_seen_until=seen_until)
    grant.page_token = page.next_token or ""
    imported.pages += 1
    imported.finished = not page.next_token
    for name, count in stored.items():
        setattr(imported, name, getattr(imported, name) + count)


def _failed(grant: Grant, carts: dict[str, Cart], error: RemoteError, claim: uuid.UUID, now: datetime) -> None:
    fields = {"pull_failed_at": now, "pull_error": str(error)}
    if isinstance(error, Rejected):
        fields["page_token"] = ""  # a page token that is not accepted any more: begin the window again
    with transaction.atomic(durable=True):
        _tell(grant, next(iter(carts.values())), error, now)
        Grant.objects.filter(pk=grant.pk, pull_claim=claim).update(**fields)


def _others_work(grant: Grant, now: datetime) -> str:
    """Return that it is this seller account alone, as far as the others tell."""
    others = Grant.objects.filter(organization=grant.organization_id, pulled_at__gt=now - SILENT).exclude(pk=grant.pk)
    return " Other seller accounts are downloaded as usual, so it is this one." if others.exists() else ""


def _tell(grant: Grant, cart: Cart, error: RemoteError, now: datetime) -> None:
    """What Amazon refuses is told at once, what may pass by itself when it lasts."""
    what, path = f"Orders of {grant.merchant} cannot be downloaded: {error}", cart.get_absolute_url()
    if isinstance(error, Rejected):
        raise_alert(NOT_DOWNLOADED, grant, f"{what}{_others_work(grant, now)}", now=now, path=path)
    elif not isinstance(error, (Disconnected, OurFault)):  # these have alerts of their own
        remedy = (
            f"It is tried again every few minutes. New orders can be seen at {cart.place.name} meanwhile; if its own "
            "pages work, check this server's network."
        )
        troubles.note(NOT_DOWNLOADED, grant, f"{what} {remedy}", after=SILENT, now=now, path=path)
