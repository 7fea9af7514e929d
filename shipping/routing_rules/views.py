"""Doors of routing rules: which orders go to which warehouse, which carts leave it to the rules, and what is held."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from carts.models import Cart
from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.common import clock
from core.common.bell import Bell
from core.ui.request_values import read_id
from orders import countries
from shipping.methods.dry_run import LOOK_BACK, MOST
from shipping.methods.dry_run_views import OURS, flowing
from shipping.methods.mapping import RuleGone
from shipping.methods.views import VERBS
from shipping.models import CartMethod, OrderSplitting, RoutingRule, Warehouse
from shipping.routing import routes_for
from shipping.routing_rules import routing_page, rule_changes, unrouted
from shipping.routing_rules.forms import CartsForm, RoutingRuleForm
from shipping.routing_rules.routing_dry_run import rehearse
from shipping.routing_rules.rule_changes import RoutingChange, WarehouseGone
from shipping.routing_rules.rules import words_of

UNASKED = "No cart asks it yet: choose under Carts which of them go by the rules."


# -- All rules ---------------------------------------------------------------------------------------------------------
@require_http_methods(VERBS)
@door(Ability.LOOK)
def routing(request: HttpRequest) -> HttpResponse:
    if not access_of(request).is_of_house:
        raise Http404  # the 3PL's own
    if request.method == "POST":
        return _post(request)
    return _routing_page(request, _carts_form(request))


@door(Ability.MAP)
def _post(request: HttpRequest) -> HttpResponse:
    """Look at the held orders again; or keep which carts go by the rules, as the form's button says."""
    action = request.POST.get("action", "")
    if action == "look_again":
        return _look_again(request)
    if action in ("preview_split", "save_split"):
        return _split(request, action, on=request.POST.get("splits") == "on")
    form = _carts_form(request)
    if not form.is_valid() or action == "back":
        return _routing_page(request, form)
    change = RoutingChange(by_rules=form.by_rules)
    if action == "preview":
        return _rehearse(request, change, what="The carts as chosen", keep="save")
    return _keep(request, change, "What the carts do was saved.")


def _split(request: HttpRequest, action: str, *, on: bool) -> HttpResponse:
    """Look at what it would have done if orders may be split, or may not; or keep it."""
    change = RoutingChange(splits=on)
    if action == "preview_split":
        return _rehearse(request, change, what="Orders may be split" if on else "No order is split", keep="save_split")
    return _keep(request, change, "Orders may be split now." if on else "No order is split any more.")


def _look_again(request: HttpRequest) -> HttpResponse:
    carts = Cart.objects.visible_to(access_of(request))
    freed = unrouted.look_again(carts, now=clock.now(), by=person_of(request))
    said = flowing(freed).strip() if freed else "No routing rule fits any of them yet. Add or change a rule."
    return _done(request, said)


def _carts_form(request: HttpRequest) -> CartsForm:
    carts = Cart.objects.visible_to(access_of(request)).exclude(state=Cart.State.ARCHIVED)
    found = list(carts.select_related("organization", "merchant").order_by("name", "pk"))
    routes = routes_for(found)
    for cart in found:
        routes[cart.pk].cart = cart  # with its merchant
    return CartsForm(request.POST or None, routes=[routes[cart.pk] for cart in found])


def _routing_page(request: HttpRequest, form: CartsForm) -> HttpResponse:
    access = access_of(request)
    kept = RoutingRule.objects.visible_to(access).select_related("cart__merchant", "warehouse")
    rules = routing_page.listed(kept, form.routes)
    held = unrouted.held().visible_to(access).count()
    context = {
        "rules": rules,
        "catches_all": routing_page.catches_all(rules),
        "goes_by_rules": [route.cart for route in form.routes if route.by_rules],
        "form": form,
        "held": held,
        "splits": OrderSplitting.objects.visible_to(access).filter(is_on=True).exists(),
        "held_groups": routing_page.held_groups(access) if held else [],
        "may_map": access.may(Ability.MAP),
        "crumbs": [("Settings", reverse("settings:area"))],
    }
    return render(request, "shipping/routing_rules/routing.html", context, status=422 if form.errors else 200)


# -- One rule ----------------------------------------------------------------------------------------------------------
@require_http_methods(VERBS)
@door(Ability.MAP)
def new_rule(request: HttpRequest) -> HttpResponse:
    """A rule, begun with the cart and the country the address names."""
    access, query = access_of(request), request.GET
    begun = RoutingRule(organization=access.organization, made_at=clock.now())
    begun.cart = Cart.objects.visible_to(access).filter(pk=read_id(query.get("cart", ""))).first()
    begun.country = countries.code_of(query.get("country", ""))
    return _rule(request, begun)


@require_http_methods(VERBS)
@door(Ability.MAP)
def rule(request: HttpRequest, routing_rule_id: int) -> HttpResponse:
    known = RoutingRule.objects.visible_to(access_of(request)).select_related("cart", "warehouse")
    return _rule(request, get_object_or_404(known, pk=routing_rule_id))


def _rule(request: HttpRequest, about: RoutingRule) -> HttpResponse:
    """Do what the form's button says: look at what it would have done, keep or remove the rule."""
    action = request.POST.get("action", "")
    if about.pk and action in ("remove", "preview_remove"):
        words = words_of(about, whole=True)
        shown = _rule_form(request, about)
        if shown.refuse_overtaken():
            return _rule_page(request, about, shown)
        if action == "remove":
            return _keep(request, RoutingChange(removed=about), f"The rule for orders ({words}) was removed.")
        what = f"Without the rule for orders ({words})"
        return _rehearse(request, RoutingChange(removed=about), what=what, keep="remove")
    form = _rule_form(request, about)
    if request.method != "POST" or not form.is_valid() or action == "back":
        return _rule_page(request, about, form)
    kept = form.save(commit=False)
    said = f"Orders ({words_of(kept, whole=True)}) go to {kept.warehouse}"
    if action == "preview":
        return _rehearse(request, RoutingChange(kept=kept), what=said, keep="save")
    unasked = "" if routing_page.is_asked(kept, _carts_form(request).routes) else f" {UNASKED}"
    try:
        return _keep(request, RoutingChange(kept=kept), f"{said}.{unasked}")
    except (RuleGone, WarehouseGone) as error:
        form.add_error(None, str(error))
        return _rule_page(request, about, form)


def _rule_form(request: HttpRequest, about: RoutingRule) -> RoutingRuleForm:
    access = access_of(request)
    carts: QuerySet[Cart] = Cart.objects.visible_to(access).exclude(state=Cart.State.ARCHIVED)
    seen = CartMethod.objects.visible_to(access).values_list("name", flat=True).distinct()
    names = {name for cart in carts for name in cart.service_names} | set(seen)
    return RoutingRuleForm(
        request.POST or None,
        instance=about,
        names=sorted(names),
        carts=carts | Cart.objects.visible_to(access).filter(pk=about.cart_id or 0),
        warehouses=Warehouse.objects.visible_to(access).in_use(),
    )


def _rule_page(request: HttpRequest, about: RoutingRule, form: RoutingRuleForm) -> HttpResponse:
    context = {
        "form": form,
        "kept": about.pk is not None,
        "home": _home(),
        "crumbs": [("Settings", reverse("settings:area")), ("Routing", _home())],
    }
    return render(request, "shipping/routing_rules/routing_rule.html", context, status=422 if form.errors else 200)


# -- Trying and keeping ------------------------------------------------------------------------------------------------
def _rehearse(request: HttpRequest, change: RoutingChange, *, what: str, keep: str) -> HttpResponse:
    organization = access_of(request).organization
    context = {
        "what": what,
        "keep": keep,
        "rehearsal": rehearse(organization, change, now=clock.now()),
        "unasked": ""
        if change.kept is None or routing_page.is_asked(change.kept, _carts_form(request).routes)
        else UNASKED,
        "days": LOOK_BACK.days,
        "most": MOST,
        "posted": [(name, value) for name, said in request.POST.lists() if name not in OURS for value in said],
        "organization": organization,
        "crumbs": [("Settings", reverse("settings:area")), ("Routing", _home())],
    }
    return render(request, "shipping/routing_rules/routing_dry_run.html", context)


def _keep(request: HttpRequest, change: RoutingChange, said: str) -> HttpResponse:
    """Raises RuleGone or WarehouseGone."""
    rerouted = rule_changes.change(access_of(request).organization, change, by=person_of(request), now=clock.now())
    moved = ngettext(
        " {count} waiting order goes elsewhere now.", " {count} waiting orders go elsewhere now.", rerouted.moved
    ).format(count=rerouted.moved)
    return _done(request, f"{said}{flowing(rerouted.freed)}{moved if rerouted.moved else ''}")


def _done(request: HttpRequest, said: str) -> HttpResponse:
    Bell.RELEASE_DUE.ring()
    messages.success(request, said)
    return HttpResponseRedirect(_home())


def _home() -> str:
    return reverse("shipping:routing")
