"""Doors of rules: which orders go by which ship method, of one cart or of all carts, and what all the rest goes by."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from carts.lookup import find_cart
from carts.models import Cart
from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.accounts.models import Organization
from core.accounts.portal_request import PortalRequest
from core.common import clock
from core.common.bell import Bell
from core.ui.request_values import read_id
from shipping.methods import dry_run_views, mapping
from shipping.methods.forms import DefaultsForm, MethodRuleForm, rule_of
from shipping.methods.mapping import MethodChange
from shipping.methods.rules import words_of
from shipping.methods.views import VERBS, listed
from shipping.models import CartMethod, MethodRule, ShipMethod, Warehouse
from shipping.routing import routes_for


# -- Of all carts ------------------------------------------------------------------------------------------------------
@require_http_methods(VERBS)
@door(Ability.LOOK)
def rules(request: HttpRequest) -> HttpResponse:
    if not access_of(request).is_of_house:
        raise Http404  # the 3PL's own
    if request.method == "POST":
        return _defaults(request)
    return _rules_page(request, _defaults_form(request))


@door(Ability.MAP)
def _defaults(request: HttpRequest) -> HttpResponse:
    form, action = _defaults_form(request), request.POST.get("action", "")
    if not form.is_valid() or action == "back":
        return _rules_page(request, form)
    organization = access_of(request).organization
    if action == "preview":
        return dry_run_views.show(request, organization, form.change, what="The defaults as chosen", keep="save")
    freed = mapping.change(organization, form.change, by=person_of(request), now=clock.now())
    return _done(request, None, f"The defaults were saved.{dry_run_views.flowing(freed)}")


def _defaults_form(request: HttpRequest) -> DefaultsForm:
    warehouses = Warehouse.objects.visible_to(access_of(request)).in_use()
    warehouses = warehouses.order_by("name").prefetch_related("ship_methods")
    return DefaultsForm(request.POST or None, warehouses=list(warehouses))


def _rules_page(request: HttpRequest, form: DefaultsForm) -> HttpResponse:
    access = access_of(request)
    kept = MethodRule.objects.visible_to(access).filter(cart=None).select_related("ship_method__warehouse")
    context = {
        "rules": listed(kept),
        "form": form,
        "may_map": access.may(Ability.MAP),
        "crumbs": [("Settings", reverse("settings:area"))],
    }
    return render(request, "shipping/methods/rules.html", context, status=422 if form.errors else 200)


# -- One rule ----------------------------------------------------------------------------------------------------------
@require_http_methods(VERBS)
@door(Ability.MAP)
def new_rule(request: HttpRequest) -> HttpResponse:
    """A rule for the cart the address names, else for all carts."""
    access, named = access_of(request), request.GET.get("cart", "")
    cart = find_cart(request, read_id(named)) if named else None
    return _rule(request, rule_of(cart, access.organization.pk, clock.now()))


@require_http_methods(VERBS)
@door(Ability.MAP)
def rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    known = MethodRule.objects.visible_to(access_of(request)).select_related("cart__organization", "ship_method")
    return _rule(request, get_object_or_404(known, pk=rule_id))


def _rule(request: HttpRequest, about: MethodRule) -> HttpResponse:
    """Do what the form's button says: look at what it would have done, keep or remove the rule."""
    PortalRequest.of(request).lies_under = "carts" if about.cart else ""
    action = request.POST.get("action", "")
    if about.pk and action in ("remove", "preview_remove"):
        change = MethodChange(removed=about)
        shown = _rule_form(request, about)
        if shown.is_bound and shown.refuse_overtaken():
            return _rule_page(request, about, shown)
        if action == "remove":
            return _keep(request, about, change, f"The rule for orders ({words_of(about, whole=True)}) was removed.")
        what = f"Without the rule for orders ({words_of(about, whole=True)})"
        return dry_run_views.show(request, _subject(request, about), change, what=what, keep="remove")
    form = _rule_form(request, about)
    if request.method != "POST" or not form.is_valid() or action == "back":
        return _rule_page(request, about, form)
    kept = form.save(commit=False)
    said = f"Orders ({words_of(kept, whole=True)}) ship with {kept.ship_method}"
    if action == "preview":
        return dry_run_views.show(request, _subject(request, kept), MethodChange(kept=kept), what=said, keep="save")
    try:
        return _keep(request, kept, MethodChange(kept=kept), f"{said}.")
    except mapping.RuleGone as error:
        form.add_error(None, str(error))
        return _rule_page(request, about, form)


def _subject(request: HttpRequest, about: MethodRule) -> Cart | Organization:
    return about.cart or access_of(request).organization


def _keep(request: HttpRequest, about: MethodRule, change: MethodChange, said: str) -> HttpResponse:
    freed = mapping.change(_subject(request, about), change, by=person_of(request), now=clock.now())
    return _done(request, about.cart, f"{said}{dry_run_views.flowing(freed)}")


def _done(request: HttpRequest, cart: Cart | None, said: str) -> HttpResponse:
    Bell.RELEASE_DUE.ring()
    messages.success(request, said)
    return HttpResponseRedirect(_home(cart))


def _home(cart: Cart | None) -> str:
    return reverse("shipping:methods", args=[cart.pk]) if cart else reverse("shipping:rules")


def _rule_form(request: HttpRequest, about: MethodRule) -> MethodRuleForm:
    kept = ShipMethod.objects.visible_to(access_of(request)).filter(warehouse__archived_at=None)
    methods = kept.order_by("warehouse__name", "label")
    names = CartMethod.objects.visible_to(access_of(request)).order_by("name")
    if about.cart is not None:
        methods = methods.filter(warehouse=routes_for([about.cart])[about.cart.pk].warehouse)
        seen = [method.name for method in mapping.list_methods(about.cart)]
    else:
        seen = list(names.values_list("name", flat=True).distinct())
    return MethodRuleForm(request.POST or None, instance=about, methods=methods, names=seen)


def _rule_page(request: HttpRequest, about: MethodRule, form: MethodRuleForm) -> HttpResponse:
    cart = about.cart
    above = ("Carts", reverse("carts:carts")) if cart else ("Settings", reverse("settings:area"))
    context = {
        "form": form,
        "cart": cart,
        "kept": about.pk is not None,
        "home": _home(cart),
        "crumbs": [above, (cart.name if cart else "Rules for all carts", _home(cart))],
    }
    return render(request, "shipping/methods/rule.html", context, status=422 if form.errors else 200)
