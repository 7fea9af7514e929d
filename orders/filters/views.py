"""Doors of a cart's filters: which orders are taken, and which items of them go to the warehouse."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from carts.lookup import find_cart
from carts.models import Cart
from carts.tabs import tabs
from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.common import clock
from core.ui.request_values import read_id
from orders.filters import cart_filters
from orders.filters.forms import ItemFilterForm, OrderFilterForm
from orders.filters.order_rules import Rules, rules_of, words_of, words_of_items
from orders.models import ItemFilter, OrderFilter

ROUTE = "orders:filters"


@require_http_methods(["GET", "HEAD", "POST"])
@door(Ability.LOOK)
def filters(request: HttpRequest, cart_id: int) -> HttpResponse:
    cart = find_cart(request, cart_id)
    return _change(request, cart) if request.method == "POST" else _page(request, cart)


@door(Ability.CONNECT)
def _change(request: HttpRequest, cart: Cart) -> HttpResponse:
    """Do what the form's button says."""
    change = {
        "keep": _keep,
        "try": _try,
        "remove": _remove,
        "list": _list_items,
        "try_items": _try_items,
        "take_all": _take_all_items,
    }.get(request.POST.get("action", ""))
    if change is None:
        return HttpResponse("No such action.", status=400, content_type="text/plain")
    return change(request, cart)


# -- Rules on orders -------------------------------------------------------------------------------------------------
def _keep(request: HttpRequest, cart: Cart) -> HttpResponse:
    """Add a filter, or change the one the form is about."""
    form = _posted(request, cart)
    if not form.is_valid():
        return _page(request, cart, form=form)
    filter_ = form.save(commit=False)
    try:
        if filter_.pk is None:
            cart_filters.add(cart, filter_, by=person_of(request), now=clock.now())
        else:
            cart_filters.change(filter_, by=person_of(request), now=clock.now())
    except (cart_filters.TooMany, cart_filters.FilterGone) as error:
        form.add_error(None, str(error))
        return _page(request, cart, form=form)
    kept = f"{filter_.get_effect_display()}: {words_of(filter_)}"
    return _done(request, cart, f"Saved. {kept}. It applies to orders that come in from now on.")


def _try(request: HttpRequest, cart: Cart) -> HttpResponse:
    form = _posted(request, cart)
    if not form.is_valid():
        return _page(request, cart, form=form)
    tried: OrderFilter = form.save(commit=False)
    others = OrderFilter.objects.filter(cart=cart).exclude(pk=tried.pk).order_by("pk")
    rules = rules_of([*others, tried], ItemFilter.objects.filter(cart=cart).first())
    return _page(request, cart, form=form, trying=rules)


def _remove(request: HttpRequest, cart: Cart) -> HttpResponse:
    filter_ = _filter(cart, request.POST.get("filter", ""))
    cart_filters.remove(filter_, by=person_of(request), now=clock.now())
    return _done(request, cart, f"Removed: {words_of(filter_)}. Orders it left out stay left out until they change.")


def _posted(request: HttpRequest, cart: Cart) -> OrderFilterForm:
    number = request.POST.get("filter", "")
    return OrderFilterForm(request.POST, instance=_filter(cart, number) if number else OrderFilter(cart=cart))


def _filter(cart: Cart, number: str) -> OrderFilter:
    kept = OrderFilter.objects.filter(cart=cart).select_related("cart")
    return get_object_or_404(kept, pk=read_id(number))


# -- The list of items -----------------------------------------------------------------------------------------------
def _list_items(request: HttpRequest, cart: Cart) -> HttpResponse:
    form = ItemFilterForm(request.POST, instance=ItemFilter.objects.filter(cart=cart).first())
    if not form.is_valid():
        return _page(request, cart, item_form=form)
    cart_filters.list_items(cart, form.said, by=person_of(request), now=clock.now())
    items = len(form.said["values"])
    kept = ngettext("{count:,} item saved.", "{count:,} items saved.", items).format(count=items)
    return _done(request, cart, f"{kept} The list applies to orders that come in from now on.")


def _try_items(request: HttpRequest, cart: Cart) -> HttpResponse:
    form = ItemFilterForm(request.POST, instance=ItemFilter.objects.filter(cart=cart).first())
    if not form.is_valid():
        return _page(request, cart, item_form=form)
    others = OrderFilter.objects.filter(cart=cart).order_by("pk")
    return _page(request, cart, item_form=form, trying=rules_of(others, form.save(commit=False)))


def _take_all_items(request: HttpRequest, cart: Cart) -> HttpResponse:
    cart_filters.take_all_items(cart, by=person_of(request), now=clock.now())
    return _done(request, cart, "The list was removed. From now on, all items of new orders go to the warehouse.")


# -- Putting the page together ---------------------------------------------------------------------------------------
def _page(
    request: HttpRequest,
    cart: Cart,
    *,
    form: OrderFilterForm | None = None,
    item_form: ItemFilterForm | None = None,
    trying: Rules | None = None,
) -> HttpResponse:
    may_change = access_of(request).may(Ability.CONNECT)
    kept = list(OrderFilter.objects.filter(cart=cart).order_by("pk"))
    items = ItemFilter.objects.filter(cart=cart).first()
    editing = request.GET.get("edit", "") if form is None and may_change else ""
    if editing:
        form = OrderFilterForm(instance=_filter(cart, editing))
    rules = trying or rules_of(kept, items)
    context: dict[str, Any] = {
        "cart": cart,
        "tabs": tabs(cart, ROUTE),
        "rules": [(each, words_of(each)) for each in kept],
        "form": form or OrderFilterForm(),
        "items": items,
        "item_words": words_of_items(items) if items else "",
        "item_form": item_form or ItemFilterForm(instance=items),
        "trying": trying is not None,
        "tried": cart_filters.try_out(cart, rules, now=clock.now()) if rules else None,
        "may_change": may_change,
    }
    wrong = any(each is not None and each.is_bound and each.errors for each in (form, item_form))
    return render(request, "orders/filters/filters.html", context, status=422 if wrong else 200)


def _done(request: HttpRequest, cart: Cart, said: str) -> HttpResponse:
    messages.success(request, said)
    return HttpResponseRedirect(reverse(ROUTE, args=[cart.pk]))
