"""Many quantities in one submission, where telling them one by one would take too long.

One at a time for a seller account. What it carries is looked at before it goes, as single numbers are. Its end is not
its success: the report is read message by message, and what it refused stops nothing else. One that hangs is left
alone: people are told, its numbers go out one by one, and when it ends after all the newest ones are told once more,
for it may have brought older ones.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils.translation import ngettext

from carts.marketplaces.base import Marketplace
from carts.marketplaces.batches import Batch, Stage, StockNumber, SubmissionReport
from carts.models import Cart, Grant, Listing
from core.activity.event_log import record
from core.alerts.raised import close_alerts, close_alerts_about, raise_alert, raise_alerts
from core.common import jobs
from core.common.jobs import GOING_ON, Job, NotYet
from core.common.remote import Disconnected, Rejected, RemoteError, Throttled
from inventory.alerts import FEED_FAILED, NOT_TOLD
from inventory.models import PublishedNumber, StockFeed, StockUpdate
from inventory.publish import channel_look, single_numbers
from inventory.publish.hold import page_of
from inventory.publish.single_numbers import refusal, row_of

MANY = 600  # numbers: what single calls carry in two minutes
AT_ONCE = 500  # rows in one statement
FIRST_LOOK, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=2)
PATIENCE = timedelta(minutes=30)  # a feed is known to hang for days, and blocks those behind it
SKEW = timedelta(minutes=5)  # between our clock and the marketplace's
LISTED_AFTER = timedelta(minutes=2) + GOING_ON  # one made this moment may not be listed yet
REST = timedelta(hours=1)  # after one that failed
WATCHED = timedelta(days=3)  # how long one that hangs may still end


# -- Which ones ------------------------------------------------------------------------------------------------------
def hand_over(grant: Grant, carts: Sequence[Cart], marketplace: Marketplace, *, now: datetime) -> int:
    """Give to a feed what would take too long one by one: all but zeros and what was refused. Returns how many."""
    if not marketplace.most_stock_numbers or _rests(grant, now):
        return 0
    due = StockUpdate.objects.filter(grant=grant).singly().due(now).waiting()
    if due.count() <= MANY:
        return 0
    rows = dict(due.filter(failing_since=None, refused_at=None).exclude(wanted=0).values_list("sku", "pk"))
    listed = Listing.objects.filter(gone_at=None, sku__in=StockUpdate.objects.filter(grant=grant).values("sku"))
    place_of: dict[str, str] = {}
    for cart in carts:
        of_cart = listed.filter(cart=cart).values_list("sku", flat=True)
        place_of = {**dict.fromkeys(of_cart.iterator(chunk_size=AT_ONCE), cart.place_id), **place_of}
    if not (usual := Counter(place_of[sku] for sku in rows if sku in place_of).most_common(1)):
        return 0
    place_id = usual[0][0]
    keys = [pk for sku, pk in rows.items() if place_of.get(sku) == place_id]
    return _make(grant, carts[0], place_id, keys[: marketplace.most_stock_numbers], now)


def _rests(grant: Grant, now: datetime) -> bool:
    """Whether no feed may be made: one is on its way, or one failed just now or may still hang."""
    feeds = StockFeed.objects.filter(grant=grant)
    failed = feeds.stuck().filter(made_at__gt=now - REST)
    return feeds.owed().exists() or failed.exists() or _hanging(grant, now).exists()


def _make(grant: Grant, cart: Cart, place_id: str, keys: Collection[int], now: datetime) -> int:
    carried = 0
    try:
        with transaction.atomic(durable=True):
            feed = StockFeed.objects.create(
                organization_id=cart.organization_id,
                merchant_id=cart.merchant_id,
                grant=grant,
                place_id=place_id,
                made_at=now,
                due_at=now,
            )
            for some in _chunks(keys):
                free = StockUpdate.objects.filter(pk__in=some).waiting()
                carried += free.update(feed=feed, sent=F("wanted"))
            record("stock.feed_made", cart, now=now, skus=carried)
    except IntegrityError:
        return 0  # another worker made one
    return carried


# -- Working it off --------------------------------------------------------------------------------------------------
def run_feeds(grant: Grant, carts: Sequence[Cart], marketplace: Marketplace, *, now: datetime) -> None:
    """Go on with the feed that is on its way, and look after one that was left alone. Raises Disconnected."""
    due = StockFeed.objects.filter(grant=grant).due(now)
    jobs.run_due(due, FeedJob(marketplace, carts), now=now)
    for feed in _hanging(grant, now):
        _look_after(feed, carts[0], marketplace, now)


def next_look(grant: Grant, *, now: datetime) -> timedelta | None:
    """Return how soon the feed that is on its way is to be gone on with. None where there is none."""
    feed = StockFeed.objects.filter(grant=grant).owed().first()
    return None if feed is None else max(feed.due_at - now, timedelta(0))


def calm(grant: Grant, carts: Sequence[Cart], *, now: datetime) -> None:
    """A feed that failed is nobody's trouble any more once all was told singly and nothing of it can come later."""
    if not StockUpdate.objects.filter(grant=grant).owed().exists() and not _hanging(grant, now).exists():
        for cart in carts:
            close_alerts(cart, FEED_FAILED, now=now)


def _hanging(grant: Grant, now: datetime) -> "QuerySet[StockFeed]":
    """Return those that were left alone, and may still do something."""
    left: QuerySet[StockFeed] = StockFeed.objects.filter(grant=grant, read_at=None).stuck()
    return left.filter(submitted_at__gt=now - WATCHED).exclude(reference="")


@dataclass(frozen=True)
class FeedJob(Job[StockFeed, SubmissionReport]):
    """Bring one feed as far as it goes now. Each stage draws on a quota of its own."""

    marketplace: Marketplace
    carts: Sequence[Cart]
    one_quota = False

    @property
    def cart(self) -> Cart:
        """The one that people are told of it by."""
        return self.carts[0]

    def do(self, feed: StockFeed, /, *, now: datetime) -> SubmissionReport:
        if feed.submitted_at and not feed.reference:
            _look_up(feed, self.marketplace, now)
        if not feed.reference:
            if not channel_look.look_at_many(_carried(feed).owed(), self.carts, self.marketplace, now=now):
                raise NotYet(timedelta(0))  # the next run goes on
            _submit(feed, self.marketplace, now)
            raise NotYet(FIRST_LOOK)
        submission = self.marketplace.submission(feed.reference)
        waited = now - (feed.submitted_at or now)
        if submission.stage is Stage.WORKING:
            if waited > PATIENCE:
                raise Rejected(f"It was not processed within {PATIENCE // timedelta(minutes=1)} minutes.")
            raise NotYet(min(max(FIRST_LOOK, waited / 2), LONGEST_WAIT))
        report = self.marketplace.report(submission)
        if submission.stage is Stage.FAILED or report.fatal:
            _keep(feed, read_at=now)  # it ended: nothing of it comes later
            raise Rejected(report.fatal or "It failed without giving a reason.")
        if doubt := _doubt(feed, report):
            _keep(feed, read_at=now)  # nobody can tell which are missing
            raise Rejected(doubt)
        return report

    def done(self, feed: StockFeed, report: SubmissionReport, /, *, now: datetime) -> None:
        _read(feed, report, self.carts, now)

    def stuck(self, feed: StockFeed, reason: str, /, *, now: datetime) -> None:
        left = _carried(feed).owed()
        count = left.count()
        record("stock.feed_failed", self.cart, now=now, skus=count, reason=reason)
        # Some of it may have got there: each is looked at before it is told again.
        left.reopen(now=now)
        of = ngettext("a feed of {count} quantity", "a feed of {count} quantities", count).format(count=count)
        place = self.cart.place.name
        message = (
            f"{self.cart.merchant}, {self.cart}: {place} did not accept {of}. {reason} They are now sent one by one."
        )
        raise_alert(FEED_FAILED, self.cart, message, now=now, path=page_of(self.cart))


def _carried(feed: StockFeed) -> Any:
    """Return the updates that the feed carries, as StockUpdate.objects narrows them."""
    return StockUpdate.objects.filter(feed=feed)


def _submit(feed: StockFeed, marketplace: Marketplace, now: datetime) -> None:
    types = dict(
        Listing.objects.filter(cart__grant=feed.grant_id, cart__place_id=feed.place_id).values_list(
            "sku", "product_type"
        )
    )
    _carried(feed).dropped().update(feed=None)  # it must not be told any more
    numbers = _carried(feed).filter(sent__isnull=False).order_by("pk").values_list("pk", "sku", "sent")
    messages = {pk: StockNumber(sku, sent, types.get(sku, "")) for pk, sku, sent in numbers}
    if not messages:
        raise Rejected("It has nothing left to send.")
    document = marketplace.upload_stock(messages)
    _keep(feed, submitted_at=now)  # from here on it may be there, whatever becomes of us
    try:
        reference = marketplace.submit(Batch.STOCK, document, place_id=feed.place_id)
    except (Rejected, Throttled, Disconnected):
        _keep(feed, submitted_at=None)  # a plain no: nothing was submitted
        raise
    _keep(feed, reference=reference)


def _look_up(feed: StockFeed, marketplace: Marketplace, now: datetime) -> None:
    """The answer was lost: is it among what was submitted since?"""
    assert feed.submitted_at is not None
    listed = marketplace.submissions(Batch.STOCK, place_id=feed.place_id, since=feed.submitted_at - SKEW)
    known = set(StockFeed.objects.filter(grant=feed.grant_id).exclude(reference="").values_list("reference", flat=True))
    found = [submission for submission in listed if submission.reference not in known]
    if found:
        _keep(feed, reference=found[0].reference)
    elif now - feed.submitted_at < LISTED_AFTER:
        raise NotYet(FIRST_LOOK)


def _keep(feed: StockFeed, **fields: object) -> None:
    """Write down how far it is, if the claim is still ours; else go no further."""
    if not feed.keep(**fields):
        raise NotYet(timedelta(0))


# -- Its report ------------------------------------------------------------------------------------------------------
def _read(feed: StockFeed, report: SubmissionReport, carts: Sequence[Cart], now: datetime) -> None:
    """Let each number follow from the report. In the transaction that settles the feed."""
    cart, refused = carts[0], report.refused.keys()
    carried = list(_carried(feed).values_list("pk", flat=True))
    accepted = [key for key in carried if key not in refused]
    for some in _chunks(accepted):
        rows = _carried(feed).filter(pk__in=some)
        rows.update(told=F("sent"), told_at=now, reference=feed.reference, refused_at=None)
        PublishedNumber.objects.bulk_create(
            PublishedNumber(organization_id=feed.organization_id, update_id=pk, quantity=sent, told_at=now)
            for pk, sent in rows.values_list("pk", "sent")
        )
        rows.filter(wanted=F("sent")).finish()  # what changed meanwhile stays owed, and is told singly
    _refuse(feed, report, carts, now)
    told = Listing.objects.filter(cart__grant=feed.grant_id)
    for some in _chunks(accepted):
        skus = _carried(feed).filter(pk__in=some).values("sku")
        close_alerts_about(list(told.filter(sku__in=skus)), NOT_TOLD, now=now)
    StockFeed.objects.filter(pk=feed.pk).update(read_at=now)
    record("stock.feed_read", cart, now=now, skus=len(accepted), refused=len(carried) - len(accepted))
    close_alerts(cart, FEED_FAILED, now=now)


def _doubt(feed: StockFeed, report: SubmissionReport) -> str:
    """Return why a report does not say what became of each number, as a sentence; "" where it does."""
    carried = set(_carried(feed).filter(sent__isnull=False).values_list("pk", flat=True))
    if report.processed != len(carried):
        return f"Its report tells of {report.processed} of {len(carried)} quantities."
    named = len(carried & report.refused.keys())
    if report.refusals > named:
        return f"Its report says that {report.refusals} quantities were refused, and names {named}."
    return ""


def _refuse(feed: StockFeed, report: SubmissionReport, carts: Sequence[Cart], now: datetime) -> None:
    said = []
    refused = _carried(feed).filter(pk__in=list(report.refused))
    others = Listing.objects.filter(cart__in=carts, gone_at=None, sku__in=refused.values("sku"))
    elsewhere = set(others.exclude(cart__place_id=feed.place_id).values_list("sku", flat=True))
    for update in refused.select_related("grant"):
        reason = report.refused[update.pk]
        same = StockUpdate.objects.filter(pk=update.pk, wanted=update.sent)
        if update.sku in elsewhere:
            same.reopen(now=now, refused_at=now)  # told by itself, it is told where another place takes it
        elif same.leave_to_person(reason, refused_at=now) and (listed := single_numbers.everywhere(update)):
            said.append((listed[0], refusal(listed[0], reason), row_of(listed[0])))
    raise_alerts(NOT_TOLD, said, now=now)


def _look_after(feed: StockFeed, cart: Cart, marketplace: Marketplace, now: datetime) -> None:
    """Has one that was left alone ended after all? Then what was told meanwhile is told once more."""
    try:
        submission = marketplace.submission(feed.reference)
    except Disconnected:
        raise
    except RemoteError:
        return  # next time
    if submission.stage is Stage.WORKING:
        return
    with transaction.atomic(durable=True):
        if StockFeed.objects.filter(pk=feed.pk, read_at=None).update(read_at=now):
            told_since = StockUpdate.objects.filter(grant=feed.grant_id, told_at__gte=feed.submitted_at)
            told_since.done().reopen(now=now)
            close_alerts(cart, FEED_FAILED, now=now)


def _chunks(keys: Collection[int]) -> Iterable[list[int]]:
    listed = list(keys)
    return (listed[start : start + AT_ONCE] for start in range(0, len(listed), AT_ONCE))
