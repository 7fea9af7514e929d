"""Doors of the carts: the list, a new one, and the page of one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from carts import checking, connecting, granting, preparing, waking
from carts.forms import CartForm, NewCartForm, TokenForm, kind_of, region_name
from carts.models import Cart, Grant
from integration_manager.accounts.access import Ability, Access, door
from integration_manager.accounts.models import Merchant, User
from integration_manager.activity import words
from integration_manager.lib import clock
from integration_manager.ui.listing import listing

SORTS = {"name": "name", "merchant": "merchant__name"}


# -- The list and a new one --------------------------------------------------------------------------------------------
@require_safe
@door(Ability.LOOK)
def carts(request: HttpRequest) -> HttpResponse:
    rows = Cart.objects.visible_to(_access(request)).exclude(state=Cart.State.ARCHIVED)
    page = listing(request, rows.select_related("grant", "merchant"), sorts=SORTS, default="name")
    context = {"listing": page, "now": clock.now(), "may_connect": _may_connect(request)}
    return render(request, "carts/carts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@door(Ability.CONNECT)
def new(request: HttpRequest) -> HttpResponse:
    merchants = Merchant.objects.visible_to(_access(request)).order_by("name")
    form = NewCartForm(request.POST or None, merchants=merchants)
    if not form.is_valid():
        return render(request, "carts/new.html", {"form": form}, status=422 if form.is_bound else 200)
    chosen = form.cleaned_data
    cart = preparing.make_cart(
        chosen["merchant"] or preparing.meet_merchant(_access(request).organization, chosen["new_merchant"]),
        kind=kind_of(chosen["place"]),
        place_id=chosen["place"],
        name=chosen["name"],
        share_grant=chosen["share_grant"],
        by=_person(request),
        now=clock.now(),
    )
    if cart.grant:
        region = region_name(cart.grant.region)
        shared = f"It uses {cart.merchant}'s authorization for {region}."
        messages.success(request, f"Created {cart} for {cart.merchant}. {shared}")
    else:
        messages.success(request, f"Created {cart} for {cart.merchant}.")
    return HttpResponseRedirect(cart.get_absolute_url())


# -- One cart ----------------------------------------------------------------------------------------------------------
@require_safe
@door(Ability.LOOK)
def cart(request: HttpRequest, cart_id: int) -> HttpResponse:
    return _page(request, _cart(request, cart_id))


@require_safe
@door(Ability.LOOK)
def history(request: HttpRequest, cart_id: int) -> HttpResponse:
    found = _cart(request, cart_id)
    events = list(words.history("cart", found.pk, found.organization_id))
    if found.grant:
        events += words.history("grant", found.grant.pk, found.organization_id)
    events.sort(key=lambda event: event.at)
    return render(request, "carts/history.html", {"cart": found, "events": events, "tabs": tabs(found, "History")})


@require_POST
@door(Ability.CONNECT)
def settings(request: HttpRequest, cart_id: int) -> HttpResponse:
    found = _cart(request, cart_id)
    form = CartForm(request.POST, instance=_cart(request, cart_id), zone=_access(request).organization.zone)
    if not form.is_valid():
        return _page(request, found, form=form)
    changed = preparing.change_cart(found, form.cleaned_data, by=_person(request), now=clock.now())
    messages.success(request, "The settings are saved." if changed else "Nothing was changed.")
    return HttpResponseRedirect(found.get_absolute_url())


@require_POST
@door(Ability.CONNECT)
def token(request: HttpRequest, cart_id: int) -> HttpResponse:
    """Take a refresh token that was made at the marketplace."""
    found = _cart(request, cart_id)
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, found, token_form=form)
    given = form.cleaned_data
    ours = connecting.application(found.kind)
    try:
        preparing.keep_token(found, ours, **given, by=_person(request), now=clock.now())
    except granting.NotGranted as error:
        form.add_error(None, str(error))
        return _page(request, found, token_form=form)
    messages.success(
        request, f"Amazon accepts the token: seller {given['seller_id']} authorized us for {found.place.name}."
    )
    return HttpResponseRedirect(found.get_absolute_url())


@require_POST
@door(Ability.CONNECT)
def test(request: HttpRequest, cart_id: int) -> HttpResponse:
    found = _cart(request, cart_id)
    checking.check(found, by=_person(request), now=clock.now())
    return HttpResponseRedirect(found.get_absolute_url() + "#test")


@require_POST
@door(Ability.CONNECT)
def ok(request: HttpRequest, cart_id: int) -> HttpResponse:
    return _turn_on(request, cart_id, "{cart} is on. Its orders appear by themselves.")


@require_POST
@door(Ability.CONNECT)
def resume(request: HttpRequest, cart_id: int) -> HttpResponse:
    return _turn_on(request, cart_id, "{cart} goes on. What waited flows now.")


@require_POST
@door(Ability.CONNECT)
def pause(request: HttpRequest, cart_id: int) -> HttpResponse:
    found = _cart(request, cart_id)
    checking.pause(found, by=_person(request), now=clock.now())
    messages.warning(request, f"{found} is paused. What is owed waits until you resume it.")
    return HttpResponseRedirect(found.get_absolute_url())


@require_POST
@door(Ability.CONNECT)
def download(request: HttpRequest, cart_id: int) -> HttpResponse:
    found = _cart(request, cart_id)
    if waking.download(found, now=clock.now()):
        later = "and again in three minutes: Amazon lists new orders about two minutes late."
        messages.success(request, f"We are looking now, {later}")
    else:
        messages.error(request, f"{found} downloads no orders: it must be live, authorized, and told to download.")
    return HttpResponseRedirect(found.get_absolute_url())


def _turn_on(request: HttpRequest, cart_id: int, said: str) -> HttpResponse:
    found = _cart(request, cart_id)
    try:
        checking.turn_on(found, by=_person(request), now=clock.now())
    except checking.NotReady as error:
        messages.error(request, str(error))
    else:
        waking.wake_all(found)
        messages.success(request, said.format(cart=found))
    return HttpResponseRedirect(found.get_absolute_url())


# -- Putting the page together -----------------------------------------------------------------------------------------
def _cart(request: HttpRequest, cart_id: int) -> Cart:
    found: Cart = get_object_or_404(
        Cart.objects.visible_to(_access(request)).select_related("grant", "merchant", "organization"), pk=cart_id
    )
    return found


def _may_connect(request: HttpRequest) -> bool:
    return bool(_access(request).may(Ability.CONNECT))


def _page(
    request: HttpRequest, cart: Cart, *, form: CartForm | None = None, token_form: TokenForm | None = None
) -> HttpResponse:
    may = _may_connect(request)
    context = {
        "cart": cart,
        "form": form or CartForm(instance=cart, zone=_access(request).organization.zone, locked=not may),
        "token_form": token_form or TokenForm(initial={"seller_id": cart.grant.seller_id if cart.grant else ""}),
        "token_open": token_form is not None,
        "region": region_name(cart.place.region),
        "path": path_of(cart),
        "tabs": tabs(cart, "Setup"),
        "granted": cart.grant is not None and cart.grant.state == Grant.State.CONNECTED,
        "others": _sharing(request, cart),
        "may_connect": may,
        "now": clock.now(),
    }
    return render(request, "carts/cart.html", context, status=422 if form or token_form else 200)


def _sharing(request: HttpRequest, cart: Cart) -> list[Cart]:
    """The other carts that live on the same authorization."""
    if cart.grant is None:
        return []
    return list(Cart.objects.visible_to(_access(request)).filter(grant=cart.grant).exclude(pk=cart.pk).order_by("name"))


def path_of(cart: Cart) -> list[dict[str, str]]:
    """The three steps to a working cart, and how far it is."""
    granted = cart.grant is not None and cart.grant.state == Grant.State.CONNECTED
    tested = ("todo", "that everything is there")
    if cart.checks and not cart.outdated:
        tested = ("good", "passed") if cart.passed else ("bad", "something is missing")
    return [
        {
            "label": "1. Grant Us API Access",
            "tone": "good" if granted else "todo",
            "note": f"seller {cart.grant.seller_id}" if cart.grant and granted else "at Seller Central",
        },
        {"label": "2. Test", "tone": tested[0], "note": tested[1]},
        {
            "label": "3. OK",
            "tone": "good" if cart.state == Cart.State.LIVE else "todo",
            "note": "orders appear by themselves",
        },
    ]


def tabs(cart: Cart, active: str) -> list[dict[str, Any]]:
    """The pages about a cart; those on shipping belong to an app above and are known by name."""
    routes = {
        "Setup": "carts:cart",
        "Shipping methods": "shipping:methods",
        "Reconciliation": "shipping:reconcile",
        "History": "carts:history",
    }
    return [
        {"label": label, "url": reverse(route, args=[cart.pk]), "active": label == active}
        for label, route in routes.items()
    ]


def _access(request: HttpRequest) -> Access:
    access: Access = request.access  # type: ignore[attr-defined]
    return access


def _person(request: HttpRequest) -> User:
    person: User = request.user  # type: ignore[assignment]
    return person
