"""Parting with a cart, for a while or for good. What is owed is shown before and after."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from carts import lifecycle
from carts.lookup import find_cart
from carts.models import Cart
from carts.setup_links import sent_links
from core.accounts.access import Ability
from core.accounts.doors import door, person_of
from core.common import clock
from integration_manager.portal.order_list.order_search import address
from inventory.models import StockUpdate
from orders.models import Order, OrderStatus
from orders.statuses import NOT_AT_WAREHOUSE
from shipping.models import Cancellation, Confirmation

VERBS = ("GET", "HEAD", "POST")
# What may be owed: of one, of many.
ORDERS = ("order", "orders")
SHIPPED_PACKAGES = ("shipped package", "shipped packages")
CANCELLATIONS = ("cancellation", "cancellations")
STOCK_NUMBERS = ("stock number", "stock numbers")


@dataclass(frozen=True, slots=True)
class Owed:
    """Something a cart still owes, or is owed: how much, and where it is to be seen."""

    number: int
    of: tuple[str, str]  # one, many
    what: str
    url: str

    def __str__(self) -> str:
        return f"{self.number} {ngettext(*self.of, self.number)} {self.what}"


def owed(cart: Cart) -> list[Owed]:
    """Return what waits while the cart is not connected; what there is none of is left out."""
    orders = Order.objects.filter(cart=cart)
    confirmations = Confirmation.objects.filter(cart=cart).unfinished()
    cancellations = Cancellation.objects.filter(cart=cart).owed()
    updates = StockUpdate.objects.of_cart(cart).undropped().untold()
    before, there = orders.filter(status__in=NOT_AT_WAREHOUSE), orders.filter(status=OrderStatus.AT_WMS)
    found = [
        Owed(before.count(), ORDERS, "not with the warehouse yet", _orders(cart, "all")),
        Owed(there.count(), ORDERS, "at the warehouse", _orders(cart, "wms")),
        Owed(confirmations.count(), SHIPPED_PACKAGES, "with tracking to send", _orders(cart, "shipped")),
        Owed(cancellations.count(), CANCELLATIONS, "to send", _orders(cart, "attention")),
        Owed(updates.count(), STOCK_NUMBERS, "to send", reverse("inventory:cart", args=[cart.pk])),
    ]
    return [each for each in found if each.number]


def _orders(cart: Cart, tab: str) -> str:
    return address({"tab": tab, "cart": str(cart.pk)})


@require_http_methods(VERBS)
@door(Ability.CONNECT)
def disconnect(request: HttpRequest, cart_id: int) -> HttpResponse:
    cart = find_cart(request, cart_id)
    if request.method != "POST":
        return _ask(request, cart, "portal/cart_setup/disconnect.html", allowed=lifecycle.MAY_DISCONNECT)
    if _part(request, cart, lifecycle.disconnect):
        messages.warning(request, f"{cart} is disconnected. Everything unfinished waits until it is connected again.")
    else:
        messages.info(request, f"{cart} was not connected, so nothing was changed.")
    return HttpResponseRedirect(cart.get_absolute_url())


@require_http_methods(VERBS)
@door(Ability.CONNECT)
def archive(request: HttpRequest, cart_id: int) -> HttpResponse:
    cart = find_cart(request, cart_id)
    if request.method != "POST":
        return _ask(request, cart, "portal/cart_setup/archive.html", allowed=lifecycle.MAY_ARCHIVE)
    if _part(request, cart, lifecycle.archive):
        sent_links.revoke(cart, by=person_of(request), now=clock.now())  # it would connect nothing any more: say so
        messages.success(request, f"{cart} is archived. You find it under Archived, with all its orders.")
        return HttpResponseRedirect(reverse("carts:carts"))
    if cart.state == Cart.State.ARCHIVED:
        messages.info(request, f"{cart} is already archived.")
    else:
        messages.error(request, f"{cart} is live. Pause or disconnect it first.")
    return HttpResponseRedirect(cart.get_absolute_url())


def _part(request: HttpRequest, cart: Cart, verb: Callable[..., bool]) -> bool:
    return verb(cart, by=person_of(request), now=clock.now())


def _ask(request: HttpRequest, cart: Cart, template: str, *, allowed: tuple[Cart.State, ...]) -> HttpResponse:
    """Show what is owed before it is done. Where it cannot be done any more, the cart's page says how it stands."""
    if cart.state not in allowed:
        return HttpResponseRedirect(cart.get_absolute_url())
    sharing = Cart.objects.filter(grant=cart.grant_id or 0).exclude(pk=cart.pk).exclude(state__in=lifecycle.GONE)
    context = {"cart": cart, "owed": owed(cart), "shared": sharing.exists()}
    return render(request, template, context)
