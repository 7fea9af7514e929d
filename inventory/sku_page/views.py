"""Doors of one SKU in one warehouse."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from carts import presses
from carts.models import Cart, Listing
from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.activity.event_log import record
from core.common import clock
from core.ui.request_values import read_number
from inventory import affected_carts, stock_table
from inventory.models import StockLevel
from inventory.publish import owed_numbers
from inventory.sku_page.forms import OneCountForm, SafetyForm
from inventory.sku_page.stock_history import SHOWN, history
from inventory.stock_count import StockCount, take_stock
from shipping.items.item_names import ItemNames


@require_http_methods(["GET", "HEAD", "POST"])
@door(Ability.LOOK)
def level(request: HttpRequest, level_id: int) -> HttpResponse:
    found = _level(request, level_id)
    return _count(request, found) if request.method == "POST" else _page(request, found)


@door(Ability.COUNT)
def _count(request: HttpRequest, found: StockLevel) -> HttpResponse:
    """Keep what was counted, with the reason."""
    form = OneCountForm(request.POST)
    if not found.warehouse.system.keeps_count or not form.is_valid():
        return _page(request, found, form=form)
    said = form.cleaned_data
    counted = StockCount(found, said["on_hand"], read_number(said["seen"]), said["reason"])
    taken = take_stock([counted], by=person_of(request), now=clock.now())
    if moved := taken.moved.get(found.pk):
        form.add_error("on_hand", moved)
        return _page(request, found, form=form)
    affected_carts.ring(taken.carts, now=clock.now())
    messages.success(request, f"{found.sku} was counted." if taken.kept else "Nothing was changed.")
    return HttpResponseRedirect(reverse("inventory:level", args=[found.pk]))


@require_POST
@door(Ability.COUNT)
def safety(request: HttpRequest, level_id: int) -> HttpResponse:
    """Keep how many are kept back."""
    found = _level(request, level_id)
    form = SafetyForm(request.POST)
    if not form.is_valid():
        return _page(request, found, safety_form=form)
    kept = form.cleaned_data["safety"]
    if StockLevel.objects.filter(pk=found.pk).exclude(safety=kept).update(safety=kept):
        record("stock.safety", found, now=clock.now(), actor=person_of(request), sku=found.sku, to=kept)
        affected_carts.tell(found.warehouse, found.merchant_id, now=clock.now())
    messages.success(request, f"Safety stock of {found.sku}: {kept}.")
    return HttpResponseRedirect(reverse("inventory:level", args=[found.pk]))


@require_POST
@door(Ability.CONNECT)
def push(request: HttpRequest, level_id: int) -> HttpResponse:
    """Send what its offers show now, once more, though nothing changed."""
    found, now = _level(request, level_id), clock.now()
    if (past := presses.press("push", found, now=now)) is not None:
        messages.info(request, f"It was sent {presses.ago(past)}. Press again {presses.wait(past)}.")
    elif carts := affected_carts.carts_to_tell(found.warehouse, found.merchant_id):
        names = ItemNames.behind([found.merchant_id], [found.sku])
        owed_numbers.owe_once_more([cart.grant_id for cart in carts], [found.sku, *names.names], now=now)
        affected_carts.ring(carts, now=now)
        messages.success(request, f"{found.sku} is being sent. Check again in a minute.")
    else:
        messages.info(request, "No live cart with inventory upload sells from this warehouse.")
    return HttpResponseRedirect(reverse("inventory:level", args=[found.pk]))


def _level(request: HttpRequest, level_id: int) -> StockLevel:
    levels = StockLevel.objects.visible_to(access_of(request)).select_related("warehouse", "merchant")
    found: StockLevel = get_object_or_404(levels, pk=level_id)
    return found


def _page(
    request: HttpRequest,
    found: StockLevel,
    *,
    form: OneCountForm | None = None,
    safety_form: SafetyForm | None = None,
) -> HttpResponse:
    [row] = stock_table.stock_rows([found], now=clock.now())
    names = ItemNames.behind([found.merchant_id], [found.sku])
    listings = Listing.objects.visible_to(access_of(request)).exclude(cart__state=Cart.State.ARCHIVED)
    offered = listings.filter(merchant=found.merchant_id, sku__in={found.sku, *names.names})
    past = history(found, [found.sku, *names.names])
    may_count = access_of(request).may(Ability.COUNT)
    context = {
        "level": found,
        "row": row,
        "crumbs": [("Inventory", f"{reverse('inventory:inventory')}?merchant={found.merchant_id}")],
        "names": [(name, names.is_kit(merchant_id, name)) for merchant_id, name in [*names.aliases, *names.kits]],
        "listings": offered.select_related("cart").order_by("sku", "pk")[:SHOWN],
        "history": past.observed[:SHOWN],
        "sent": past.sent[:SHOWN],
        "plot": past.plot,
        "may_push": access_of(request).may(Ability.CONNECT),
        "form": form or OneCountForm(initial={"on_hand": row.seen, "seen": row.seen}),
        "safety_form": safety_form or SafetyForm(initial={"safety": found.safety}),
        "may_count": may_count,
        "counted_here": found.warehouse.system.keeps_count,
    }
    return render(request, "inventory/sku_page/level.html", context, status=422 if form or safety_form else 200)
