"""Doors of warehouses: the list, one of them, one more, and archiving."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db.models import Count, Prefetch
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from carts.models import Cart
from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.common import clock
from shipping.locations import api_connection, warehouse_records
from shipping.locations.forms import WarehouseForm
from shipping.locations.warehouse_records import WarehouseRefused
from shipping.models import Route, Warehouse
from shipping.warehouse_page import warehouse_standing
from shipping.warehouse_page.page_tabs import tabs
from shipping.warehouse_page.warehouse_standing import WarehouseStanding

VERBS = ("GET", "HEAD", "POST")


@dataclass(frozen=True, slots=True)
class WarehouseRow:
    """A warehouse as the list shows it."""

    warehouse: Warehouse
    standing: WarehouseStanding
    now: datetime

    @property
    def pill(self) -> tuple[str, str]:
        return self.standing.pill(self.now)

    @property
    def alone(self) -> list[Route]:
        """Return the routes of the carts that send all their orders here."""
        return [route for route in self.warehouse.routes.all() if not route.by_rules]

    @property
    def by_rules(self) -> int:
        """Return how many carts show its stock, and leave it to the rules where their orders go."""
        return sum(route.by_rules for route in self.warehouse.routes.all())


@require_safe
@door(Ability.LOOK)
def warehouses(request: HttpRequest) -> HttpResponse:
    access = access_of(request)
    if not access.is_of_house:
        raise Http404  # the 3PL's own
    live = (
        Route.objects.exclude(cart__state=Cart.State.ARCHIVED).select_related("cart__merchant").order_by("cart__name")
    )
    found = Warehouse.objects.visible_to(access).order_by("name").prefetch_related(Prefetch("routes", live))
    found = found.annotate(rules=Count("routing_rules"))
    rows = list(found)
    standings, now = warehouse_standing.standings(rows), clock.now()
    context = {
        "rows": [WarehouseRow(each, standings[each.pk], now) for each in rows if each.archived_at is None],
        "archived": [each for each in rows if each.archived_at is not None],
        "may_change": access.may(Ability.SETTINGS),
    }
    return render(request, "shipping/locations/warehouses.html", context)


@require_http_methods(VERBS)
@door(Ability.SETTINGS)
def new_warehouse(request: HttpRequest) -> HttpResponse:
    form = WarehouseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = warehouse_records.add(
                access_of(request).organization, form.kind, form.wanted, by=person_of(request), now=clock.now()
            )
        except WarehouseRefused as error:
            form.add_error("name", str(error))
        else:
            said = f"{made} was added. Choose it in the settings of a cart to use it; it begins with some ship methods."
            messages.success(request, said)
            if page := made.system.settings_page:  # where it is connected
                return HttpResponseRedirect(reverse(page, args=[made.pk]))
            if made.system.calls_us:  # its page says how it connects
                return HttpResponseRedirect(reverse("shipping:warehouse", args=[made.pk]))
            return HttpResponseRedirect(reverse("shipping:warehouses"))
    return _page(request, form, None)


@require_http_methods(VERBS)
@door(Ability.SETTINGS)
def warehouse(request: HttpRequest, warehouse_id: int) -> HttpResponse:
    found = _warehouse(request, warehouse_id)
    shown = Warehouse.objects.get(pk=found.pk)  # a form writes into it, also what is wrong
    form = WarehouseForm(request.POST if request.method == "POST" else None, instance=shown)
    if form.is_valid():
        try:
            changed = warehouse_records.change(found, form.wanted, by=person_of(request), now=clock.now())
        except WarehouseRefused as error:
            form.add_error("name", str(error))
        else:
            name = form.wanted["name"]
            messages.success(request, f"{name} was updated." if changed else "Nothing was changed.")
            return HttpResponseRedirect(reverse("shipping:warehouses"))
    return _page(request, form, found)


@require_POST
@door(Ability.SETTINGS)
def archive(request: HttpRequest, warehouse_id: int) -> HttpResponse:
    found = _warehouse(request, warehouse_id)
    try:
        warehouse_records.archive(found, by=person_of(request), now=clock.now())
    except WarehouseRefused as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("shipping:warehouse", args=[found.pk]))
    messages.success(request, f"{found} is archived. What it shipped stays as it is.")
    return HttpResponseRedirect(reverse("shipping:warehouses"))


@require_POST
@door(Ability.SETTINGS)
def restore(request: HttpRequest, warehouse_id: int) -> HttpResponse:
    found = _warehouse(request, warehouse_id)
    warehouse_records.restore(found, by=person_of(request), now=clock.now())
    messages.success(request, f"{found} is in use again.")
    return HttpResponseRedirect(reverse("shipping:warehouses"))


def _warehouse(request: HttpRequest, warehouse_id: int) -> Warehouse:
    found: Warehouse = get_object_or_404(Warehouse.objects.visible_to(access_of(request)), pk=warehouse_id)
    return found


def _page(request: HttpRequest, form: WarehouseForm, kept: Warehouse | None) -> HttpResponse:
    context: dict[str, object] = {"form": form, "warehouse": kept}
    if kept is not None:
        context["tabs"] = tabs(kept, "shipping:warehouse", access_of(request))
        context["pill"] = warehouse_standing.pill_of(kept)
    if kept is not None and kept.system.calls_us and not kept.system.by_files:
        now = clock.now()
        context["standing"] = api_connection.standing_of(kept, now)
        context["traffic"] = api_connection.traffic_of(kept, now)
        context["api_address"] = api_connection.address()
    return render(request, "shipping/locations/warehouse.html", context, status=422 if form.is_bound else 200)
