"""The start page: what is due and when, what was shipped, what is wrong, and the carts at a glance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from carts.consent import endings
from carts.consent.browser import came_to_authorize
from carts.setup_links import seller_views
from core.accounts.access import Ability, Access
from core.accounts.doors import access_of, door
from core.accounts.portal_request import PortalRequest
from core.accounts.visible_statements import VisibleStatement
from core.alerts import alert_groups
from core.alerts.models import Alert
from core.alerts.raised import count_open
from core.alerts.views import urgent_first
from core.common import clock
from core.ui.list_page import RowCount
from core.ui.live_pages import follows
from integration_manager.portal import page_versions
from integration_manager.portal.dashboard import (
    account_state,
    due_days,
    first_steps,
    flow,
    open_orders,
    open_work,
    seller_home,
)
from integration_manager.portal.dashboard.open_orders import OpenOrders
from integration_manager.portal.dashboard.shipped_days import shipped_days
from integration_manager.portal.order_list import order_search, tab_counts
from inventory.oversold import shortages
from orders.models import Order
from orders.statuses import TO_BE_SHIPPED, UNFINISHED

ALERTS = 5
CARTS = ACCOUNTS = 20
MERCHANTS = 8
SHORTAGES = 10
COUNTED = ("attention", "new", "wms", "shipped", "confirmed", "canceled", "all")
MOST_URGENT = VisibleStatement(Alert, lambda alerts: urgent_first(alerts)[:ALERTS])
PLACED_AT = VisibleStatement(
    Order,
    lambda orders, moment: (
        orders.filter(status__in=TO_BE_SHIPPED, placed_at=moment).select_related("merchant").order_by("pk")[:1]
    ),
)


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
@follows(page_versions.of_dashboard)
def _dashboard(request: HttpRequest) -> HttpResponse:
    access, now = access_of(request), clock.now()
    if not access.is_of_house:
        return seller_home.show(request)
    counted, flowed = open_orders.count(access, now=now), flow.read(access, now=now)
    carts, more_carts = account_state.carts(access, counted, most=CARTS)
    accounts, cost = account_state.accounts(access, now=now)
    shown = accounts if request.GET.get("accounts") == "all" else accounts[:ACCOUNTS]
    by_merchant = due_days.by_merchant(access, counted)
    states, wrong = _states(access, counted), count_open(access)
    context = {
        "first_steps": first_steps.of(access, is_over=bool(states["confirmed"])),
        "tiles": [_due(counted), _state_tiles(states)],
        "merchants": by_merchant[:MERCHANTS] if len(by_merchant) > 1 else [],
        "more_merchants": len(by_merchant) - MERCHANTS,
        "due_labels": due_days.DAYS.values(),
        "shipped": shipped_days(flowed, now=now, zone=access.organization.zone),
        "flow": flow.of_day(access, flowed, now=now),
        "waiting": open_work.rows(counted),
        "risk_labels": open_work.RISKS,
        "oldest": _oldest(access, counted),
        "alerts": MOST_URGENT.rows(access) if wrong else [],
        "alert_count": wrong,
        "owners": _owners(access) if wrong else [],
        "accounts": shown,
        "more_accounts": len(accounts) - len(shown),
        "cost": cost,
        "carts": carts,
        "more_carts": more_carts,
        "may_connect": access.may(Ability.CONNECT),
    }
    return render(request, "portal/dashboard/dashboard.html", context)


@door(Ability.LOOK)
@require_safe
def oversold(request: HttpRequest) -> HttpResponse:
    """What was sold and is not there: a page of its own, of which the start page fetches the table later."""
    short = shortages(access_of(request), now=clock.now(), most=SHORTAGES)
    return render(request, "portal/dashboard/oversold.html", {"short": short})


def _due(counted: Sequence[OpenOrders]) -> list[Tile]:
    """Return what presses: open orders by the day they are due."""
    return [
        Tile(f"Due {cell.label.lower()}" if cell.label != "Overdue" else cell.label, cell.number, cell.url, cell.tone)
        for cell in due_days.in_all(counted).cells
    ]


def _states(access: Access, counted: Sequence[OpenOrders]) -> dict[str, RowCount]:
    """Return how many orders are where."""
    known: dict[str, int] = {
        status: sum(each.number for each in counted if each.status == status) for status in UNFINISHED
    }
    return tab_counts.count(Order.objects.visible_to(access), access, known=known, of=COUNTED)


def _state_tiles(counts: Mapping[str, RowCount]) -> list[Tile]:
    attention = Tile(
        "Need attention", counts["attention"], _orders(tab="attention"), "bad" if counts["attention"] else ""
    )
    shipped = Tile("Shipped, to be confirmed", counts["shipped"], _orders(tab="shipped"))
    others = [
        Tile(order_search.BY_KEY[key].label, counts[key], _orders(tab=key))
        for key in COUNTED
        if key not in ("attention", "shipped")
    ]
    return [attention, *others[:2], shipped, *others[2:]]


def _oldest(access: Access, counted: Sequence[OpenOrders]) -> Order | None:
    """Return the order that has waited longest to be shipped, found by when it was placed: to look for the first that
    is not done, the database would read the list from its beginning.
    """
    moments = [each.since for each in counted if each.status in TO_BE_SHIPPED]
    if not moments:
        return None
    found: list[Order] = PLACED_AT.rows(access, min(moments))
    return found[0] if found else None


def _orders(**query: str) -> str:
    said = QueryDict(mutable=True)
    said.update(query)
    return f"{reverse('orders:orders')}?{said.urlencode()}"


def _owners(access: Access) -> list[Tile]:
    """Return how many alerts are whose turn, those nobody has to do anything about left out."""
    counted, url = alert_groups.count(access), reverse("alerts:alerts")
    return [
        Tile(owner.label, number, f"{url}?show={owner}", "bad") for owner, number in counted.by_owner.items() if number
    ]
