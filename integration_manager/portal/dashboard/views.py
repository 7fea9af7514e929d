"""The start page: the numbers of the day, what is wrong, and the carts at a glance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from carts.consent import endings
from carts.consent.browser import came_to_authorize
from carts.models import Cart
from carts.setup_links import seller_views
from core.accounts.access import Ability, Access
from core.accounts.doors import access_of, door
from core.accounts.portal_request import PortalRequest
from core.alerts.raised import count_open
from core.alerts.views import open_alerts
from core.common import clock
from core.ui.live_pages import follows
from integration_manager.portal import page_versions
from integration_manager.portal.dashboard import seller_home
from integration_manager.portal.order_list import order_search, tab_counts
from orders.models import Order
from orders.statuses import OPEN

ALERTS = 5
CARTS = 20


@dataclass(frozen=True, slots=True)
class Tile:
    """A number with its link. Colored only when it is not zero and somebody should do something."""

    label: str
    number: int | None
    url: str
    tone: str = ""


@never_cache
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The start page. Amazon leads here, too, who pressed Cancel there: staff, and sellers without an account."""
    if came_to_authorize(request):
        return seller_views.left(request)
    return endings.left(request) or _of_person(request)


@login_required
def _of_person(request: HttpRequest) -> HttpResponse:
    """The dashboard; a person without an organization is told so."""
    if PortalRequest.of(request).access is None:
        return render(request, "portal/dashboard/no_organization.html")
    return _dashboard(request)


@door(Ability.LOOK)
@follows(page_versions.of_orders)
def _dashboard(request: HttpRequest) -> HttpResponse:
    access = access_of(request)
    if not access.is_of_house:
        return seller_home.show(request)
    carts = _carts(access)
    context = {
        "tiles": _tiles(access, now=clock.now()),
        "alerts": open_alerts(access)[:ALERTS],
        "alert_count": count_open(access),
        "carts": carts[:CARTS],
        "more_carts": len(carts) - CARTS,
        "may_connect": access.may(Ability.CONNECT),
    }
    return render(request, "portal/dashboard/dashboard.html", context)


def _tiles(access: Access, *, now: datetime) -> list[list[Tile]]:
    """Return two rows: what presses, then how many orders are where."""
    orders = Order.objects.visible_to(access)
    counts = tab_counts.count(orders, access)
    due = tab_counts.count_due(orders, access, ("overdue", "today"), now=now)
    presses = [
        Tile("Need attention", counts["attention"], _orders(tab="attention"), "bad" if counts["attention"] else ""),
        Tile("Overdue", due["overdue"], _orders(tab="all", due="overdue"), "bad" if due["overdue"] else ""),
        Tile("Due today", due["today"], _orders(tab="all", due="today"), "warn" if due["today"] else ""),
        Tile("Shipped, to be confirmed", counts["shipped"], _orders(tab="shipped")),
    ]
    where = [
        Tile(order_search.BY_KEY[key].label, counts[key], _orders(tab=key))
        for key in ("new", "wms", "confirmed", "canceled", "all")
    ]
    return [presses, where]


def _orders(**query: str) -> str:
    said = QueryDict(mutable=True)
    said.update(query)
    return f"{reverse('orders:orders')}?{said.urlencode()}"


def _carts(access: Access) -> Sequence[Any]:
    """Return the carts, those that are not at work first, with their open orders."""
    carts = Cart.objects.visible_to(access).exclude(state=Cart.State.ARCHIVED).select_related("merchant", "grant")
    open_orders = Count("orders", filter=Q(orders__status__in=OPEN))
    found = list(carts.annotate(open_orders=open_orders).order_by("name", "pk"))
    return sorted(found, key=lambda cart: cart.status[1] != "bad")
