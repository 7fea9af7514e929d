"""Ship and Close: staff say what was shipped, for many orders at once."""

from collections.abc import Iterable, Mapping, Sequence

from django.contrib import messages
from django.db.models import Q, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from integration_manager.accounts.access import Ability, Access, door
from integration_manager.accounts.models import User
from integration_manager.lib import clock
from orders.models import Order, OrderStatus
from shipping import closing, tasks
from shipping.closing import Closed, Closing
from shipping.forms import BY_METHOD, CloseForm, filled
from shipping.models import Package, Release, ShipMethod

MOST = 200  # orders at once
NAMED = 10  # orders in one message
LARGEST_ID = 2**63 - 1


def chosen_ids(texts: Iterable[str]) -> list[int]:
    """Return the ids a page was asked for, each once. What cannot be an id is not found."""
    ids = dict.fromkeys(int(text) if text.isascii() and text.isdecimal() else 0 for text in texts)
    if any(not 0 < number <= LARGEST_ID for number in ids):
        raise Http404
    return list(ids)


@door(Ability.SHIP)
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest) -> HttpResponse:
    """Show the form for ?order=1&order=2…; ship them all when it is sent and nothing is wrong with it.

    Sent with leave_out it ships nothing: the form comes again, as it was filled in, without that order.
    """
    access: Access = request.access  # type: ignore[attr-defined]
    said = request.POST if request.method == "POST" else request.GET
    ids = chosen_ids(said.getlist("order"))
    if not 0 < len(ids) <= MOST:
        messages.warning(request, f"Choose between 1 and {MOST} orders to ship and close.")
        return redirect("orders:orders")
    orders = _orders(access, ids)
    if request.method != "POST" and not request.htmx:  # type: ignore[attr-defined]
        orders = leave_out(request, orders)
    leaving = chosen_ids(said.getlist("leave_out")) if request.method == "POST" else []
    orders = [order for order in orders if order.pk not in leaving]
    if not orders:
        if leaving:
            messages.info(request, "Every order was left out. Nothing was shipped.")
        return redirect("orders:orders")
    releases = {release.order_id: release for release in Release.objects.visible_to(access).filter(order__in=orders)}
    methods = _methods(access, releases)
    if leaving:
        form = CloseForm(orders, methods, initial=said.dict())
    elif request.method == "POST":
        form = CloseForm(orders, methods, _with(said, filled(said.dict(), methods)))
        if form.is_valid() and _ship(request, form, access):
            return redirect(f"{reverse('orders:orders')}?tab=wms")
    else:
        form = CloseForm(orders, methods, initial=_initial(said, releases, methods, access))
    crumbs = [("Orders", reverse("orders:orders"))]
    context = {"form": form, "orders": orders, "shippable": OrderStatus.AT_WMS, "crumbs": crumbs}
    return render(request, "shipping/close.html", context)


def leave_out(request: HttpRequest, orders: Sequence[Order]) -> list[Order]:
    """Return the orders that can be shipped. Which were left out, and why, is said in one message."""
    left = [order for order in orders if order.status != OrderStatus.AT_WMS]
    if left:
        said = [f"{order.number} is {_state(order)}" for order in left[:NAMED]]
        more = [f"{len(left) - NAMED} more"] if len(left) > NAMED else []
        one = "1 order was left out because it cannot be shipped"
        what = one if len(left) == 1 else f"{len(left)} orders were left out because they cannot be shipped"
        messages.warning(request, f"{what}: {', '.join(said + more)}.")
    return [order for order in orders if order.status == OrderStatus.AT_WMS]


def _state(order: Order) -> str:
    return "in error" if order.status == OrderStatus.ERROR else order.state.label.lower()


def _orders(access: Access, ids: Sequence[int]) -> list[Order]:
    """Return the orders in the order they were asked for. One that is absent or another's: none of them is found."""
    left_out = Sum("lines__ordered", filter=Q(lines__left_out=True), default=0)
    asked = Order.objects.visible_to(access).filter(pk__in=ids).annotate(left_out=left_out)
    found = asked.select_related("cart", "release").in_bulk()
    if len(found) != len(ids):
        raise Http404
    return [found[pk] for pk in ids]


def _methods(access: Access, releases: Mapping[int, Release]) -> "QuerySet[ShipMethod]":
    """Return the ship methods of the warehouses that have these orders; of all warehouses when none has."""
    methods: QuerySet[ShipMethod] = ShipMethod.objects.visible_to(access)
    warehouses = {release.warehouse_id for release in releases.values()}
    return (methods.filter(warehouse__in=warehouses) if warehouses else methods).order_by("label", "pk")


def _initial(
    said: QueryDict, releases: Mapping[int, Release], methods: Iterable[ShipMethod], access: Access
) -> dict[str, object]:
    """Return what stands in the form at first: the ship method all orders were handed over with, or the one picked."""
    if "method" in said:
        picked = {name: str(said.get(name, "")) for name in ("method", "filled_by", *BY_METHOD)}
    else:
        shared = {release.ship_method_id for release in releases.values()}
        picked = {"method": str(next(iter(shared)) or "") if len(shared) == 1 else ""}
    start = {**picked, **filled(picked, methods)}
    today = clock.now().astimezone(access.organization.zone).date()
    return {"shipped_on": said.get("shipped_on") or today, **start}


def _with(said: QueryDict, values: Mapping[str, str]) -> QueryDict:
    changed = said.copy()
    for name, value in values.items():
        changed[name] = value
    return changed


def _ship(request: HttpRequest, form: CloseForm, access: Access) -> bool:
    """Ship all of it, or say in the form what is wrong. False when nothing was shipped."""
    assert isinstance(request.user, User)
    now = clock.now()
    closings = form.closings(now=now, zone=access.organization.zone)
    if problems := closing.preflight(_unsent(closings), now=now):
        form.say(problems)
        return False
    closed = closing.ship_and_close(closings, by=request.user, now=now)
    shipped = [each.order for each in closed if each.shipped]
    tasks.ring_for_orders((order.cart.grant_id, order.pk) for order in shipped if order.cart.grant_id)
    _tell(request, closed)
    return True


def _unsent(closings: Sequence[Closing]) -> list[Closing]:
    """Return those not shipped just so before: a form that is sent twice does no harm and shows no alarm."""
    pairs = Package.objects.filter(order__in=[each.order for each in closings])
    known = set(pairs.values_list("order", "tracking_number"))
    return [each for each in closings if any((each.order.pk, p.tracking_number) not in known for p in each.parcels)]


def _tell(request: HttpRequest, closed: Sequence[Closed]) -> None:
    shipped = sum(each.shipped for each in closed)
    if shipped:
        what = "1 order shipped. Its tracking is" if shipped == 1 else f"{shipped} orders shipped. Their tracking is"
        messages.success(request, f"{what} on its way to the cart.")
    for each in closed:
        if not each.shipped:
            messages.error(request, f"{each.order.number} was not shipped. {each.message}")
