"""Doors of a cart's Inventory: what it offers, and the buttons that tell it and read it again."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from carts import presses
from carts.lookup import find_cart
from carts.models import Cart, Listing
from carts.tabs import tabs
from core.accounts.access import Ability
from core.accounts.doors import access_of, door
from core.common import clock
from core.common.bell import Bell
from core.ui.list_page import listing
from core.ui.request_values import read_text
from inventory.publish import offers

SORTS = {"sku": "sku", "asin": "asin"}


@require_safe
@door(Ability.LOOK)
def show(request: HttpRequest, cart_id: int) -> HttpResponse:
    cart = find_cart(request, cart_id)
    words = read_text(request.GET)
    rows = Listing.objects.visible_to(access_of(request)).filter(cart=cart).select_related("stock_update")
    if words:
        rows = rows.filter(Q(sku__icontains=words) | Q(asin__istartswith=words) | Q(title__icontains=words))
    page = listing(request, rows, sorts=SORTS, default="sku")
    context = {
        "cart": cart,
        "listing": page,
        "rows": offers.offered(cart, page.rows, now=clock.now()),
        "q": words,
        "live": cart.is_asked,
        "may_connect": access_of(request).may(Ability.CONNECT),
        "tabs": tabs(cart, "inventory:cart"),
    }
    return render(request, "inventory/publish/cart.html", context)


@require_POST
@door(Ability.CONNECT)
def upload(request: HttpRequest, cart_id: int) -> HttpResponse:
    """Tell the cart what changed as soon as a worker is free."""
    cart = find_cart(request, cart_id)
    now = clock.now()
    if not (cart.is_asked and cart.inventory_on):
        messages.error(
            request, f"Nothing is sent to {cart}: it must be live and authorized, with inventory upload turned on."
        )
    elif (past := presses.press("upload", cart, now=now)) is not None:
        # Nothing is lost by it: what changed since is sent when the button has rested.
        Cart.objects.filter(pk=cart.pk).update(inventory_due_at=now + presses.REST - past)
        messages.info(
            request,
            f"Sent {presses.ago(past)}. What has changed since is sent {presses.wait(past)}, automatically.",
        )
    else:
        Cart.objects.filter(pk=cart.pk).update(inventory_due_at=now)
        Bell.PUBLISH.ring(cart_id=cart.pk)
        messages.success(request, "Changes are being sent now. Check again in a minute.")
    return _back(cart)


@require_POST
@door(Ability.CONNECT)
def read(request: HttpRequest, cart_id: int) -> HttpResponse:
    """Read the listings again as soon as a worker is free."""
    cart = find_cart(request, cart_id)
    now = clock.now()
    if not cart.is_asked:
        messages.error(request, f"The listings of {cart} can't be read: it must be live and authorized.")
    elif cart.listed_at and presses.is_resting(cart.listed_at, now=now):
        messages.info(request, f"The listings were read {presses.ago(now - cart.listed_at)}.")
    elif (past := presses.press("read", cart, now=now)) is not None:
        messages.info(request, f"The listings are being read already: that was asked for {presses.ago(past)}.")
    else:
        Cart.objects.filter(pk=cart.pk).update(listed_at=None, inventory_due_at=now)
        Bell.PUBLISH.ring(cart_id=cart.pk)
        messages.success(request, "The listings are being read. Check again in a minute.")
    return _back(cart)


def _back(cart: Cart) -> HttpResponse:
    return HttpResponseRedirect(reverse("inventory:cart", args=[cart.pk]))
