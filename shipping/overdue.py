"""What is owed to a cart or a warehouse and does not get there: told long before its deadline, one alert for each.

Other servers that are away are asked again for days, and nothing owed is lost meanwhile; but an order has a ship-by
date. So the sweep looks at what is still owed, whatever the reason, and closes each alert once nothing is late.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import ngettext

from carts.lifecycle import GONE
from carts.models import Cart
from core.alerts.raised import keep_alerts
from core.common import errands
from orders.models import OrderStatus
from shipping.alerts import (
    CANCEL_LATE,
    FEED_STUCK,
    HANDOVER_LATE,
    NOT_COMPARED,
    RECALL_LATE,
    TRACKING_LATE,
    WAREHOUSE_STALE,
)
from shipping.models import (
    Cancellation,
    Confirmation,
    ConfirmationFeed,
    Recall,
    Reconciliation,
    Release,
    Shipment,
    Warehouse,
)
from shipping.shipments.release_parts import counted

FAILING = timedelta(hours=1)  # the other server did nothing we asked for so long
FRESH = timedelta(hours=1)  # what is owed for less has had little time
BY_FEED = timedelta(hours=2)  # so much does a feed need to bring many
OLDEST = timedelta(hours=4)  # nothing is owed for so long without a person knowing
AHEAD = timedelta(hours=6)  # before its deadline
STALE = timedelta(days=1)  # a warehouse with orders that were to leave by now has reported nothing for so long
COMPARED_EVERY = timedelta(days=3)  # three nights in a row without one comparison

Said = tuple[Any, str, str]


def tell(*, now: datetime) -> None:
    """Raise, refresh and close the alerts about everything that is late."""
    keep_alerts(TRACKING_LATE, _tracking(now), now=now)
    keep_alerts(CANCEL_LATE, _cancels(now), now=now)
    keep_alerts(HANDOVER_LATE, _handovers(now), now=now)
    keep_alerts(RECALL_LATE, _recalls(now), now=now)
    keep_alerts(NOT_COMPARED, _comparisons(now), now=now)
    keep_alerts(FEED_STUCK, _feeds(now), now=now)
    keep_alerts(WAREHOUSE_STALE, _stale_warehouses(now), now=now)


def _untried(since: datetime) -> Q:
    """What was owed, or owed anew, after ``since``, and not tried in vain."""
    return Q(attempts=0, last_error="", due_at__gt=since)


# -- To the carts ----------------------------------------------------------------------------------------------------
def _tracking(now: datetime) -> Iterator[Said]:
    untold = Confirmation.objects.owed().exclude(cart__state__in=GONE).exclude(_untried(now - FRESH))
    owed = untold.annotate(made_at=Coalesce("package__corrected_at", "package__shipment__created_at"))
    soon = Q(due_by__lte=now + AHEAD, made_at__lte=now - FRESH)
    carried = Q(feed__state__in=errands.OWED, made_at__gt=now - BY_FEED)
    late = owed.filter(Q(failing_since__lte=now - FAILING) | Q(made_at__lte=now - OLDEST) | soon).exclude(carried)
    standing = late.values("cart").annotate(count=Count("pk"), since=Min("made_at"), due_by=Min("due_by"))
    for cart, each in _of_carts(standing.order_by("cart")):
        packages = ngettext("The tracking of {count} package", "The tracking of {count} packages", each["count"])
        what = (
            f"{packages.format(count=each['count'])} has not reached {cart.place.name}, the oldest since "
            f"{_at(each['since'], cart)}. The earliest ship-by time is {_at(each['due_by'], cart)}."
        )
        why = _why(cart, cart.shipments_on, _last_error(late.filter(cart=cart)))
        remedy = f"It goes out by itself once that is over; if it lasts, confirm the shipments at {cart.place.name}."
        remedy = "" if cart.is_pushed else remedy
        yield cart, f"{cart.merchant}, {cart}: {what} {why}{remedy}", cart.get_absolute_url()


def _cancels(now: datetime) -> Iterator[Said]:
    owed = Cancellation.objects.owed().exclude(cart__state__in=GONE)
    stalled = ~Q(last_error="") & Q(made_at__lte=now - FRESH)
    late = owed.filter(Q(failing_since__lte=now - FAILING) | stalled | Q(made_at__lte=now - 2 * OLDEST))
    standing = late.values("cart").annotate(count=Count("pk"), since=Min("made_at"))
    for cart, each in _of_carts(standing.order_by("cart")):
        cancels = ngettext(
            "{count} cancellation has not reached", "{count} cancellations have not reached", each["count"]
        )
        what = f"{cancels.format(count=each['count'])} {cart.place.name}, the oldest since {_at(each['since'], cart)}."
        why = _why(cart, True, _last_error(late.filter(cart=cart)))
        remedy = f"If it lasts, cancel them at {cart.place.name}."
        yield cart, f"{cart.merchant}, {cart}: {what} {why}{remedy}", cart.get_absolute_url()


def _feeds(now: datetime) -> Iterator[Said]:
    stuck = ConfirmationFeed.objects.owed().filter(submitted_at__lte=now - OLDEST).exclude(cart__state__in=GONE)
    for feed in stuck.select_related("cart__merchant", "cart__organization").order_by("pk"):
        cart = feed.cart
        assert feed.submitted_at is not None
        what = f"{cart.place.name} has not finished the feed of {_at(feed.submitted_at, cart)} with tracking numbers."
        remedy = f"It is looked at again by itself; if it lasts, confirm urgent shipments at {cart.place.name}."
        yield cart, f"{cart.merchant}, {cart}: {what} {remedy}", cart.get_absolute_url()


def _of_carts(standing: Iterable[Any]) -> Iterator[tuple[Cart, dict[str, Any]]]:
    late = {each["cart"]: each for each in standing}
    for cart in Cart.objects.filter(pk__in=late).select_related("merchant", "organization", "grant").order_by("pk"):
        yield cart, late[cart.pk]


def _why(cart: Cart, switched_on: bool, error: str) -> str:
    """Return why nothing goes out, with a blank behind it: the nearest reason, else what the last try met."""
    if cart.state != Cart.State.LIVE:
        return "The cart is paused: resume it. "
    if not cart.is_authorized:
        return "The seller has to authorize us again. "
    if cart.is_pushed:
        return "Its own client fetches them and has not said that it has them: look at that program. "
    if not switched_on:
        return "Uploading shipments is switched off in the cart's settings. "
    return f"{error} " if error else ""


# -- To the warehouses -----------------------------------------------------------------------------------------------
def _handovers(now: datetime) -> Iterator[Said]:
    owed = Release.objects.owed().exclude(_untried(now - FRESH))
    soon = ~Q(last_error="") & Q(order__ship_by__lte=now + AHEAD)
    late = owed.filter(Q(failing_since__lte=now - FAILING) | Q(due_at__lte=now - FRESH) | soon)
    for warehouse, count in _of_warehouses(late):
        orders = ngettext("{count} order has not reached", "{count} orders have not reached", count).format(count=count)
        error = _last_error(late.filter(warehouse=warehouse))
        said = f"{orders} {warehouse}. {error} They go by themselves once that is over. Check the warehouse's system."
        yield warehouse, said, reverse("orders:orders")


def _recalls(now: datetime) -> Iterator[Said]:
    owed = Recall.objects.owed()
    stalled = ~Q(last_error="") & Q(made_at__lte=now - FRESH)
    late = owed.filter(Q(failing_since__lte=now - FAILING) | stalled | Q(made_at__lte=now - OLDEST))
    for warehouse, count in _of_warehouses(late):
        orders = ngettext("{count} canceled order", "{count} canceled orders", count).format(count=count)
        error = _last_error(late.filter(warehouse=warehouse))
        said = f"{warehouse} has not answered about {orders}. {error} Call the warehouse, so that nothing is shipped."
        yield warehouse, said, reverse("orders:orders")


def _of_warehouses(late: "QuerySet[Any]") -> Iterator[tuple[Warehouse, int]]:
    standing = late.order_by().values("warehouse").annotate(count=Count("pk"))
    counts = {each["warehouse"]: each["count"] for each in standing}
    for warehouse in Warehouse.objects.filter(pk__in=counts).order_by("pk"):
        yield warehouse, counts[warehouse.pk]


def _stale_warehouses(now: datetime) -> Iterator[Said]:
    """Warehouses that have orders which were to leave by now, and have shipped nothing at all for a day."""
    late = Release.objects.done().filter(order__status=OrderStatus.AT_WMS, order__ship_by__lte=now)
    late = late.filter(released_at__lte=now - STALE)
    shipped = counted(late.parts()).filter(given__lte=F("packed"))  # others are late with theirs
    for warehouse, count in _of_warehouses(late.exclude(pk__in=shipped.values("pk"))):
        if Shipment.objects.filter(warehouse=warehouse, created_at__gt=now - STALE).exists():
            continue
        orders = ngettext("{count} order is past its", "{count} orders are past their", count).format(count=count)
        said = f"{warehouse} has reported no shipment for a day, and {orders} ship-by time. Call the warehouse."
        yield warehouse, said, warehouse.get_absolute_url()


# -- Comparing -------------------------------------------------------------------------------------------------------
def _comparisons(now: datetime) -> Iterator[Said]:
    """Carts that work and have not been compared for some nights."""
    working = Cart.objects.asked().filter(orders_on=True, live_at__lte=now - COMPARED_EVERY)
    owed = Reconciliation.objects.owed().filter(begun_at__lte=now - COMPARED_EVERY / 3)
    late = working.filter(pk__in=owed.values("cart")).annotate(last=Max("reconciliations__finished_at"))
    late = late.filter(Q(last=None) | Q(last__lte=now - COMPARED_EVERY)).select_related("merchant").order_by("pk")
    for cart in late:
        error = _last_error(owed.filter(cart=cart))
        what = (
            f"{cart.merchant}, {cart}: the nightly comparison with {cart.place.name} has not come to its end for days."
        )
        remedy = "It goes on by itself once that is over; until then, differences are not found."
        yield cart, f"{what} {error} {remedy}", cart.get_absolute_url()


def _last_error(late: "QuerySet[Any]") -> str:
    found = late.exclude(last_error="").order_by("-attempts", "pk").values_list("last_error", flat=True).first()
    return str(found or "")


def _at(moment: datetime, cart: Cart) -> str:
    return f"{moment.astimezone(cart.organization.zone):%Y-%m-%d %H:%M}"
