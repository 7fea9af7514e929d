"""How each service of a cart is doing: what its last run came to, what is owed, and when it runs next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q
from django.utils.translation import ngettext

from carts.models import Cart
from core.activity.models import Event
from integration_manager.portal.cart_setup import last_download
from integration_manager.portal.order_list.order_search import address
from inventory.models import StockUpdate
from orders.models import Order, OrderStatus
from shipping.models import Confirmation

RECENT = 20_000  # packages, of everybody, among which the last one told is looked for
WELL, OFF, WAITS = ("Working", "good"), ("Turned off", "calm"), ("Waits for the seller", "bad")
NOT_AT_WORK = ("Not running", "calm")
IDLE = "Nothing is waiting."
REFUSED = OrderStatus.ERROR.value  # and shipped: its tracking was refused


@dataclass(frozen=True, slots=True)
class ServiceHealth:
    """``result`` is a sentence, ``url`` leads to what it is about. Without ``due_at`` it runs as soon as it may."""

    name: str
    state: tuple[str, str]
    result: str
    last_at: datetime | None
    due_at: datetime | None
    url: str = ""
    sends: bool = False  # what waits can be sent at once

    @property
    def runs(self) -> bool:
        return self.state not in (OFF, WAITS, NOT_AT_WORK)


def services(cart: Cart, *, now: datetime) -> Sequence[ServiceHealth]:
    """Return the three services of a cart that went live once. A handful of statements, however much it sold."""
    return [_orders(cart, now), _shipments(cart), _inventory(cart)]


def live_since(cart: Cart) -> datetime | None:
    """Return when it first went live: a pause, or another authorization, begins nothing anew."""
    turned_on = Event.objects.filter(
        organization=cart.organization_id, subject_kind="cart", subject_id=cart.pk, kind="cart.turned_on"
    )
    first: datetime | None = turned_on.order_by("pk").values_list("at", flat=True).first()
    return first or cart.live_at


def _rests(cart: Cart, on: bool) -> tuple[str, str] | None:
    """Why a service doesn't run, whatever it has to do."""
    if cart.state != Cart.State.LIVE:
        return NOT_AT_WORK
    if not on:
        return OFF
    return None if cart.is_authorized else WAITS


def _orders(cart: Cart, now: datetime) -> ServiceHealth:
    grant = cart.grant
    pulled = grant.pulled_at if grant and cart.live_at and grant.pulled_at and grant.pulled_at >= cart.live_at else None
    shown = last_download.of(cart, now=now)
    state = _rests(cart, cart.orders_on) or (shown.state if shown else ("Queued", "busy"))
    if shown is None:
        return ServiceHealth("Order download", state, "", pulled, cart.orders_due_at)
    return ServiceHealth("Order download", state, shown.words, pulled, cart.orders_due_at, shown.url)


def _shipments(cart: Cart) -> ServiceHealth:
    refused = Order.objects.filter(
        organization=cart.organization_id, cart=cart, status=REFUSED, shipped_at__isnull=False
    ).count()
    owed = (
        Confirmation.objects.filter(cart=cart)
        .owed()
        .aggregate(all=Count("pk"), failing=Count("pk", filter=Q(failing_since__isnull=False)))
    )
    newest = Confirmation.objects.aggregate(Max("pk"))["pk__max"] or 0
    recent = Confirmation.objects.filter(pk__gt=newest - RECENT, cart=cart).done()
    told_at = recent.aggregate(Max("confirmed_at"))["confirmed_at__max"]
    waiting = ngettext(
        "{count:,} package is waiting to be told.", "{count:,} packages are waiting to be told.", owed["all"]
    ).format(count=owed["all"])
    words, url = waiting if owed["all"] else IDLE, ""
    if refused:
        many = ngettext("{count:,} order was refused", "{count:,} orders were refused", refused).format(count=refused)
        words, url = f"{many}. {words}", address({"tab": "all", "cart": str(cart.pk), "status": REFUSED})
    state = _rests(cart, cart.shipments_on) or _state(owed["all"], owed["failing"], refused)
    sends = bool(owed["all"]) and state not in (OFF, WAITS, NOT_AT_WORK)
    return ServiceHealth("Shipment upload", state, words, told_at, cart.shipments_due_at, url, sends)


def _inventory(cart: Cart) -> ServiceHealth:
    updates = StockUpdate.objects.of_cart(cart)
    owed = updates.owed().aggregate(all=Count("pk"), failing=Count("pk", filter=Q(failing_since__isnull=False)))
    stuck = updates.stuck().count()
    told_at: datetime | None = updates.aggregate(Max("told_at"))["told_at__max"]
    waiting = ngettext(
        "{count:,} quantity is waiting to be told.", "{count:,} quantities are waiting to be told.", owed["all"]
    ).format(count=owed["all"])
    words = waiting if owed["all"] else IDLE
    if stuck:
        many = ngettext("{count:,} quantity was refused", "{count:,} quantities were refused", stuck)
        words = f"{many.format(count=stuck)}. {words}"
    state = _rests(cart, cart.inventory_on) or _state(owed["all"], owed["failing"], stuck)
    return ServiceHealth("Inventory upload", state, words, told_at, cart.inventory_due_at)


def _state(owed: int, failing: int, refused: int) -> tuple[str, str]:
    if refused:
        return "Needs attention", "bad"
    if failing:
        return "Failing", "warn"
    return ("Sending", "busy") if owed else WELL
