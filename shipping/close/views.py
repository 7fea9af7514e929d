"""Ship and Close: staff say what was shipped, for many orders at once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from carts.marketplaces.order_needs import OrderHandling
from core.accounts.access import Ability, Access
from core.accounts.doors import access_of, door, person_of
from core.accounts.portal_request import PortalRequest
from core.activity.event_log import event, record_all
from core.common import clock
from core.common.vault import Unopenable
from core.ui.request_values import read_ids
from orders.models import Order, OrderStatus, Recipient
from shipping.close import fill_in, ship_and_close
from shipping.close.dialog import Dialog
from shipping.close.forms import BY_METHOD
from shipping.close.preflight import preflight
from shipping.close.ship_and_close import Closed
from shipping.confirmation import dispatches
from shipping.models import Release, ShipMethod

MOST = 200  # orders at once
NAMED = 10  # orders in one message
RESULTS = {
    "shipped": ("Shipped", "good"),
    "part": ("Partly shipped", "busy"),
    "again": ("Already shipped", "calm"),
    "failed": ("Not shipped", "bad"),
}
CLOSED = "closed"  # in the session: what became of what was sent last


# -- The dialog --------------------------------------------------------------------------------------------------------
@door(Ability.SHIP)
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest) -> HttpResponse:
    """Show the dialog for ?order=1&order=2…; ship them all when it is sent and nothing is wrong with it.

    Sent by any other of its buttons it ships nothing: the dialog comes again, filled in, with what that changed.
    """
    access = access_of(request)
    posted = request.method == "POST"
    said = (request.POST if posted else request.GET).copy()
    ids = read_ids(said.getlist("order"))
    if not 0 < len(ids) <= MOST:
        messages.warning(request, f"Choose between 1 and {MOST} orders to ship and close.")
        return _go(request, reverse("orders:orders"))
    orders = _orders(access, ids)
    if not posted and not PortalRequest.of(request).htmx:
        orders = leave_out(request, orders)
    leaving = read_ids(said.getlist("leave_out")) if posted else []
    orders = [order for order in orders if order.pk not in leaving]
    if not orders:
        if leaving:
            messages.info(request, "Every order was left out. Nothing was shipped.")
        return _go(request, reverse("orders:orders"))
    releases = {release.order_id: release for release in Release.objects.visible_to(access).filter(order__in=orders)}
    methods = _methods(access, releases)
    if posted:
        _put(said, fill_in.filled({name: str(value) for name, value in said.items()}, methods))
    else:
        said = _start(said, releases, methods, access)
    told = fill_in.press(said, orders) if posted else ""
    may_see = access.may(Ability.SEE_BUYERS)
    dialog = Dialog(said, orders, methods, handlings=_handlings(request, orders, now=clock.now()), opened=may_see)
    if told is None and _ship(request, dialog, access, really="check" not in said):
        return _go(request, reverse("shipping:closed"))
    context = {
        "dialog": dialog,
        "orders": orders,
        "told": told or "",
        "looked_over": told is None,
        "shippable": OrderStatus.AT_WMS,
        "crumbs": [("Orders", reverse("orders:orders"))],
    }
    response = render(request, "shipping/close/close.html", context)
    if may_see:  # gift messages: who uses this browser next reads none
        add_never_cache_headers(response)
    return response


def _go(request: HttpRequest, url: str) -> HttpResponse:
    """Go to another page, also from a part that htmx asked for."""
    return HttpResponseClientRedirect(url) if PortalRequest.of(request).htmx else redirect(url)


def leave_out(request: HttpRequest, orders: Sequence[Order]) -> list[Order]:
    """Return the orders that can be shipped. Which were left out, and why, is said in one message."""
    left = [order for order in orders if not order.is_at_warehouse]
    if left:
        said = [f"{order.number} is {_state(order)}" for order in left[:NAMED]]
        more = [f"{len(left) - NAMED} more"] if len(left) > NAMED else []
        what = ngettext(
            "{count} order was left out because it can't be shipped",
            "{count} orders were left out because they can't be shipped",
            len(left),
        )
        messages.warning(request, f"{what.format(count=len(left))}: {', '.join(said + more)}.")
    return [order for order in orders if order.is_at_warehouse]


def _state(order: Order) -> str:
    return "in error" if order.status == OrderStatus.ERROR else order.state.label.lower()


def _orders(access: Access, ids: Sequence[int]) -> list[Order]:
    """Return the orders in the order they were asked for. One that is absent or another's: none of them is found."""
    found = Order.objects.visible_to(access).filter(pk__in=ids).select_related("cart", "release").in_bulk()
    if len(found) != len(ids):
        raise Http404
    return [found[pk] for pk in ids]


def _handlings(request: HttpRequest, orders: Sequence[Order], *, now: datetime) -> dict[int, OrderHandling]:
    """Return what the buyers asked for. Who may see buyers reads gift messages here, and each look is recorded."""
    by_id = {order.pk: order for order in orders}
    found: dict[int, OrderHandling] = {}
    for recipient in Recipient.objects.filter(order__in=list(by_id), sealed__isnull=False).defer("source"):
        recipient.order = by_id[recipient.order_id]
        try:
            found[recipient.order_id] = recipient.unseal().handling
        except Unopenable:
            continue
    if request.method == "GET" and access_of(request).may(Ability.SEE_BUYERS):
        told = [by_id[pk] for pk, handling in found.items() if handling.lines]
        record_all(event("recipient.looked_at", order, now=now, actor=person_of(request)) for order in told)
    return found


def _methods(access: Access, releases: Mapping[int, Release]) -> "QuerySet[ShipMethod]":
    """Return the ship methods of the warehouses that have these orders; of all warehouses when none has."""
    methods: QuerySet[ShipMethod] = ShipMethod.objects.visible_to(access)
    warehouses = {release.warehouse_id for release in releases.values()}
    return (methods.filter(warehouse__in=warehouses) if warehouses else methods).order_by("label", "pk")


def _start(
    said: QueryDict, releases: Mapping[int, Release], methods: Iterable[ShipMethod], access: Access
) -> QueryDict:
    """Return what stands in it at first: the ship method all orders were handed over with, or the one picked."""
    if "method" in said:
        picked = {name: str(said.get(name, "")) for name in ("method", "filled_by", *BY_METHOD)}
    else:
        shared = {release.ship_method_id for release in releases.values()}
        picked = {"method": str(next(iter(shared)) or "") if len(shared) == 1 else ""}
    today = clock.now().astimezone(access.organization.zone).date()
    start = QueryDict(mutable=True)
    _put(start, {**picked, **fill_in.filled(picked, methods)})
    start["shipped_on"] = str(said.get("shipped_on") or today.isoformat())
    return start


def _put(said: QueryDict, values: Mapping[str, str]) -> None:
    for name, value in values.items():
        said[name] = value


# -- Shipping ----------------------------------------------------------------------------------------------------------
def _ship(request: HttpRequest, dialog: Dialog, access: Access, *, really: bool) -> bool:
    """Ship all of it, or say in the dialog what is wrong or odd. False when nothing was shipped."""
    if not dialog.is_valid():
        return False
    now = clock.now()
    closings = dialog.closings(now=now, zone=access.organization.zone)
    dialog.say(preflight(closings, now=now, access=access))
    if dialog.errors or not dialog.is_agreed() or not really:
        return False
    closed = ship_and_close.ship_and_close(closings, by=person_of(request), now=now)
    shipped = [each.order for each in closed if each.shipped]
    dispatches.ring_for_orders((order.cart.grant_id, order.pk) for order in shipped if order.cart.grant_id)
    request.session[CLOSED] = {"organization": access.organization.pk, "orders": [_line(each) for each in closed]}
    return True


def _line(each: Closed) -> dict[str, object]:
    order = each.order
    return {
        "id": order.pk,
        "number": order.number,
        "url": order.get_absolute_url(),
        "shipped": each.shipped,
        "result": "failed" if not each.shipped else "again" if each.again else "part" if each.rest else "shipped",
        "message": each.message,
    }


@door(Ability.SHIP)
@require_safe
def closed(request: HttpRequest) -> HttpResponse:
    """Show what became of what was sent last, a line for each order."""
    access = access_of(request)
    kept = request.session.get(CLOSED, {})
    lines = kept.get("orders", []) if kept.get("organization") == access.organization.pk else []
    if not lines:
        return redirect("orders:orders")
    left = QueryDict(mutable=True)
    left.setlist("order", [str(line["id"]) for line in lines if not line["shipped"]])
    shipped = sum(line["shipped"] for line in lines)
    failed = len(lines) - shipped
    title = ngettext("{count} order was not shipped.", "{count} orders were not shipped.", failed)
    context = {
        "lines": [{**line, "pill": RESULTS[line["result"]]} for line in lines],
        "shipped": shipped,
        "left": failed,
        "left_title": title.format(count=failed),
        "again_url": f"{reverse('shipping:close')}?{left.urlencode()}",
        "list_url": f"{reverse('orders:orders')}?tab=wms",
        "crumbs": [("Orders", reverse("orders:orders"))],
    }
    return render(request, "shipping/close/closed.html", context)
