"""The page of a cart whose orders are pushed: what its client needs, and how the cart is doing."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from carts.lifecycle import GONE
from carts.marketplaces import APPLICATIONS
from carts.models import Cart
from carts.tabs import tabs
from core.accounts.access import Ability
from core.accounts.doors import access_of
from core.api.models import ApiKey
from core.common import clock
from integration_manager.portal.cart_setup import closure_views, order_days

SHOWN = 10  # keys, the newest first


def show(request: HttpRequest, cart: Cart, *, made: object = None) -> HttpResponse:
    """Answer with the page. ``made`` is a key that was just made, in full."""
    access, now = access_of(request), clock.now()
    context: dict[str, Any] = {
        "cart": cart,
        "path": not cart.is_set_up,
        "tabs": tabs(cart, "carts:cart"),
        "takes_files": APPLICATIONS[cart.kind].takes_files,
        "takes_calls": APPLICATIONS[cart.kind].takes_calls,
        "owed": closure_views.owed(cart) if cart.state in GONE else [],
        "may_connect": access.may(Ability.CONNECT) and not cart.is_archived,
        "sold": order_days.of_cart(cart, zone=access.organization.zone, now=now) if cart.live_at else None,
        "made": made,
        "now": now,
    }
    if context["takes_calls"] and access.is_of_house:
        context |= {"address": f"{settings.PUBLIC_URL}/v1", "keys": _keys(request, cart, now)}
    return render(request, "portal/cart_setup/pushed.html", context)


def _keys(request: HttpRequest, cart: Cart, now: datetime) -> list[tuple[ApiKey, tuple[str, str]]]:
    """Return the cart's keys with their states, those that ended a while ago left out by number."""
    mine = ApiKey.objects.visible_to(access_of(request)).filter(cart_id=cart.pk).order_by("-made_at", "-pk")
    return [(key, key.status(now)) for key in mine[:SHOWN]]
