"""Doors of a warehouse's connection: what its system asks for, the test, its accounts, its ship methods."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from carts import presses
from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.common import clock
from core.common.bell import Bell
from core.common.remote import OurFault
from core.ui.live_pages import follows
from shipping.connection import connection_records, look, secrets
from shipping.connection.connection_records import MatchTaken
from shipping.connection.forms import ConnectionForm
from shipping.methods import ship_methods
from shipping.methods.ship_methods import LabelTaken
from shipping.models import Warehouse, WarehouseAccess, WarehouseAccount
from shipping.warehouse_page import mapping_page, warehouse_standing
from shipping.warehouse_page.page_tabs import tabs

MAPPING = "shipping:warehouse_mapping"


def _version(request: HttpRequest, system_id: int) -> tuple[object, ...]:
    mine = WarehouseAccess.objects.visible_to(access_of(request)).filter(warehouse=system_id)
    seen = mine.values_list("look_asked_at", "looked_at", "refused_at").first() or ()
    asked = WarehouseAccount.objects.visible_to(access_of(request)).filter(warehouse=system_id)
    return (*seen, *asked.values_list("pk", "failed_at").order_by("pk"))


@require_http_methods(("GET", "HEAD", "POST"))
@door(Ability.SETTINGS)
@follows(_version)
def connection(request: HttpRequest, system_id: int) -> HttpResponse:
    """Show the connection; posted, keep what was entered and have it looked at."""
    warehouse = _warehouse(request, system_id)
    form = ConnectionForm(
        request.POST if request.method == "POST" else None, warehouse=warehouse, kept=_kept(warehouse)
    )
    if form.is_valid():
        now = clock.now()
        connection_records.connect(warehouse, form.open_values, form.secret_values, by=person_of(request), now=now)
        _have_looked(warehouse)
        messages.success(request, f"The connection of {warehouse} was saved. It is being tested now.")
        return _back(warehouse)
    return _page(request, warehouse, form if form.is_bound else None)


@require_POST
@door(Ability.SETTINGS)
def test(request: HttpRequest, system_id: int) -> HttpResponse:
    """Have a worker look at it."""
    warehouse = _warehouse(request, system_id)
    if not WarehouseAccess.objects.filter(warehouse=warehouse).exists():
        messages.error(request, "Enter the connection first, then test it.")
    elif (past := presses.press("warehouse", warehouse, now=clock.now())) is not None:
        messages.info(request, f"This was tested {presses.ago(past)}. Try again {presses.wait(past)}.")
    else:
        _have_looked(warehouse)
        messages.info(request, "The connection is being tested. The results appear here.")
    return _back(warehouse, MAPPING if request.POST.get("back") == "mapping" else "shipping:connection")


@require_POST
@door(Ability.SETTINGS)
def match(request: HttpRequest, system_id: int) -> HttpResponse:
    """Say which of the system's accounts each merchant is."""
    warehouse = _warehouse(request, system_id)
    form = mapping_page.account_form(request, warehouse, request.POST)
    if not form.is_valid():
        return mapping_page.show(request, warehouse, form=form, status=422)
    try:
        changed = connection_records.match(warehouse, form.matches, form.names, by=person_of(request), now=clock.now())
    except MatchTaken as error:
        messages.error(request, str(error))
        return _back(warehouse, MAPPING)
    if changed and WarehouseAccess.objects.filter(warehouse=warehouse).exists():
        _have_looked(warehouse)  # their goods are compared
    merchants = ngettext("{count} merchant was matched anew.", "{count} merchants were matched anew.", changed)
    messages.success(request, merchants.format(count=changed) if changed else "Nothing was changed.")
    return _back(warehouse, MAPPING)


@require_POST
@door(Ability.SETTINGS)
def add_methods(request: HttpRequest, system_id: int) -> HttpResponse:
    """Take ship methods of the system over, those that were ticked."""
    warehouse = _warehouse(request, system_id)
    access = WarehouseAccess.objects.filter(warehouse=warehouse).first()
    offered = {choice.label: choice for choice in look.methods(access)} if access else {}
    ticked = [offered[label] for label in dict.fromkeys(request.POST.getlist("method")) if label in offered]
    added = 0
    for choice in ticked:
        try:
            ship_methods.add(warehouse, choice, by=person_of(request), now=clock.now())
        except LabelTaken:
            continue  # somebody added it meanwhile
        added += 1
    told = ngettext("{count} ship method was added.", "{count} ship methods were added.", added).format(count=added)
    messages.success(request, told) if added else messages.info(request, "No ship method was added.")
    return _back(warehouse, MAPPING)


def _warehouse(request: HttpRequest, system_id: int) -> Warehouse:
    found: Warehouse = get_object_or_404(Warehouse.objects.visible_to(access_of(request)), pk=system_id)
    if not found.system.fields:
        raise Http404  # nothing is to be connected
    return found


def _have_looked(warehouse: Warehouse) -> None:
    look.ask(warehouse, now=clock.now())
    Bell.LOOK_AT_WAREHOUSE.ring(warehouse_id=warehouse.pk)


def _kept(warehouse: Warehouse) -> Mapping[str, str]:
    try:
        return {**warehouse.settings, **secrets.secrets_of(warehouse)}
    except OurFault:
        return dict(warehouse.settings)  # its alert says so; they are entered again


def _page(request: HttpRequest, warehouse: Warehouse, form: ConnectionForm | None) -> HttpResponse:
    access = WarehouseAccess.objects.filter(warehouse=warehouse).first()
    context = {
        "warehouse": warehouse,
        "tabs": tabs(warehouse, "shipping:connection", access_of(request)),
        "pill": warehouse_standing.pill_of(warehouse),
        "access": access,
        "checks": look.checks(access) if access else [],
        "form": form or ConnectionForm(None, warehouse=warehouse, kept=_kept(warehouse)),
        "has_accounts": bool(access and look.accounts(access)),
    }
    return render(request, "shipping/connection/connection.html", context, status=422 if form is not None else 200)


def _back(warehouse: Warehouse, page: str = "shipping:connection") -> HttpResponse:
    return HttpResponseRedirect(reverse(page, args=[warehouse.pk]))
