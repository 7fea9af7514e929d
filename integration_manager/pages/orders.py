"""The list of orders, what can be done to the chosen ones, and every address under /orders/."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import push_url

from carts.models import Cart
from integration_manager.accounts.access import Ability, Access, door
from integration_manager.accounts.models import Merchant, User
from integration_manager.lib import clock
from integration_manager.pages import finding, order
from integration_manager.ui.listing import listing
from orders import filter_pages, holding
from orders.models import OPEN, Order
from shipping.views import MOST, chosen_ids, leave_out

SORTS = {"number": "number", "lines": "line_count", "placed": "placed_at"}
ACTIONS = (
    {"label": "Ship and Close", "value": "ship"},
    {"label": "Hold", "value": "hold"},
    {"label": "Release", "value": "let_go"},
)


# -- The list --------------------------------------------------------------------------------------------------------
@door(Ability.LOOK)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The list, or for htmx only the part of the page that changes with it."""
    access: Access = request.access  # type: ignore[attr-defined]
    context = _list(request, access)
    part = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    response = render(request, "orders/list.html#list" if part else "orders/list.html", context)
    if part:
        push_url(response, context["address"])
    patch_vary_headers(response, ["HX-Request"])  # a part is never taken for the page when going back
    return response


def _list(request: HttpRequest, access: Access) -> dict[str, Any]:
    now = clock.now()
    carts = list(Cart.objects.visible_to(access).order_by("name", "pk"))
    merchants = list(Merchant.objects.visible_to(access).order_by("name", "pk"))
    wanted = finding.read(request.GET, carts=carts, merchants=merchants)
    found = finding.find(access, wanted, now=now)
    counts = finding.count(found)
    state = finding.choose(request.GET, wanted, counts)
    rows = found.filter(status__in=state.statuses).select_related("cart", "merchant")
    tab = state.key if request.GET.get("tab") else ""
    return {
        "listing": listing(request, rows, sorts=SORTS, default="-placed"),
        "tabs": _tabs(state, wanted, counts),
        "state": state,
        "tab": tab,
        "wanted": wanted,
        "chips": _chips(wanted, tab),
        "clear_url": _address({"tab": tab}),
        "everywhere_url": _address({"tab": "all", **wanted.query}),
        "nothing_yet": not wanted.query and not counts["all"],
        "carts": carts,
        "merchants": merchants,
        "placed": finding.PLACED,
        "still_open": OPEN,
        "actions": ACTIONS if access.may(Ability.SHIP) else (),
        "may_connect": access.may(Ability.CONNECT),
        "sort": request.GET.get("sort", ""),
        "address": _address({name: request.GET.get(name, "") for name in ("tab", *finding.KEPT, "sort", "after")}),
    }


def _tabs(active: finding.State, wanted: finding.Wanted, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "label": state.label,
            "url": _address({"tab": state.key, **wanted.query}),
            "count": counts[state.key],
            "tone": state.tone if counts[state.key] else "",
            "active": state == active,
        }
        for state in finding.STATES
    ]


def _chips(wanted: finding.Wanted, tab: str) -> list[dict[str, str]]:
    return [
        {
            "label": words,
            "remove_url": _address({"tab": tab, **{k: v for k, v in wanted.query.items() if k != key}}),
        }
        for key, words in wanted.words.items()
    ]


def _address(query: Mapping[str, str]) -> str:
    """Return the list's address with this query, without what is empty."""
    said = QueryDict(mutable=True)
    said.update({key: value for key, value in query.items() if value})
    return f"{reverse('orders:orders')}?{said.urlencode()}" if said else reverse("orders:orders")


# -- Doing something to the chosen ones --------------------------------------------------------------------------------
@door(Ability.SHIP)
@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Ship, hold or release the chosen orders, and go back to the list as it was."""
    access: Access = request.access  # type: ignore[attr-defined]
    back = redirect(_address({name: request.GET.get(name, "") for name in ("tab", *finding.KEPT, "sort", "after")}))
    ids = chosen_ids(request.POST.getlist("chosen"))
    if not ids:
        messages.warning(request, "Choose orders first.")
        return back
    if len(ids) > MOST:
        messages.warning(request, f"{len(ids)} orders are too many at once. Choose {MOST} at the most.")
        return back
    chosen = list(Order.objects.visible_to(access).filter(pk__in=ids).order_by("pk"))
    if len(chosen) != len(ids):
        raise Http404
    match request.POST.get("action"):
        case "ship":
            if shippable := leave_out(request, sorted(chosen, key=lambda each: ids.index(each.pk))):
                query = QueryDict(mutable=True)
                query.setlist("order", [str(each.pk) for each in shippable])
                return redirect(f"{reverse('shipping:close')}?{query.urlencode()}")
        case "hold":
            _hold(request, chosen)
        case "let_go":
            _let_go(request, chosen)
        case _:
            messages.warning(request, "Say what is to be done with the chosen orders.")
    return back


def _hold(request: HttpRequest, chosen: list[Order]) -> None:
    assert isinstance(request.user, User)
    late = [order for order in chosen if not holding.hold(order, by=request.user, now=clock.now())]
    if done := len(chosen) - len(late):
        messages.success(request, f"{_orders(done)} held. They stay here until somebody releases them.")
    for each in late:
        messages.warning(request, f"{each.number} cannot be held: it is {each.state.label}.")


def _let_go(request: HttpRequest, chosen: list[Order]) -> None:
    assert isinstance(request.user, User)
    kept = [order for order in chosen if not holding.let_go(order, by=request.user, now=clock.now())]
    if done := len(chosen) - len(kept):
        messages.success(request, f"{_orders(done)} released. The warehouse gets them within a minute.")
    for each in kept:
        messages.warning(request, f"{each.number} was not released: it is {each.state.label}. {each.reason}")


def _orders(number: int) -> str:
    return f"{number} order" if number == 1 else f"{number} orders"


urlpatterns = [
    path("", show, name="orders"),
    path("chosen/", act, name="act"),
    *filter_pages.urlpatterns,
    path("<int:order_id>/", order.show, name="order"),
    path("<int:order_id>/hold/", order.hold, name="hold"),
    path("<int:order_id>/let-go/", order.let_go, name="let_go"),
    path("<int:order_id>/send-again/", order.send_again, name="send_again"),
]
