"""A cart's Setup: how it is connected, how it works, and where its orders go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from carts import connections, create, store_choice
from carts.account_health import kept_figures
from carts.choices import region_name
from carts.consent import grants
from carts.forms import TokenForm
from carts.lifecycle import GONE
from carts.lookup import find_cart
from carts.models import Cart
from carts.setup_links import sent_links
from carts.setup_links import views as setup_link_views
from carts.tabs import tabs
from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.accounts.models import User
from core.common import clock
from core.common.bell import Bell
from core.ui.live_pages import follows, is_asked
from core.ui.request_values import read_number
from integration_manager.portal import page_versions
from integration_manager.portal.cart_setup import closure_views, order_days, pushed_page, service_health
from integration_manager.portal.cart_setup.forms import SetupForm
from orders.download.pull import FIRST_WINDOW
from orders.models import OrderStatus
from shipping.methods import mapping
from shipping.methods.dry_run_views import flowing
from shipping.methods.mapping import Rerouted
from shipping.models import Release, ShipMethod, Warehouse
from shipping.routing import routes_for

State = Cart.State
MOST_ASKED = 120  # ten minutes: as long as a consent lives


@require_safe
@door(Ability.LOOK)
@follows(page_versions.of_cart)
def show(request: HttpRequest, cart_id: int) -> HttpResponse:
    return _page(request, find_cart(request, cart_id))


@require_safe
@door(Ability.LOOK)
def state(request: HttpRequest, cart_id: int) -> HttpResponse:
    """How far the connection is. The page asks every five seconds while it waits for a seller who is elsewhere."""
    cart = find_cart(request, cart_id)
    number = read_number(request.GET.get("asked", ""))
    asked = MOST_ASKED if number is None else min(number, MOST_ASKED)
    again = asked + 1 if asked < MOST_ASKED else 0
    context = {"cart": cart, "granted": cart.is_authorized, "asked": asked, "ask_again": again}
    return render(request, "portal/cart_setup/waiting.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@door(Ability.LOOK)
def settings(request: HttpRequest, cart_id: int) -> HttpResponse:
    """A tab of their own: shown to whoever may see the cart, saved by whoever may connect carts."""
    cart = find_cart(request, cart_id)
    if request.method != "POST" and not access_of(request).is_of_house:
        return HttpResponseRedirect(cart.get_absolute_url())
    if request.method != "POST":
        return _settings_page(request, cart, _form(request, cart))
    return _save_settings(request, cart_id)


def _staying(cart: Cart) -> str:
    """Say how many open orders stay at a warehouse that new ones no longer go to; "" where none does."""
    route = routes_for([cart])[cart.pk]
    elsewhere = Release.objects.filter(order__cart=cart, order__status=OrderStatus.AT_WMS)
    elsewhere = elsewhere.exclude(warehouse=route.warehouse_id)
    staying = elsewhere.filter(part__lte=1).count()  # of a split order its first part counts
    if not staying:
        return ""
    first = elsewhere.order_by("pk").values_list("warehouse__name", flat=True)[0]
    many = ngettext(
        "{count:,} order stays at {warehouse}. Only new ones go to {new}.",
        "{count:,} orders stay at {warehouse}. Only new ones go to {new}.",
        staying,
    )
    return many.format(count=staying, warehouse=first, new=route.warehouse)


@door(Ability.CONNECT)
def _save_settings(request: HttpRequest, cart_id: int) -> HttpResponse:
    cart = find_cart(request, cart_id)
    form, here = _form(request, cart), reverse("carts:settings", args=[cart.pk])
    if not form.is_valid():
        return _settings_page(request, cart, form, status=422)
    if cart.state == State.ARCHIVED:
        messages.error(request, f"{cart} is archived, so nothing was changed.")
        return HttpResponseRedirect(here)
    kept = keep(cart, form, by=person_of(request), now=clock.now())
    if kept.routed.fields:
        Bell.RELEASE_DUE.ring()
    messages.success(
        request, f"The settings were saved.{flowing(kept.routed.freed)}" if kept.fields else "Nothing was changed."
    )
    if kept.routed.fields and (staying := _staying(cart)):
        messages.info(request, staying)
    if kept.routed.unmapped:
        left = kept.routed.unmapped
        many = ngettext(
            "{count} ship method was mapped to one of the previous warehouse. Map it again.",
            "{count} ship methods were mapped to ones of the previous warehouse. Map them again.",
            left,
        )
        messages.warning(request, many.format(count=left))
        return HttpResponseRedirect(reverse("shipping:methods", args=[cart.pk]))
    return HttpResponseRedirect(here)


@dataclass(frozen=True, slots=True)
class Kept:
    fields: Sequence[str]
    routed: Rerouted


def keep(cart: Cart, form: SetupForm, *, by: User, now: datetime) -> Kept:
    """Keep what differs, of the cart and of its route."""
    routed = mapping.change_route(routes_for([cart])[cart.pk], form.of_route, by=by, now=now)
    changed = create.change_cart(cart, form.of_cart, by=by, now=now)
    return Kept([*changed, *routed.fields], routed)


@require_POST
@door(Ability.CONNECT)
def token(request: HttpRequest, cart_id: int) -> HttpResponse:
    """Take a refresh token that was made at the marketplace."""
    cart = find_cart(request, cart_id)
    form = TokenForm(request.POST)
    if cart.is_pushed:
        messages.error(request, f"{cart} needs no token: its orders are pushed.")
        return HttpResponseRedirect(cart.get_absolute_url())
    if cart.state == State.ARCHIVED:
        messages.error(request, f"{cart} is archived. Create a new cart instead.")
        return HttpResponseRedirect(cart.get_absolute_url())
    if not form.is_valid():
        return _page(request, cart, token_form=form)
    given = form.cleaned_data
    ours = connections.application(cart.kind)
    try:
        with connections.while_somebody_waits():
            create.keep_token(cart, ours, **given, by=person_of(request), now=clock.now())
    except (grants.NotGranted, connections.Busy) as error:
        form.add_error(None, str(error))
        return _page(request, cart, token_form=form)
    messages.success(
        request, f"Amazon accepted the token: seller {given['seller_id']} authorized us for {cart.place.name}."
    )
    return HttpResponseRedirect(cart.get_absolute_url())


# -- Putting the page together -----------------------------------------------------------------------------------------
def _form(request: HttpRequest, cart: Cart) -> SetupForm:
    access = access_of(request)
    ship_methods = ShipMethod.objects.visible_to(access).filter(warehouse__archived_at=None)
    return SetupForm(
        request.POST if request.method == "POST" and "name" in request.POST else None,
        instance=Cart.objects.get(pk=cart.pk),  # a form writes into it, also what is wrong
        route=routes_for([cart])[cart.pk],
        warehouses=Warehouse.objects.visible_to(access).in_use().order_by("name"),
        ship_methods=list(ship_methods.select_related("warehouse").order_by("warehouse__name", "label")),
        zone=access.organization.zone,
        locked=not access.may(Ability.CONNECT) or cart.state == State.ARCHIVED,
        may_map=access.may(Ability.MAP),
    )


def _settings_page(request: HttpRequest, cart: Cart, form: SetupForm, *, status: int = 200) -> HttpResponse:
    access = access_of(request)
    context = {
        "cart": cart,
        "form": form,
        "tabs": tabs(cart, "carts:settings"),
        "may_connect": access.may(Ability.CONNECT) and cart.state != State.ARCHIVED,
        "may_map": access.may(Ability.MAP),
        "may_tell": access.may(Ability.PEOPLE),
    }
    return render(request, "portal/cart_setup/settings.html", context, status=status)


def _page(request: HttpRequest, cart: Cart, *, token_form: TokenForm | None = None) -> HttpResponse:
    if cart.is_pushed:
        return pushed_page.show(request, cart)
    access, now = access_of(request), clock.now()
    context = {
        "cart": cart,
        "token_form": token_form or TokenForm(initial={"seller_id": cart.grant.seller_id if cart.grant else ""}),
        "token_open": token_form is not None,
        "region": region_name(cart.place.region),
        "path": [] if cart.is_set_up else path_of(cart),
        "step": 0 if cart.is_set_up else step_of(cart),
        "look_back": FIRST_WINDOW.days,
        "tabs": tabs(cart, "carts:cart"),
        "granted": cart.is_authorized,
        "store_may_change": store_choice.may_change(cart),
        "store_doubtful": store_choice.is_doubtful(cart),
        "asked": 0,
        "ask_again": 1,
        "others": _sharing(request, cart),
        "share": sent_links.life_of(cart),
        "refused_address": "" if is_asked(request) else setup_link_views.take_refused(request, cart),
        "redirect_uri": grants.redirect_uri(cart.kind),
        "login_uri": grants.login_uri(cart.kind),
        "owed": closure_views.owed(cart) if cart.state in GONE else [],
        "may_connect": access.may(Ability.CONNECT) and cart.state != State.ARCHIVED,
        "may_ship": access.may(Ability.SHIP),
        "services": service_health.services(cart, now=now) if cart.live_at and cart.is_set_up else [],
        "judged": kept_figures.accounts([cart]) if cart.live_at else [],
        "sold": order_days.of_cart(cart, zone=access.organization.zone, now=now) if cart.live_at else None,
        "live_since": service_health.live_since(cart) if cart.live_at and cart.is_set_up else None,
        "now": now,
    }
    return render(request, "portal/cart_setup/cart.html", context, status=422 if token_form else 200)


def _sharing(request: HttpRequest, cart: Cart) -> list[Cart]:
    """The other carts that live on the same authorization."""
    if cart.grant is None:
        return []
    others = Cart.objects.visible_to(access_of(request)).filter(grant=cart.grant).exclude(pk=cart.pk)
    return list(others.exclude(state=State.ARCHIVED).order_by("name"))


def path_of(cart: Cart) -> list[dict[str, str]]:
    """The three steps to a working cart, and how far it is."""
    granted = cart.is_authorized
    tested = ("todo", "check that everything works")
    if cart.checks and not cart.outdated:
        tested = ("good", "passed") if cart.passed else ("bad", "something is missing")
    return [
        {
            "label": "1. Grant us API access",
            "tone": "good" if granted else "todo",
            "note": f"seller {cart.grant.seller_id}" if cart.grant and granted else "at Seller Central",
        },
        {"label": "2. Test", "tone": tested[0], "note": tested[1]},
        {"label": "3. Go live", "tone": "todo", "note": "orders appear automatically"},
    ]


def step_of(cart: Cart) -> int:
    """Return which of the three steps comes next: the one that stands open."""
    if not cart.is_authorized:
        return 1
    return 3 if cart.passed else 2
