"""Orders that came in, or failed to: who wants to know gets one mail for many.

What a download brings is gathered for each subscription in the commit that stores it: a row for each download and cart,
not one for each order. A little later, and at most once in a quarter of an hour, one mail tells all of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from core.alerts.audience import preferences, recipients
from core.alerts.audience.recipients import Addressee, MailScope
from core.alerts.mail import outbox
from core.alerts.mail.outbox import MailText
from core.alerts.models import Notice, Rhythm, Subscription, Topic
from core.alerts.own_alerts import ORDERS_CREATED, ORDERS_FAILED
from core.ui.formats import tell_weekday

PAGE = 200  # subscriptions told in one go
LISTED = 50  # of one cart in one mail; the rest is counted
GATHER = timedelta(minutes=1)  # a download brings several pages
EVERY = timedelta(minutes=15)
HASTY = (Topic.FAILED,)  # told at once to who wants the rest in a digest
CAUSES: Mapping[str, str] = {Topic.CREATED: ORDERS_CREATED, Topic.FAILED: ORDERS_FAILED}


@dataclass(frozen=True, slots=True)
class News:
    """What happened to some orders of one cart. ``items`` are lines of the mail, and no buyer's data."""

    scope: MailScope  # the cart's
    topic: Topic
    heading: str
    path: str
    items: Sequence["NewsItem"]


@dataclass(frozen=True, slots=True)
class NewsItem:
    """A line of the mail, and by when the order has to leave. Those that are due first stand first."""

    text: str
    due: datetime | None = None

    @property
    def kept(self) -> list[str]:
        """As its row keeps it."""
        return [self.text, self.due.isoformat() if self.due else ""]

    @classmethod
    def of_row(cls, row: Any) -> "NewsItem":
        """From a row; an older version kept the text alone."""
        if isinstance(row, str):
            return cls(row)
        text, due = row
        return cls(text, datetime.fromisoformat(due) if due else None)

    def told(self, zone: tzinfo) -> str:
        return f"{self.text}, ship by {tell_weekday(self.due, zone=zone)}" if self.due else self.text


def gather(news: Sequence[News], *, pull: UUID, now: datetime) -> int:
    """Keep what subscriptions are to be told of. Call it in the transaction that stores the orders.

    Returns how many rows are owed. Nothing is kept where nobody wants to know.
    """
    wanted = {}
    for each in news:
        if (each.scope.organization_id, each.topic) not in wanted:
            wanted[each.scope.organization_id, each.topic] = recipients.audiences(
                each.scope.organization_id, each.topic
            )
    rows = 0
    for each in news:
        told: dict[str, Addressee] = {}
        for audience in wanted[each.scope.organization_id, each.topic]:
            if audience.scope.covers(merchant_id=each.scope.merchant_id, cart_id=each.scope.cart_id):
                for recipient in audience.recipients:
                    told.setdefault(recipient.address.lower(), recipient)
        rows += _keep(each, [each.subscription for each in told.values() if each.subscription], pull, now)
    return rows


def _keep(news: News, subscriptions: Sequence[Subscription], pull: UUID, now: datetime) -> int:
    if not subscriptions:
        return 0
    # An earlier page of the same download may be there. Held, because the sweep may be writing its mail this moment.
    same = {"pull": pull, "topic": news.topic, "cart_id": news.scope.cart_id}
    held = Notice.objects.select_for_update().filter(
        subscription__in=[subscription.pk for subscription in subscriptions], **same
    )
    earlier = {notice.subscription_id: notice for notice in held.order_by("pk")}
    items, count = _most_urgent(news.items), len(news.items)
    for notice in earlier.values():
        all_items = _most_urgent([*map(NewsItem.of_row, notice.items), *news.items])
        Notice.objects.filter(pk=notice.pk).update(items=all_items, count=F("count") + count)
    Notice.objects.bulk_create(
        Notice(
            organization_id=news.scope.organization_id,
            subscription=subscription,
            heading=news.heading[:250],
            path=news.path,
            items=items,
            count=count,
            at=now,
            **same,
        )
        for subscription in subscriptions
        if subscription.pk not in earlier
    )
    return len(subscriptions)


def _most_urgent(items: Iterable[NewsItem]) -> list[list[str]]:
    """Return those that are listed, as rows keep them."""
    return [item.kept for item in sorted(items, key=_due)[:LISTED]]


def _due(item: NewsItem) -> datetime:
    return item.due or datetime.max.replace(tzinfo=UTC)


# -- Notices become mail ---------------------------------------------------------------------------------------------
def write_notices(*, now: datetime) -> int:
    """Owe the mails of subscriptions that were told of nothing for a while. Returns how many mails were written."""
    gathered = Notice.objects.filter(subscription=OuterRef("pk"), at__lte=now - GATHER)
    rested = Q(noticed_at=None) | Q(noticed_at__lte=now - EVERY)
    at_once = Q(rhythm=Rhythm.NOW) & Exists(gathered) | Q(rhythm=Rhythm.URGENT) & Exists(
        gathered.filter(topic__in=HASTY)
    )
    rhythm = Coalesce(Subquery(preferences.of_subscription().values("rhythm")[:1]), Value(Rhythm.NOW.value))
    ready = Subscription.objects.annotate(rhythm=rhythm).filter(rested, at_once).select_related("user", "organization")
    ready = ready.annotate(belongs=recipients.belongs()).order_by(F("noticed_at").asc(nulls_first=True), "pk")
    return sum(_write(subscription, now) for subscription in list(ready[:PAGE]))


def _write(subscription: Subscription, now: datetime) -> int:
    with transaction.atomic(durable=True):
        same = Subscription.objects.filter(pk=subscription.pk, noticed_at=subscription.noticed_at)
        if not same.update(noticed_at=now):
            return 0  # another worker was quicker
        held = Notice.objects.select_for_update(of=("self",)).filter(subscription=subscription)
        if getattr(subscription, "rhythm", Rhythm.NOW) == Rhythm.URGENT:
            held = held.filter(topic__in=HASTY)  # the rest waits for the digest
        notices = list(held.select_related("organization").order_by("pk"))
        Notice.objects.filter(pk__in=[notice.pk for notice in notices]).delete()
        notices = [notice for notice in notices if _still_wants(subscription, Topic(notice.topic))]
        if notices:
            reader = Addressee(subscription.email, subscription)
            outbox.owe_to(reader, subscription.organization, _letter(notices, reader), now=now)
    return len(notices[:1])


def _still_wants(subscription: Subscription, topic: Topic) -> bool:
    """Whether it still wants, and may know, what was gathered for it."""
    may_know = subscription.user is None or (getattr(subscription, "belongs", False) and subscription.user.is_active)
    return may_know and subscription.stopped_at is None and topic in subscription.topics


# -- What is written -------------------------------------------------------------------------------------------------
def _letter(notices: Sequence[Notice], reader: Addressee) -> MailText:
    created, failed = (sum(each.count for each in notices if each.topic == topic) for topic in CAUSES)
    where = {notice.heading for notice in notices}
    places = dict.fromkeys((notice.topic, notice.cart_id) for notice in sorted(notices, key=_failed_first))
    values = {
        "where": where.pop() if len(where) == 1 else "",
        "created": created,
        "failed": failed,
        "parts": [_part([each for each in notices if (each.topic, each.cart_id) == place], reader) for place in places],
    }
    return MailText("alerts/orders", CAUSES[Topic.FAILED if failed else Topic.CREATED], values)


def _failed_first(notice: Notice) -> bool:
    return notice.topic != Topic.FAILED


def _part(notices: Sequence[Notice], reader: Addressee) -> dict[str, Any]:
    """What happened on one cart, for the template. Who has no account here gets no page that asks for one."""
    last, count = notices[-1], sum(notice.count for notice in notices)
    kept = [NewsItem.of_row(row) for notice in notices for row in notice.items]
    zone = last.organization.zone
    items = [item.told(zone) for item in sorted(kept, key=_due)[:LISTED]]
    return {
        "heading": last.heading,
        "failed": last.topic == Topic.FAILED,
        "count": count,
        "items": items,
        "more": count - len(items),
        "path": "" if reader.is_outside else last.path,
    }
