"""Doors of a cart's Inventory: what it offers, the buttons that tell and read it again, and what people decide."""

from datetime import datetime

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from carts import listings, presses
from carts.lookup import find_cart
from carts.models import Cart, Listing
from carts.tabs import tabs
from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.common import clock
from core.common.bell import Bell
from core.ui.list_page import listing
from core.ui.request_values import read_text
from inventory.models import AccountStock
from inventory.publish import hold, offers, owed_numbers

SORTS = {"sku": "sku", "asin": "asin"}


@require_safe
@door(Ability.LOOK)
def show(request: HttpRequest, cart_id: int) -> HttpResponse:
    cart = find_cart(request, cart_id)
    words = read_text(request.GET)
    rows = Listing.objects.visible_to(access_of(request)).filter(cart=cart).select_related("cart")
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
        "account": AccountStock.objects.filter(grant=cart.grant_id or 0).select_related("deciding_cart").first(),
        "conflict": offers.conflict(cart),
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
        owed_numbers.owe_refused_again(Q(grant=cart.grant_id), now=now)
        _wake(cart, now)
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
        listings.begin_anew(cart)
        owed_numbers.owe_refused_again(Q(grant=cart.grant_id), now=now)
        _wake(cart, now)
        messages.success(request, "The listings are being read. Check again in a minute.")
    return _back(cart)


@require_POST
@door(Ability.CONNECT)
def send_again(request: HttpRequest, cart_id: int) -> HttpResponse:
    """Tell the number of one SKU again, which the marketplace refused."""
    cart = find_cart(request, cart_id)
    now = clock.now()
    sku = request.POST.get("sku", "")
    if owed_numbers.owe_refused_again(Q(grant=cart.grant_id, sku=sku), now=now):
        _wake(cart, now)
        messages.success(request, f"{sku} is being sent again. Check again in a minute.")
    else:
        messages.info(request, "Nothing was changed: that number isn't refused any more.")
    return _back(cart)


@require_POST
@door(Ability.CONNECT)
def let_go(request: HttpRequest, cart_id: int) -> HttpResponse:
    """Send the numbers that the brake holds."""
    cart = find_cart(request, cart_id)
    now = clock.now()
    account = AccountStock.objects.filter(grant=cart.grant_id or 0).first()
    if account is not None and hold.let_go(account, cart, by=person_of(request), now=now):
        _wake(cart, now)
        messages.success(request, "The held quantities are being sent. Check again in a minute.")
    else:
        messages.info(request, "Nothing is held any more.")
    return _back(cart)


@require_POST
@door(Ability.CONNECT)
def decide(request: HttpRequest, cart_id: int) -> HttpResponse:
    """Choose whose number counts where the carts of the seller account want different ones."""
    cart = find_cart(request, cart_id)
    if cart.grant is None:
        messages.info(request, "Nothing was changed: the cart is not connected.")
        return _back(cart)
    asked = request.POST.get("decides", "")
    found = next((each for each in offers.of_account(cart) if str(each.pk) == asked), None)
    now = clock.now()
    hold.decide(hold.account_of(cart.grant), found, about=cart, by=person_of(request), now=now)
    _wake(cart, now)
    said = f"{found}'s quantities are sent" if found else "The lowest quantity is sent"
    messages.success(request, f"{said} where the carts of this seller account differ.")
    return _back(cart)


def _wake(cart: Cart, now: datetime) -> None:
    Cart.objects.filter(pk=cart.pk).update(inventory_due_at=now)
    Bell.PUBLISH.ring(cart_id=cart.pk)


def _back(cart: Cart) -> HttpResponse:
    return HttpResponseRedirect(reverse("inventory:cart", args=[cart.pk]))
