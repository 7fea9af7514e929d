"""Orders held because no routing rule fits them: they flow as soon as one does."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from carts.models import Cart
from core.accounts.models import User
from core.activity.event_log import event, record_all
from core.alerts.models import Alert
from core.alerts.raised import close_alerts
from orders.models import HeldFor, Order, OrderQuerySet, OrderStatus
from shipping.alerts import UNROUTED
from shipping.methods import mapping
from shipping.routing import routes_for
from shipping.routing_rules.placement import BESIDE, place

PAGE = 500


def held() -> OrderQuerySet:
    """Return the orders that are held for want of a warehouse."""
    found: OrderQuerySet = Order.objects.filter(status=OrderStatus.HELD, held_for=HeldFor.UNROUTED)
    return found


def look_again(carts: QuerySet[Cart], *, now: datetime, by: User | None = None) -> int:
    """Ask anew about all of these carts' that are held: stock came in, an address was mended. Returns how many flow."""
    freed = 0
    told = Alert.objects.filter(cause=UNROUTED, closed_at=None).values("cart_id")
    waiting = held().order_by().values("cart")
    for cart in carts.filter(Q(pk__in=waiting) | Q(pk__in=told)).order_by("pk"):
        with transaction.atomic(durable=True):
            mapping.lock_routes([cart.pk])
            freed += flow([cart], now=now, by=by)
    return freed


def flow(carts: Collection[Cart], *, now: datetime, by: User | None = None) -> int:
    """Let those flow that have a warehouse by now. In the commit of a caller that has locked the routes."""
    waiting = held().filter(cart__in=carts)
    routes = routes_for(Cart.objects.filter(pk__in=waiting.order_by().values("cart")))
    freed = after = 0
    while page := list(waiting.filter(pk__gt=after).all_locked().prefetch_related(*BESIDE)[:PAGE]):
        after = page[-1].pk
        placements = place(page, routes, now=now)
        free = [order for order in page if placements[order.pk].warehouse is not None]
        mine = waiting.filter(pk__in=[order.pk for order in free])
        freed += mine.move(frm=[OrderStatus.HELD], to=OrderStatus.NEW, now=now)
        record_all(event("order.warehouse_found", order, now=now, actor=by) for order in free)
    still = set(waiting.order_by().values_list("cart", flat=True))
    for cart in carts:
        if cart.pk not in still:
            close_alerts(cart, UNROUTED, now=now)
    return freed
