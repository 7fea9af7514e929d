"""Doors of the carts: the list, a new one, its history and its buttons. Its Setup is a page of the apps above, too."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from carts import checks, connections, create, lifecycle, merchant_records, presses
from carts.choices import kind_of, region_name
from carts.forms import NewCartForm
from carts.lookup import find_cart
from carts.models import Cart
from carts.tabs import tabs
from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.accounts.models import Merchant
from core.activity import kept_exchanges, timeline
from core.common import clock
from core.ui.list_page import listing

SORTS = {"name": "name", "merchant": "merchant__name"}
ARCHIVED = Q(state=Cart.State.ARCHIVED)


# -- The list and a new one --------------------------------------------------------------------------------------------
@require_safe
@door(Ability.LOOK)
def carts(request: HttpRequest) -> HttpResponse:
    visible = Cart.objects.visible_to(access_of(request))
    archived = request.GET.get("tab") == "archived"
    rows = visible.filter(ARCHIVED if archived else ~ARCHIVED).select_related("grant", "merchant")
    counts = visible.aggregate(here=Count("pk", filter=~ARCHIVED), archived=Count("pk", filter=ARCHIVED))
    here = reverse("carts:carts")
    context = {
        "listing": listing(request, rows, sorts=SORTS, default="name"),
        "tabs": [
            {"label": "Carts", "url": here, "active": not archived, "count": counts["here"]},
            {"label": "Archived", "url": f"{here}?tab=archived", "active": archived, "count": counts["archived"]},
        ],
        "archived": archived,
        "any_archived": counts["archived"],
        "now": clock.now(),
        "may_connect": access_of(request).may(Ability.CONNECT),
    }
    return render(request, "carts/carts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@door(Ability.CONNECT)
def new(request: HttpRequest) -> HttpResponse:
    """Make a cart. Where the merchant has authorized us already, the form comes back once to ask which account."""
    form = _new_form(request)
    if not form.is_bound:
        form.find_accounts()
        return render(request, "carts/new.html", {"form": form})
    if not form.is_valid():
        return render(request, "carts/new.html", {"form": form}, status=422)
    if form.asks:
        return render(request, "carts/new.html", {"form": form})
    try:
        made = _make(request, form.cleaned_data)
    except create.GrantTaken as error:
        form.add_error("account", str(error))
        form.find_accounts()
        return render(request, "carts/new.html", {"form": form}, status=422)
    shared = ""
    if made.grant:
        shared = f" It uses {made.merchant}'s authorization for {region_name(made.grant.region)}."
    messages.success(request, f"Created the cart {made.full_name}.{shared}")
    return HttpResponseRedirect(made.get_absolute_url())


@require_safe
@door(Ability.CONNECT)
def accounts(request: HttpRequest) -> HttpResponse:
    """Of the form, only which seller accounts can be chosen: it changes with merchant and marketplace."""
    chosen = {name: request.GET.get(name, "") for name in ("merchant", "new_merchant", "place", "account")}
    form = NewCartForm(initial=chosen, merchants=_merchants(request))
    form.find_accounts()
    return render(request, "carts/accounts.html", {"form": form})


def _new_form(request: HttpRequest) -> NewCartForm:
    if request.method == "POST":
        return NewCartForm(request.POST, merchants=_merchants(request))
    chosen = {name: request.GET[name] for name in ("merchant", "place") if name in request.GET}
    return NewCartForm(initial=chosen, merchants=_merchants(request))


def _make(request: HttpRequest, chosen: dict[str, Any]) -> Cart:
    by, now = person_of(request), clock.now()
    if merchant := chosen["merchant"]:
        merchant_records.keep_email(merchant, chosen["email"], by=by, now=now)
    else:
        merchant = merchant_records.find_or_make(
            access_of(request).organization, name=chosen["new_merchant"], email=chosen["email"], by=by, now=now
        )
    return create.make_cart(
        merchant,
        kind=kind_of(chosen["place"]),
        place_id=chosen["place"],
        name=chosen["name"],
        grant=chosen["grant"],
        by=by,
        now=now,
    )


def _merchants(request: HttpRequest) -> Any:
    return Merchant.objects.visible_to(access_of(request)).order_by("name")


# -- One cart ----------------------------------------------------------------------------------------------------------
@require_safe
@door(Ability.LOOK)
def history(request: HttpRequest, cart_id: int) -> HttpResponse:
    found, access = find_cart(request, cart_id), access_of(request)
    events = list(timeline.history("cart", found.pk, access))
    if found.grant:
        events += timeline.history("grant", found.grant.pk, access)
    events.sort(key=lambda event: event.at, reverse=True)  # like the requests below them
    may_see_exchanges = access.may(Ability.CONNECT) or access.may(Ability.SHIP)
    exchanges, failed = [], request.GET.get("requests") == "failed"
    if found.grant and may_see_exchanges:
        connection = connections.name_of(found.grant)
        exchanges = kept_exchanges.of_connection(connection, found.organization_id, failed=failed)
    context = {
        "cart": found,
        "events": events,
        "exchanges": exchanges,
        "failed": failed,
        "may_see_exchanges": may_see_exchanges,
        "kept_days": settings.EXCHANGES_KEPT_DAYS,
        "tabs": tabs(found, "carts:history"),
    }
    return render(request, "carts/history.html", context)


@require_POST
@door(Ability.CONNECT)
def test(request: HttpRequest, cart_id: int) -> HttpResponse:
    found = find_cart(request, cart_id)
    if found.state == Cart.State.ARCHIVED:
        messages.error(request, f"{found} is archived, so there is nothing to test.")
    elif found.is_pushed:
        messages.info(request, f"{found} needs no test: its orders are pushed, so nobody has to authorize us.")
    elif (past := checks.press(found, now=clock.now())) is not None:
        messages.info(request, f"Tested {presses.ago(past)}: the result is below. Each test spends the seller's quota.")
    else:
        try:
            with connections.while_somebody_waits():
                checks.check(found, by=person_of(request), now=clock.now())
        except connections.Busy as error:
            messages.warning(request, f"{error} Nothing was tested.")
    return HttpResponseRedirect(found.get_absolute_url() + "#test")


@require_POST
@door(Ability.CONNECT)
def ok(request: HttpRequest, cart_id: int) -> HttpResponse:
    return _turn_on(request, cart_id, "The cart {cart} is live. Its orders will appear automatically.")


@require_POST
@door(Ability.CONNECT)
def resume(request: HttpRequest, cart_id: int) -> HttpResponse:
    return _turn_on(request, cart_id, "The cart {cart} is live again. Everything that waited is being sent now.")


@require_POST
@door(Ability.CONNECT)
def pause(request: HttpRequest, cart_id: int) -> HttpResponse:
    found = find_cart(request, cart_id)
    if lifecycle.pause(found, by=person_of(request), now=clock.now()):
        messages.warning(request, f"{found} is paused. Everything unfinished waits until you resume it.")
    else:
        messages.info(request, f"{found} is not live, so there is nothing to pause.")
    return HttpResponseRedirect(found.get_absolute_url())


@require_POST
@door(Ability.CONNECT)
def download(request: HttpRequest, cart_id: int) -> HttpResponse:
    found = find_cart(request, cart_id)
    try:
        lifecycle.download(found, now=clock.now())
    except lifecycle.NotReady as error:
        messages.error(request, str(error))
    except lifecycle.Resting as resting:
        messages.info(request, str(resting))
    else:
        later = "and again in three minutes: Amazon lists new orders about two minutes late."
        messages.success(request, f"We are checking now, {later}")
    return HttpResponseRedirect(found.get_absolute_url())


def _turn_on(request: HttpRequest, cart_id: int, said: str) -> HttpResponse:
    found = find_cart(request, cart_id)
    try:
        lifecycle.turn_on(found, by=person_of(request), now=clock.now())
    except lifecycle.NotReady as error:
        messages.error(request, str(error))
    else:
        lifecycle.wake(found)
        messages.success(request, said.format(cart=found.full_name))
    return HttpResponseRedirect(found.get_absolute_url())
