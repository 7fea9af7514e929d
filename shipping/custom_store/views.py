"""The page where a store is set up: the address and keys for ShipStation, and what it calls things."""

from dataclasses import asdict

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods, require_POST

from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.api import keys, public_ids
from core.api.models import ApiKey
from core.api.scopes import Scope
from core.common import clock
from shipping.custom_store import store_settings
from shipping.custom_store.forms import StoreForm
from shipping.models import Warehouse
from shipping.warehouses.shipstation.system import ShipStation

VERBS = ("GET", "HEAD", "POST")
DESK = (Scope.ORDERS_READ, Scope.BUYERS_READ, Scope.ORDERS_CLAIM, Scope.SHIPMENTS_WRITE)  # what a desk's key may do
MOST_KEYS = 20  # in use at once


@require_http_methods(VERBS)
@door(Ability.SETTINGS)
def store(request: HttpRequest, desk_id: int) -> HttpResponse:
    warehouse, system = _store(request, desk_id)
    form = StoreForm(request.POST if request.method == "POST" else None, initial=asdict(system.words))
    if form.is_valid():
        kept = store_settings.keep(warehouse, form.cleaned_data, by=person_of(request), now=clock.now())
        messages.success(request, f"{warehouse} was updated." if kept else "Nothing was changed.")
        return redirect("shipping:custom_store", warehouse.pk)
    return _page(request, warehouse, form, status=422 if form.is_bound else 200)


@require_POST
@door(Ability.SETTINGS)
def make_key(request: HttpRequest, desk_id: int) -> HttpResponse:
    """Make a key and show it, this once: nobody can show it again."""
    warehouse, system = _store(request, desk_id)
    if len(_keys(request, warehouse)) >= MOST_KEYS:
        messages.error(request, f"{warehouse} has {MOST_KEYS} keys. End one that nobody uses any more first.")
        return redirect("shipping:custom_store", warehouse.pk)
    key, full = keys.issue(
        warehouse.organization,
        name=f"ShipStation, {warehouse}"[:80],
        scopes=DESK,
        by=person_of(request),
        now=clock.now(),
        warehouse_id=warehouse.pk,
    )
    form = StoreForm(initial=asdict(system.words))
    page = _page(request, warehouse, form, user=key.public_id, password=full.partition(".")[2])
    add_never_cache_headers(page)
    return page


@require_POST
@door(Ability.SETTINGS)
def end_key(request: HttpRequest, desk_id: int, desk_key_id: int) -> HttpResponse:
    warehouse, _ = _store(request, desk_id)
    key = get_object_or_404(ApiKey.objects.visible_to(access_of(request)), pk=desk_key_id, warehouse_id=warehouse.pk)
    if keys.revoke(key, by=person_of(request), now=clock.now()):
        messages.success(request, f"Key {key.public_id} opens nothing any more.")
    return redirect("shipping:custom_store", warehouse.pk)


def _store(request: HttpRequest, desk_id: int) -> tuple[Warehouse, ShipStation]:
    found: Warehouse = get_object_or_404(
        Warehouse.objects.visible_to(access_of(request)).select_related("organization"), pk=desk_id
    )
    system = found.system
    if not isinstance(system, ShipStation):
        raise Http404
    return found, system


def _keys(request: HttpRequest, warehouse: Warehouse) -> list[ApiKey]:
    kept = ApiKey.objects.visible_to(access_of(request)).usable(clock.now())
    return list(kept.filter(warehouse_id=warehouse.pk).order_by("-made_at", "-pk"))


def _page(
    request: HttpRequest,
    warehouse: Warehouse,
    form: StoreForm,
    *,
    user: str = "",
    password: str = "",
    status: int = 200,
) -> HttpResponse:
    path = reverse("shipstation:desk", args=[public_ids.write(public_ids.WAREHOUSE, warehouse.pk)])
    context = {
        "warehouse": warehouse,
        "form": form,
        "address": f"{settings.PUBLIC_URL}{path}",
        "keys": _keys(request, warehouse),
        "user": user,
        "password": password,
    }
    return render(request, "shipping/custom_store/store.html", context, status=status)
