"""The fulfilment feed: many confirmations in one submission, when the quota cannot carry them before their deadlines.

A feed is slow, and its end is not its success: the report is read message by message. What it did not do is told singly
again. A package keeps its number in a feed as well, so telling it both ways makes no second one. Nobody reads the
orders before a feed, so what was never told gets a number that is nobody else's (package_numbers). A package without a
tracking number goes no other way.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import ngettext

from carts import quota
from carts.marketplaces.base import Marketplace
from carts.marketplaces.batches import Batch, SubmissionReport
from carts.marketplaces.order_needs import CASH
from carts.marketplaces.values import Dispatch
from carts.models import Cart
from core.activity.event_log import record
from core.alerts.raised import close_alerts, raise_alert
from core.common import errands, jobs
from core.common.jobs import Job
from core.common.remote import Rejected
from orders.models import Order
from shipping.alerts import FEED_FAILED
from shipping.carriers import carrier_codes
from shipping.confirmation import dispatches, package_numbers, submission
from shipping.models import Confirmation, ConfirmationFeed, PackageLine

TAKES = timedelta(minutes=30)  # what is due sooner is not helped by a feed: it is told singly, first of all
LEAST = 10  # messages that are worth a feed
MOST = 5000  # in one: far below Amazon's ten megabytes
EVERY = timedelta(minutes=20)  # no more than one feed of a kind in this time, says Amazon
REST = timedelta(hours=2)  # after one that failed
LOOKED_AHEAD = 20_000  # confirmations in one forecast
UNTRACKED = Q(package__tracking_number="")  # can only be told by feed


def told_singly(carts: Collection[Cart], *, now: datetime) -> "QuerySet[Confirmation]":
    """Return what is owed and due and no feed carries, the most urgent first."""
    return _in_no_feed(carts, now).exclude(UNTRACKED).order_by("due_by", "pk")


def refused_in_feed(carts: Collection[Cart], *, now: datetime) -> "QuerySet[Confirmation]":
    """Return the untracked ones that a feed did not do because of how their orders stand: to be looked into."""
    return _in_no_feed(carts, now).filter(UNTRACKED, feed__read_at__isnull=False).order_by("due_by", "pk")


def _in_no_feed(carts: Collection[Cart], now: datetime) -> "QuerySet[Confirmation]":
    owed: QuerySet[Confirmation] = Confirmation.objects.filter(cart__in=carts).due(now)
    return owed.exclude(feed__state__in=errands.OWED)


# -- Which ones ------------------------------------------------------------------------------------------------------
def hand_over(carts: Collection[Cart], marketplace: Marketplace, *, now: datetime) -> int:
    """Give to a feed what the quota would carry too late, and what has no tracking number. Returns how many."""
    handed = 0
    if not marketplace.takes_batches:
        return handed
    by_grant: dict[int | None, list[Cart]] = defaultdict(list)
    for cart in carts:
        by_grant[cart.grant_id].append(cart)
    for grant_id, theirs in by_grant.items():
        if grant_id is None:
            continue
        left, rate = quota.standing(grant_id, marketplace.confirm_operation, marketplace.rates, now)
        owed = list(_fit(told_singly(theirs, now=now)).values_list("pk", "cart", "due_by")[:LOOKED_AHEAD])
        too_late: dict[int, list[int]] = defaultdict(list)
        for pk, cart_id in late(owed, left=left, rate=rate, now=now):
            too_late[cart_id].append(pk)
        untracked: dict[int, list[int]] = defaultdict(list)
        without = (
            _in_no_feed(theirs, now).filter(UNTRACKED).exclude(feed__read_at__isnull=False).order_by("due_by", "pk")
        )
        for pk, cart_id in without.values_list("pk", "cart")[:LOOKED_AHEAD]:
            untracked[cart_id].append(pk)
        for cart in theirs:
            late_ones = too_late[cart.pk] if len(too_late[cart.pk]) >= LEAST else []
            ids = (untracked[cart.pk] + late_ones)[:MOST]
            if ids and _may_make(cart, now):
                fit = package_numbers.fit_for_feed(ids, now=now)
                handed += _make(cart, fit, now) if fit else 0
    return handed


def _fit(owed: "QuerySet[Confirmation]") -> "QuerySet[Confirmation]":
    """Leave out what a feed has no place for: codes of units, and how a buyer pays the carrier."""
    packed = PackageLine.objects.filter(package=OuterRef("package"))
    single = packed.filter(Q(codes__isnull=False) | Q(line__details__constraints__icontains=CASH))
    return owed.exclude(Exists(single))


def late(
    owed: Sequence[tuple[int, int, datetime]], *, left: float, rate: float, now: datetime
) -> list[tuple[int, int]]:
    """Return (confirmation, cart) of those that would be told after their deadline, one after another at this rate.

    ``owed`` is (confirmation, cart, deadline), the most urgent first. Pure.
    """
    found = []
    told = 0
    for pk, cart_id, due_by in owed:
        seconds = max(0.0, told + 1 - left) / rate
        if now + timedelta(seconds=seconds) > max(due_by, now + TAKES):
            found.append((pk, cart_id))
        else:
            told += 1
    return found


def _may_make(cart: Cart, now: datetime) -> bool:
    last = ConfirmationFeed.objects.filter(cart=cart).order_by("-made_at").first()
    if last is None:
        return True
    wait = REST if last.is_stuck else EVERY
    return not last.is_owed and last.made_at <= now - wait


def _make(cart: Cart, ids: Sequence[int], now: datetime) -> int:
    try:
        with transaction.atomic(durable=True):
            feed = ConfirmationFeed.objects.create(
                organization_id=cart.organization_id, merchant_id=cart.merchant_id, cart=cart, made_at=now, due_at=now
            )
            free = Confirmation.objects.filter(pk__in=ids).waiting().exclude(feed__state__in=errands.OWED)
            carried: int = Confirmation.objects.filter(pk__in=list(free.values_list("pk", flat=True))).update(feed=feed)
            record("feed.made", cart, now=now, packages=carried)
    except IntegrityError:
        return 0  # another worker made one
    return carried


# -- Working it off --------------------------------------------------------------------------------------------------
def run_feeds(carts: Collection[Cart], marketplace: Marketplace, *, now: datetime) -> None:
    """Go on with the feeds under way. Raises Disconnected."""
    due = ConfirmationFeed.objects.filter(cart__in=carts).due(now).select_related("cart")
    jobs.run_due(due, FeedJob(marketplace), now=now)


def calm(carts: Collection[Cart], *, now: datetime) -> None:
    """A feed that failed is nobody's trouble any more once everything was told singly."""
    for cart in carts:
        if not Confirmation.objects.filter(cart=cart).owed().exists():
            close_alerts(cart, FEED_FAILED, now=now)


@dataclass(frozen=True)
class FeedJob(Job[ConfirmationFeed, SubmissionReport]):
    """Bring one feed as far as it goes now. Each stage draws on its own quota: one that waits stops no other."""

    marketplace: Marketplace
    one_quota = False

    def do(self, feed: ConfirmationFeed, /, *, now: datetime) -> SubmissionReport:
        return _work(feed, self.marketplace, now)

    def done(self, feed: ConfirmationFeed, report: SubmissionReport, /, *, now: datetime) -> None:
        _read(feed, report, self.marketplace, now)

    def stuck(self, feed: ConfirmationFeed, reason: str, /, *, now: datetime) -> None:
        _failed(feed, reason, now)

    def lock_first(self, feed: ConfirmationFeed, /) -> None:
        orders = Order.objects.filter(pk__in=_carried(feed).order_by().values("package__order"))
        list(orders.all_locked().values_list("pk"))


def _work(feed: ConfirmationFeed, marketplace: Marketplace, now: datetime) -> SubmissionReport:
    sent = _carried(feed).count()
    report = submission.work(
        feed,
        marketplace,
        batch=Batch.CONFIRMATIONS,
        upload=lambda: marketplace.upload_confirmations(_messages(feed, now)),
        now=now,
    )
    if report.processed < sent:
        raise Rejected(f"Only {report.processed} of {sent} messages were processed.")
    return report


def _carried(feed: ConfirmationFeed) -> "QuerySet[Confirmation]":
    carried: QuerySet[Confirmation] = Confirmation.objects.filter(feed=feed).waiting().order_by("pk")
    return carried.select_related("package__order__cart", "package__shipment")


def _messages(feed: ConfirmationFeed, now: datetime) -> dict[int, Dispatch]:
    """A message is numbered by its confirmation: the same in every attempt."""
    carried = list(_carried(feed).prefetch_related(dispatches.packed("package__lines")))
    codes = carrier_codes.codes_for((one.package for one in carried), now=now)
    messages = {one.pk: dispatches.dispatch(one.package, codes) for one in carried}
    if not messages:
        raise Rejected("It has nothing left to send.")
    return messages


def _read(feed: ConfirmationFeed, report: SubmissionReport, marketplace: Marketplace, now: datetime) -> None:
    """Let each message's confirmation follow from the report. In the transaction that settles the feed."""
    carried = list(_carried(feed))
    done = [one for one in carried if one.pk not in report.refused]
    dispatches.told_many(done, now=now)
    refused = 0
    for confirmation in carried:
        reason = report.refused.get(confirmation.pk)
        if reason is None or marketplace.settled_there(reason):
            continue  # told, or told singly next: then the order itself is looked at
        refused += 1
        Confirmation.objects.filter(pk=confirmation.pk).leave_to_person(reason)
        dispatches.refused(confirmation, reason, now=now)
    # A tracking corrected meanwhile went into this feed as it was before: look at what the marketplace shows now.
    later = Confirmation.objects.filter(cart=feed.cart_id, package__corrected_at__gte=feed.submitted_at or feed.made_at)
    later.update(seen_at=None, unseen=0)
    ConfirmationFeed.objects.filter(pk=feed.pk).update(read_at=now)
    record("feed.read", feed.cart, now=now, packages=len(done), refused=refused)
    close_alerts(feed.cart, FEED_FAILED, now=now)


def _failed(feed: ConfirmationFeed, reason: str, now: datetime) -> None:
    """What it carried is told singly again, and needs no more for that than the feed's own end."""
    left = _carried(feed).count()
    record("feed.failed", feed.cart, now=now, packages=left, reason=reason)
    if left:
        feed_of = ngettext("a feed of {count} tracking number", "a feed of {count} tracking numbers", left).format(
            count=left
        )
        message = (
            f"{feed.cart}: {feed.cart.place.name} did not accept {feed_of}. {reason} "
            "They are now sent one by one, some of them after their ship-by time."
        )
        raise_alert(FEED_FAILED, feed.cart, message, now=now, path=feed.cart.get_absolute_url())
