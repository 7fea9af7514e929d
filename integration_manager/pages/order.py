"""One order: what is wrong with it, how far it is, what it holds, and what happened."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from integration_manager.accounts.access import Ability, Access, access_of, door
from integration_manager.accounts.models import User
from integration_manager.activity.words import history
from integration_manager.lib import clock
from integration_manager.lib.vault import Unopenable
from integration_manager.pages import canceling
from integration_manager.pages.explaining import parceled, problem_of, steps_of
from integration_manager.pages.looking import look_at
from orders import holding
from orders.models import Line, Order, OrderStatus
from shipping import resending
from shipping.models import Package, PackageLine, Release
from shipping.tracking import packed_units

AWAITED = "Amazon gives the address when the order is released."


def find_order(request: HttpRequest, order_id: int) -> Order:
    """Return the order if the person may see it. For all others there is none."""
    access = access_of(request)
    orders = Order.objects.visible_to(access).select_related("cart", "merchant", "recipient")
    found: Order = get_object_or_404(orders, pk=order_id)
    return found


# -- Looking ---------------------------------------------------------------------------------------------------------
@door(Ability.LOOK)
@require_safe
def show(request: HttpRequest, order_id: int) -> HttpResponse:
    access = access_of(request)
    order = find_order(request, order_id)
    now = clock.now()
    release = Release.objects.filter(order=order).select_related("warehouse", "ship_method").first()
    packages, lines = _packages(order), _lines(order)
    context = {
        "crumbs": [("Orders", reverse("orders:orders"))],
        "order": order,
        "problem": canceling.problem_of(order, access) or problem_of(order, access),
        "steps": steps_of(order, release, packages, now=now, zone=access.organization.zone),
        "lines": lines,
        "rest": _rest(order, [row["line"] for row in lines]),
        "packages": [parceled(package) for package in packages],
        "release": release,
        "shipped_with": ", ".join(dict.fromkeys(f"{each.carrier} {each.service}" for each in packages)),
        "overdue": order.status in (OrderStatus.NEW, OrderStatus.HELD, OrderStatus.AT_WMS, OrderStatus.ERROR)
        and bool(order.ship_by and order.ship_by < now),
        "recipient": _recipient(request, order, access),
        "may_ship": access.may(Ability.SHIP),
        "can_hold": order.status == OrderStatus.NEW,
        "can_ship": order.status == OrderStatus.AT_WMS,
        "can_cancel": canceling.can_cancel(order, access),
        "history": history("order", order.pk, order.organization_id),
    }
    return render(request, "orders/order.html", context)


def _packages(order: Order) -> list[Package]:
    packed = Prefetch("lines", PackageLine.objects.select_related("line").order_by("pk"))
    found = Package.objects.filter(order=order).select_related("shipment__by", "confirmation").prefetch_related(packed)
    return list(found.order_by("number"))


def _lines(order: Order) -> list[dict[str, Any]]:
    """The order's lines; shipped is what we packed, or what the marketplace counts when that is more."""
    packed = packed_units(order)
    lines = order.lines.order_by("pk")
    return [{"line": line, "shipped": max(line.fulfilled_there, packed.get(line.pk, 0))} for line in lines]


def _rest(order: Order, lines: Sequence[Line]) -> Decimal | None:
    """Return what the total holds beside the prices of the units. None when nothing, or when it cannot be told."""
    prices = [line.unit_price * line.wanted for line in lines if line.unit_price is not None]
    same_currency = {line.currency for line in lines} == {order.currency}
    if order.total is None or len(prices) < len(lines) or not same_currency or not sum(prices):
        return None
    return (order.total - sum(prices)) or None


def _recipient(request: HttpRequest, order: Order, access: Access) -> dict[str, Any]:
    """What the page shows of the recipient: everything, or that it is hidden, erased, missing or unreadable."""
    recipient, pending = getattr(order, "recipient", None), order.status == OrderStatus.PENDING
    if recipient is None:
        return {"note": AWAITED if pending else "The cart sent no recipient."}
    if recipient.erased_at:
        return {"note": "Erased, as the marketplace asks for.", "country": recipient.country}
    if not access.may(Ability.SEE_BUYERS):
        note = "Your role does not see buyers' names and addresses."
        return {"note": note, "hidden": True, "country": recipient.country}
    assert isinstance(request.user, User)
    try:
        address, buyer = look_at(recipient, by=request.user, now=clock.now())
    except Unopenable:
        return {"note": "It cannot be opened: the key it was sealed with is not here.", "country": recipient.country}
    if address is None:
        return {"note": AWAITED if pending else "The cart sent no address.", "buyer": buyer}
    return {"address": address, "buyer": buyer}


# -- Doing -----------------------------------------------------------------------------------------------------------
@door(Ability.SHIP)
@require_POST
def hold(request: HttpRequest, order_id: int) -> HttpResponse:
    order = find_order(request, order_id)
    assert isinstance(request.user, User)
    if holding.hold(order, by=request.user, now=clock.now()):
        messages.success(request, "Held. It stays here until somebody releases it.")
    else:
        messages.warning(request, "It is too late to hold it here: ask the warehouse to stop it.")
    return redirect(order)


@door(Ability.SHIP)
@require_POST
def let_go(request: HttpRequest, order_id: int) -> HttpResponse:
    order = find_order(request, order_id)
    assert isinstance(request.user, User)
    if holding.let_go(order, by=request.user, now=clock.now()):
        messages.success(request, "Released. The warehouse gets it within a minute.")
    else:
        messages.warning(request, "It was not released: it is not held any more, or it could not be read.")
    return redirect(order)


@door(Ability.SHIP)
@require_POST
def send_again(request: HttpRequest, order_id: int) -> HttpResponse:
    order = find_order(request, order_id)
    assert isinstance(request.user, User)
    if resending.send_again(order, by=request.user, now=clock.now()):
        messages.success(request, "On its way again. If it is refused again, this page and an alert will say why.")
    else:
        messages.warning(request, "There is nothing to send again: nothing of it was refused.")
    return redirect(order)
