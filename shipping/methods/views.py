"""Doors of ship methods: what a cart's are called at the warehouse, and which a warehouse has."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from carts.lookup import find_cart
from carts.models import Cart
from carts.tabs import tabs
from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.common import clock
from core.common.bell import Bell
from core.ui.request_values import read_id
from shipping.methods import dry_run_views, mapping, ship_methods
from shipping.methods.forms import MethodsForm, ShipMethodForm
from shipping.methods.rules import most_specific_first, words_of
from shipping.models import MethodRule, ShipMethod, Warehouse
from shipping.routing import make_portal_warehouse, routes_for

VERBS = ("GET", "HEAD", "POST")


@dataclass(frozen=True, slots=True)
class WarehouseMethods:
    """A warehouse on the page: its ship methods, each with a form while it is changed, and the form for one more."""

    warehouse: Warehouse
    methods: list[tuple[ShipMethod, ShipMethodForm | None, Sequence[str]]]  # and what goes by it, in words
    adding: ShipMethodForm


# -- A cart's ship methods ---------------------------------------------------------------------------------------------
@require_http_methods(VERBS)
@door(Ability.LOOK)
def methods(request: HttpRequest, cart_id: int) -> HttpResponse:
    cart = find_cart(request, cart_id)
    if request.method == "POST":
        return _map(request, cart)
    return _methods_page(request, cart, _methods_form(request, cart))


@door(Ability.MAP)
def _map(request: HttpRequest, cart: Cart) -> HttpResponse:
    """Keep what was chosen; before that show what it would have done, where the form's button says so."""
    form = _methods_form(request, cart)
    action = request.POST.get("action", "")
    if not form.is_valid() or action == "back":
        return _methods_page(request, cart, form)
    if action == "preview":
        return dry_run_views.show(request, cart, form.change, what="The ship methods as chosen", keep="save")
    freed = mapping.change(cart, form.change, by=person_of(request), now=clock.now())
    Bell.RELEASE_DUE.ring()
    messages.success(request, f"The ship methods were saved.{dry_run_views.flowing(freed)}")
    return HttpResponseRedirect(reverse("shipping:methods", args=[cart.pk]))


def _methods_form(request: HttpRequest, cart: Cart) -> MethodsForm:
    route = routes_for([cart])[cart.pk]
    offered = ShipMethod.objects.visible_to(access_of(request)).filter(warehouse=route.warehouse)
    return MethodsForm(
        request.POST or None,
        methods=mapping.list_methods(cart),
        ship_methods=list(offered.order_by("label")),
        route=route,
    )


def _methods_page(request: HttpRequest, cart: Cart, form: MethodsForm) -> HttpResponse:
    access, route = access_of(request), routes_for([cart])[cart.pk]
    rules = MethodRule.objects.visible_to(access).select_related("ship_method__warehouse")
    context = {
        "cart": cart,
        "form": form,
        "route": route,
        "unmapped": sum(method.ship_method_id is None for method in form.methods),
        "caught": bool(route.default_method or route.warehouse.default_method),
        "rules": listed(rules.filter(cart=cart), route.warehouse_id),
        "house_rules": listed(rules.filter(cart=None), route.warehouse_id),
        "may_map": access.may(Ability.MAP),
        "of_house": access.is_of_house,
        "tabs": tabs(cart, "shipping:methods"),
    }
    return render(request, "shipping/methods/methods.html", context, status=422 if form.errors else 200)


def listed(rules: Iterable[MethodRule], warehouse_id: int | None = None) -> list[tuple[MethodRule, str, bool]]:
    """Return rules as lists show them, in the order they are asked: with its words, and whether it sleeps because its
    ship method is another warehouse's."""
    return [
        (rule, words_of(rule, whole=True), warehouse_id not in (None, rule.ship_method.warehouse_id))
        for rule in most_specific_first(rules)
    ]


# -- A warehouse's ship methods ----------------------------------------------------------------------------------------
@require_http_methods(VERBS)
@door(Ability.LOOK)
def warehouses(request: HttpRequest) -> HttpResponse:
    if not access_of(request).is_of_house:
        raise Http404  # the 3PL's own
    if request.method == "POST":
        return _change(request)
    return _warehouses_page(request)


@door(Ability.MAP)
def _change(request: HttpRequest) -> HttpResponse:
    """Add, change or remove a ship method, as the form's button says; or make the first warehouse."""
    change = {"add": _add, "edit": _edit, "remove": _remove, "begin": _begin}.get(request.POST.get("action", ""))
    if change is None:
        return HttpResponse("No such action.", status=400, content_type="text/plain")
    return change(request)


def _add(request: HttpRequest) -> HttpResponse:
    warehouse = get_object_or_404(
        Warehouse.objects.visible_to(access_of(request)), pk=read_id(request.POST.get("warehouse", ""))
    )
    form = ShipMethodForm(request.POST, instance=ShipMethod(warehouse=warehouse), prefix=f"add{warehouse.pk}")
    if not form.is_valid():
        return _warehouses_page(request, wrong=form)
    try:
        made = ship_methods.add(warehouse, form.choice, by=person_of(request), now=clock.now())
    except ship_methods.LabelTaken as error:
        form.add_error("label", str(error))
        return _warehouses_page(request, wrong=form)
    return _done(request, f"{made.label} was added to {warehouse}. You can now map carts to it.")


def _edit(request: HttpRequest) -> HttpResponse:
    kept = _ship_method(request)
    form = ShipMethodForm(request.POST, instance=kept, prefix=f"edit{kept.pk}")
    if not form.is_valid():
        return _warehouses_page(request, wrong=form)
    try:
        changed = ship_methods.change(kept, form.choice, by=person_of(request), now=clock.now())
    except ship_methods.LabelTaken as error:
        form.add_error("label", str(error))
        return _warehouses_page(request, wrong=form)
    if not changed:
        return _done(request, "Nothing was changed.")
    return _done(request, f"{form.choice.label} was changed. It applies to orders handed over from now on.")


def _remove(request: HttpRequest) -> HttpResponse:
    method = _ship_method(request)
    try:
        ship_methods.remove(method, by=person_of(request), now=clock.now())
    except ship_methods.StillUsed as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("shipping:shipping"))
    return _done(request, f"{method.label} was removed.")


def _begin(request: HttpRequest) -> HttpResponse:
    warehouse = make_portal_warehouse(access_of(request).organization)
    return _done(request, f"{warehouse} was created with its first ship methods.")


def _ship_method(request: HttpRequest) -> ShipMethod:
    return get_object_or_404(
        ShipMethod.objects.visible_to(access_of(request)).select_related("warehouse"),
        pk=read_id(request.POST.get("ship_method", "")),
    )


def _done(request: HttpRequest, said: str) -> HttpResponse:
    messages.success(request, said)
    return HttpResponseRedirect(reverse("shipping:shipping"))


def _warehouses_page(request: HttpRequest, *, wrong: ShipMethodForm | None = None) -> HttpResponse:
    may_map = access_of(request).may(Ability.MAP)
    by_label = ShipMethod.objects.order_by("label")
    rows = Warehouse.objects.visible_to(access_of(request)).in_use().order_by("name")
    only = read_id(request.GET.get("warehouse", ""))  # a cart's pages lead to the ship methods of its own
    if only:
        rows = rows.filter(pk=only)
    found = list(rows.prefetch_related(Prefetch("ship_methods", by_label), "routes__cart__merchant"))
    editing = read_id(request.GET.get("edit", "")) if request.method == "GET" else 0
    removable = [method for warehouse in found for method in warehouse.ship_methods.all()] if may_map else []
    users = ship_methods.users_of(removable)
    context = {
        "shown_warehouses": [_shown(warehouse, editing if may_map else 0, wrong, users) for warehouse in found],
        "may_map": may_map,
        "only": found[0] if only and found else None,
    }
    return render(request, "shipping/methods/warehouses.html", context, status=422 if wrong else 200)


def _shown(
    warehouse: Warehouse, editing: int, wrong: ShipMethodForm | None, users: Mapping[int | None, Sequence[str]]
) -> WarehouseMethods:
    methods: list[tuple[ShipMethod, ShipMethodForm | None, Sequence[str]]] = []
    for method in warehouse.ship_methods.all():
        prefix = f"edit{method.pk}"
        asked = method.pk == editing or (wrong is not None and wrong.prefix == prefix)
        methods.append((method, _form(wrong, method, prefix) if asked else None, users.get(method.pk, ())))
    return WarehouseMethods(warehouse, methods, _form(wrong, ShipMethod(warehouse=warehouse), f"add{warehouse.pk}"))


def _form(wrong: ShipMethodForm | None, method: ShipMethod, prefix: str) -> ShipMethodForm:
    """The form with what was wrong in it, else a fresh one."""
    return wrong if wrong is not None and wrong.prefix == prefix else ShipMethodForm(instance=method, prefix=prefix)
