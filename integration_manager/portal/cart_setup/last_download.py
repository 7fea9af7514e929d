"""How a cart's download stands, as its page follows it: asked for, running, done with what it brought, or failed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q
from django.utils.translation import ngettext

from carts import presses
from carts.marketplaces.values import OrderState
from carts.models import Cart
from core.activity.models import Event
from integration_manager.portal.order_list.order_search import address
from orders.models import Order, OrderStatus
from orders.statuses import SHIPPED_OR_CONFIRMED

RECENT = 20_000  # orders or events, of everybody, among which those of the last download are looked for
SOON = timedelta(minutes=10)  # a download that was asked for and did not begin by then is not waited for


@dataclass(frozen=True, slots=True)
class ShownDownload:
    """A pill, and what came of it in words. ``url`` leads to the orders."""

    state: tuple[str, str]
    words: str
    url: str = ""


def of(cart: Cart, *, now: datetime) -> ShownDownload | None:
    """Return how the last download stands; None for a cart that had none and waits for none."""
    grant = cart.grant
    if grant is None or not cart.is_asked or not cart.orders_on:
        return None
    if grant.pulling_until and grant.pulling_until > now:
        return ShownDownload(("Downloading", "busy"), "Orders are being downloaded now.")
    if _is_queued(cart, now):
        return ShownDownload(("Queued", "busy"), "The download starts within a minute.")
    if cart.is_failing:
        return ShownDownload(("Failing", "warn"), grant.pull_error)
    if grant.pulled_at is None or cart.live_at is None or grant.pulled_at < cart.live_at:
        return None
    return _done(cart, grant.pulled_at)


def _is_queued(cart: Cart, now: datetime) -> bool:
    grant = cart.grant
    asked = presses.pressed_at("download", grant) if grant else None
    if grant is None or asked is None or now - asked > SOON:
        return False
    return all(moment is None or moment < asked for moment in (grant.pulled_at, grant.pull_failed_at))


def _done(cart: Cart, pulled_at: datetime) -> ShownDownload:
    """Return what the last download brought: its orders carry its time, and so does what happened to known ones."""
    newest = Order.objects.aggregate(Max("pk"))["pk__max"] or 0
    mine = Order.objects.filter(pk__gt=newest - RECENT, cart=cart, downloaded_at=pulled_at)
    brought = mine.aggregate(all=Count("pk"), skipped=Count("pk", filter=Q(status=OrderStatus.SKIPPED)))
    known = _known(cart, pulled_at)
    if not brought["all"]:
        words = "No new orders"
    else:
        words = ngettext("{count:,} new order", "{count:,} new orders", brought["all"]).format(count=brought["all"])
        words += f", {brought['skipped']:,} of them skipped" if brought["skipped"] else ""
    told = " ".join(f"{each}." for each in [words, known] if each)
    url = address({"tab": "all", "cart": str(cart.pk)}) if brought["all"] or known else ""
    return ShownDownload(("Done", "good"), told, url)


def _known(cart: Cart, pulled_at: datetime) -> str:
    """Say what it brought of orders that were known, by what became of them.

    Not what needs nobody: orders that nobody here ships, and those of which the marketplace repeats that we shipped.
    """
    newest = Event.objects.aggregate(Max("pk"))["pk__max"] or 0
    changed = Event.objects.filter(pk__gt=newest - RECENT, organization=cart.organization_id, at=pulled_at)
    changed = changed.filter(subject_kind="order", kind="order.changed")
    canceled, held = Q(state_there=OrderState.CANCELED), Q(status=OrderStatus.HELD)
    rest = ~canceled & ~held & ~Q(status__in=(*SHIPPED_OR_CONFIRMED, OrderStatus.SKIPPED))
    counts = Order.objects.filter(cart=cart, pk__in=changed.values("subject_id")).aggregate(
        canceled=Count("pk", filter=canceled), held=Count("pk", filter=held & ~canceled), rest=Count("pk", filter=rest)
    )
    told = (
        (counts["canceled"], ngettext("{count:,} order canceled", "{count:,} orders canceled", counts["canceled"])),
        (counts["held"], ngettext("{count:,} order held", "{count:,} orders held", counts["held"])),
        (counts["rest"], ngettext("{count:,} order changed", "{count:,} orders changed", counts["rest"])),
    )
    return ", ".join(words.format(count=count) for count, words in told if count)
