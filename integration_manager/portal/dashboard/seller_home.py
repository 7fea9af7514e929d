"""A seller's start page: what they have to do, their orders, their stock, and their connections to marketplaces."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from carts.models import Cart
from core.accounts.access import Access
from core.accounts.doors import access_of
from core.accounts.models import Merchant
from core.alerts.views import open_alerts, told_to
from core.common import clock
from integration_manager.portal.dashboard import open_orders, open_work
from integration_manager.portal.dashboard.open_work import WaitingRow
from integration_manager.portal.dashboard.ship_by_board import AMAZON, SELLER
from integration_manager.portal.order_list import order_search, tab_counts
from inventory.models import StockLevel
from orders.models import Order
from orders.statuses import TO_BE_SHIPPED

ALERTS = 5
NEXT = 8  # orders that leave next
SOON = timedelta(days=30)  # before an authorization expires


@dataclass(frozen=True, slots=True)
class Connection:
    """A seller's account on one marketplace, and whether they have to authorize the warehouse (again)."""

    cart: Cart
    now: datetime

    @property
    def expires_at(self) -> datetime | None:
        return self.cart.grant.lapses_at if self.cart.grant and self.cart.is_authorized else None

    @property
    def needs_grant(self) -> bool:
        if self.cart.is_pushed:
            return False
        return self.expires_at is None or self.expires_at - self.now < SOON

    @property
    def what(self) -> str:
        """What the seller has to do, in a sentence."""
        place = self.cart.place.name
        if self.expires_at is not None:
            return f"Your authorization for {place} expires soon."
        if self.cart.grant is not None:
            return f"Your authorization for {place} has ended. Orders and tracking wait; nothing is lost."
        return f"{place} is not connected yet."


@dataclass(frozen=True, slots=True)
class Number:
    label: str
    number: int
    url: str


def show(request: HttpRequest) -> HttpResponse:
    """Answer with the page. Its caller is a door."""
    access = access_of(request)
    connections, merchant = _connections(access), Merchant.objects.visible_to(access).first()
    leaves = merchant is not None and merchant.leaves_at is not None  # and need not authorize anything
    context = {
        "merchant": merchant,
        "organization": access.organization,
        "asked": [each for each in connections if each.needs_grant and not leaves],
        "connections": connections,
        "numbers": numbers(access),
        "next_orders": leaving_next(access),
        "waiting": waiting(access, now=clock.now()),
        "alerts": told_to(access, open_alerts(access)[:ALERTS]),
        "stock": stock(access),
    }
    return render(request, "portal/dashboard/seller_home.html", context)


def waiting(access: Access, *, now: datetime) -> list[WaitingRow]:
    """Return where orders wait, and whose turn it is, as the seller sees it."""
    turns = {SELLER: "You", AMAZON: "The marketplace"}
    found = open_work.rows(open_orders.count(access, now=now))
    return [replace(row, who=turns.get(row.who, access.organization.name)) for row in found]


def leaving_next(access: Access) -> "QuerySet[Order]":
    waiting: QuerySet[Order] = Order.objects.visible_to(access).filter(status__in=TO_BE_SHIPPED).select_related("cart")
    return waiting.order_by(F("ship_by").asc(nulls_last=True), "pk")[:NEXT]


def _connections(access: Access) -> list[Connection]:
    carts = Cart.objects.visible_to(access).exclude(state=Cart.State.ARCHIVED).select_related("grant", "merchant")
    return [Connection(cart, clock.now()) for cart in carts.order_by("name", "pk")]


def numbers(access: Access) -> list[Number]:
    """Return how many orders are where, in a seller's words."""
    counts = tab_counts.count(Order.objects.visible_to(access), access)
    return [
        Number(label, counts[key], order_search.address({"tab": key}))
        for key, label in (
            ("new", "New"),
            ("wms", "At the warehouse"),
            ("attention", "Held"),
            ("shipped", "Shipped"),
            ("confirmed", "Confirmed"),
            ("canceled", "Canceled"),
        )
    ]


def stock(access: Access) -> dict[str, Any]:
    """How many SKUs there are, and of how many nothing is left or nobody counted."""
    return StockLevel.objects.visible_to(access).aggregate(
        skus=Count("pk"), out=Count("pk", filter=Q(on_hand__lte=0)), uncounted=Count("pk", filter=Q(on_hand=None))
    )
