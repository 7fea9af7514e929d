"""The start page: what is due and when, what was shipped, what is wrong, and the carts at a glance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, QuerySet
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
from integration_manager.portal.dashboard import due_days, seller_home
from integration_manager.portal.dashboard.shipped_days import ShippedDays, shipped_days
from integration_manager.portal.order_list import order_search, tab_counts
from inventory.oversold import shortages
from orders.models import Order
from orders.statuses import OPEN, TO_BE_SHIPPED

ALERTS = 5
CARTS = 20
MERCHANTS = 8
SHORTAGES = 10


@dataclass(frozen=True, slots=True)
class Tile:
    """A number with its link. Colored only when it is not zero and somebody should do something."""

    label: str
    number: int | None
    url: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """A number of today, and what it was yesterday at this time."""

    label: str
    today: int
    yesterday: int


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
    access, now = access_of(request), clock.now()
    if not access.is_of_house:
        return seller_home.show(request)
    carts, shipped = _carts(access), shipped_days(access, now=now)
    by_merchant = due_days.divided(access, "merchant", now=now)
    context = {
        "tiles": [_due(access, now=now), _states(access)],
        "merchants": by_merchant[:MERCHANTS] if len(by_merchant) > 1 else [],
        "more_merchants": len(by_merchant) - MERCHANTS,
        "due_labels": due_days.DAYS.values(),
        "shipped": shipped,
        "news": _news(access, shipped, now=now),
        "oldest": _oldest(access),
        "alerts": open_alerts(access)[:ALERTS],
        "alert_count": count_open(access),
        "carts": carts[:CARTS],
        "more_carts": len(carts) - CARTS,
        "may_connect": access.may(Ability.CONNECT),
    }
    return render(request, "portal/dashboard/dashboard.html", context)


@door(Ability.LOOK)
@require_safe
def oversold(request: HttpRequest) -> HttpResponse:
    """What was sold and is not there: a page of its own, of which the start page fetches the table later."""
    short = shortages(access_of(request), now=clock.now(), most=SHORTAGES)
    return render(request, "portal/dashboard/oversold.html", {"short": short})


def _due(access: Access, *, now: datetime) -> list[Tile]:
    """Return what presses: open orders by the day they are due."""
    return [
        Tile(f"Due {cell.label.lower()}" if cell.label != "Overdue" else cell.label, cell.number, cell.url, cell.tone)
        for cell in due_days.in_all(access, now=now).cells
    ]


def _states(access: Access) -> list[Tile]:
    """Return how many orders are where."""
    counts = tab_counts.count(Order.objects.visible_to(access), access)
    attention = Tile(
        "Need attention", counts["attention"], _orders(tab="attention"), "bad" if counts["attention"] else ""
    )
    shipped = Tile("Shipped, to be confirmed", counts["shipped"], _orders(tab="shipped"))
    others = [
        Tile(order_search.BY_KEY[key].label, counts[key], _orders(tab=key))
        for key in ("new", "wms", "confirmed", "canceled", "all")
    ]
    return [attention, *others[:2], shipped, *others[2:]]


def _news(access: Access, shipped: ShippedDays, *, now: datetime) -> list[Compared]:
    """Return what came and went today, beside yesterday by this time."""
    midnight = datetime.combine(now.astimezone(access.organization.zone).date(), time(), access.organization.zone)
    day = timedelta(days=1)
    placed = Order.objects.visible_to(access).filter(placed_at__gte=midnight - day)
    sums = placed.aggregate(
        today=Count("pk", filter=Q(placed_at__gte=midnight)),
        yesterday=Count("pk", filter=Q(placed_at__lte=now - day)),
    )
    return [
        Compared("Orders placed", sums["today"], sums["yesterday"]),
        Compared("Orders shipped", shipped.today, shipped.by_now_yesterday),
    ]


def _oldest(access: Access) -> Order | None:
    """Return the order that has waited longest to be shipped."""
    waiting: QuerySet[Order] = Order.objects.visible_to(access).filter(status__in=TO_BE_SHIPPED)
    return waiting.select_related("merchant").order_by("placed_at", "pk").first()


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
