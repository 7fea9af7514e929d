"""What an open Ship and Close is told: which of its orders can't be shipped any more, which changed, and as of when.

No order is asked for at its marketplace before it ships. What is known of all of them is brought up to date instead, by
one request for each seller's account, when the page opens and at the press of a button.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from carts import lifecycle
from carts.models import Cart
from core.accounts.access import Ability
from core.accounts.doors import access_of, door
from core.alerts.models import Alert
from core.alerts.raised import version_of
from core.ui import live_pages
from core.ui.live_pages import follows
from orders.alerts import DIFFERS, PARTLY_CANCELED, PARTLY_SHIPPED
from orders.models import Order, OrderStatus
from shipping.close import shippable

FOLLOWED = 400  # rows whose numbers a header holds (core/ui/live_pages.py); the others are named when they are sent
SHOWN = 10  # orders of one kind of news
OLD = timedelta(minutes=10)  # two looks for each opening: a day's work stays below the twenty an hour Amazon allows
CHANGES = (PARTLY_CANCELED, PARTLY_SHIPPED, DIFFERS)


@dataclass(frozen=True, slots=True)
class News:
    gone: Sequence[tuple[Order, str]]  # each with why it can't be shipped any more
    changed: Sequence[str]  # sentences
    known_until: datetime | None  # what the marketplaces changed before is known here
    asked: str = ""  # what came of asking them now

    @property
    def gone_shown(self) -> Sequence[tuple[Order, str]]:
        return self.gone[:SHOWN]

    @property
    def more_gone(self) -> int:
        return max(0, len(self.gone) - SHOWN)


def news_of(orders: Sequence[Order], *, asked: str = "") -> News:
    """Return what is new about orders as they are now: a few statements, however many there are."""
    gone = [(order, _fully(order, why)) for order, why in shippable.left_out(orders)]
    here = {order.pk for order in orders} - {order.pk for order, _ in gone}
    changed = Alert.objects.filter(subject_kind="order", subject_id__in=here, closed_at=None, cause__in=CHANGES)
    told = list(changed.order_by("pk").values_list("message", flat=True)[:SHOWN])
    seen = [cart.orders_seen_until for cart in _asked_carts(orders) if cart.orders_seen_until]
    return News(gone, told, min(seen, default=None), asked)


def _fully(order: Order, why: str) -> str:
    """Return why it can't be shipped, with what its status does not say."""
    return f"{why}: {order.reason}" if order.reason and order.status != OrderStatus.CANCELED else why


def ask_where_old(orders: Collection[Order], *, now: datetime) -> None:
    """Have the accounts of these orders looked at where that was not done lately. Nobody waits for it."""
    _ask([cart for cart in _asked_carts(orders) if _is_old(cart, now)], now=now)


def ask(orders: Collection[Order], *, now: datetime) -> str:
    """Have them looked at now. Returns what to say about it."""
    carts = _asked_carts(orders)
    began, why_not = _ask(carts, now=now)
    if not carts or (why_not and not began):
        return why_not or "Nothing can be downloaded: the orders' carts are not live, or their clients push the orders."
    accounts = ngettext("{count} account is", "{count} accounts are", began).format(count=began)
    return f"{accounts} being looked at now. What changed is shown here, or named when you ship."


def _ask(carts: Sequence[Cart], *, now: datetime) -> tuple[int, str]:
    """Return of how many accounts the download begins, and why that of one does not. One look serves all its carts."""
    began, why_not = 0, ""
    for cart in {cart.grant_id: cart for cart in carts}.values():
        try:
            lifecycle.download(cart, now=now)
        except (lifecycle.NotReady, lifecycle.Resting) as error:
            why_not = str(error)
        else:
            began += 1
    return began, why_not


def _asked_carts(orders: Collection[Order]) -> list[Cart]:
    found = Cart.objects.asked().filter(pk__in={order.cart_id for order in orders}, orders_on=True)
    return list(found.select_related("grant").order_by("pk"))


def _is_old(cart: Cart, now: datetime) -> bool:
    """Whether it was looked at, and long ago. One that never was is about to be."""
    return cart.grant is not None and cart.grant.pulled_at is not None and now - cart.grant.pulled_at > OLD


# -- The page that is open ---------------------------------------------------------------------------------------------
def _version(request: HttpRequest) -> tuple[object, ...]:
    access = access_of(request)
    orders = Order.objects.visible_to(access).filter(pk__in=live_pages.shown(request))
    stands = tuple(orders.order_by("pk").values_list("pk", "status", "touched_at"))
    seen = orders.order_by().values_list("cart__orders_seen_until", flat=True).distinct()
    return (*stands, *sorted(seen, key=str), *version_of(access))


@door(Ability.SHIP)
@require_safe
@follows(_version)
def close_news(request: HttpRequest) -> HttpResponse:
    """What is new about the orders in view. No page leads here: static/live.js asks for it."""
    found = Order.objects.visible_to(access_of(request)).in_bulk(live_pages.shown(request))
    orders = [found[pk] for pk in live_pages.shown(request) if pk in found]
    return render(request, "shipping/close/live.html", {"news": news_of(orders)})
