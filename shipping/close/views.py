"""Ship and Close: staff say what was shipped, for many orders at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from carts.marketplaces.order_needs import OrderHandling
from core.accounts.access import Ability, Access
from core.accounts.doors import access_of, door, person_of
from core.accounts.portal_request import PortalRequest
from core.activity.event_log import event, record_all
from core.common import clock
from core.common.vault import Unopenable
from core.ui.request_values import read_id, read_ids
from orders.models import Order, OrderStatus, Recipient
from shipping.close import drafts, fill_in, live_news, set_all, shipment_batches, shippable
from shipping.close.dialog import Dialog
from shipping.close.method_menu import BY_METHOD, MethodMenu
from shipping.close.preflight import preflight
from shipping.methods.decision import mapped_by_now
from shipping.models import Release, ShipmentBatch, ShipMethod, ShippingDraft
from shipping.shipments import release_parts
from shipping.shipments.shipped_packages import openings

MOST = 1_000  # orders at once
NAMED = 10  # orders in one message
NONE_CHOSEN = "Choose, or type it"  # of a row's ship method


# -- The dialog --------------------------------------------------------------------------------------------------------
@door(Ability.SHIP)
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest) -> HttpResponse:
    """Show the dialog for ?order=1&order=2…, ?draft=3 or ?batch=4; ship them all when it is sent and nothing is wrong.

    Sent by any other of its buttons it ships nothing: the dialog comes again, filled in, with what that changed.
    """
    access = access_of(request)
    posted = request.method == "POST"
    said = request.POST.copy() if posted else _opened(request, access)
    ids = read_ids(said.getlist("order"))
    if not 0 < len(ids) <= MOST:
        messages.warning(request, f"Choose between 1 and {MOST:,} orders to ship and close.")
        return _go(request, reverse("orders:orders"))
    orders = _orders(access, ids)
    if not posted:
        orders = leave_out(request, orders)
    leaving = _leaving(said, orders) if posted else []
    orders = [order for order in orders if order.pk not in leaving]
    if not orders:
        if leaving:
            messages.info(request, "Every order was left out. Nothing was shipped.")
        return _go(request, reverse("orders:orders"))
    releases = _releases(access, orders, said)
    menu, menus = _menus(access, orders, releases)
    now = clock.now()
    asked = live_news.ask(orders, now=now) if posted and "download" in said else ""
    if request.method == "GET":
        live_news.ask_where_old(orders, now=now)
    told = _settle(said, orders, menu, menus) if posted else _start(said, orders, releases, menus, access)
    may_see = access.may(Ability.SEE_BUYERS)
    handlings = _handlings(request, orders, now=now)
    dialog = Dialog(said, orders, menu, menus=menus, handlings=handlings, opened=may_see)
    if not posted:
        dialog.begin_scanning()
    if told is None and (batch := _ship(request, dialog, access, really="check" not in said)):
        return _go(request, batch.get_absolute_url())
    context = {
        "dialog": dialog,
        "orders": orders,
        "told": told or "",
        "looked_over": told is None,
        "shippable": OrderStatus.AT_WMS,
        "news": live_news.news_of(orders, asked=asked),
        "followed": live_news.FOLLOWED,
        "crumbs": [("Orders", reverse("orders:orders"))],
    }
    response = render(request, "shipping/close/close.html", context)
    if may_see:  # gift messages: who uses this browser next reads none
        add_never_cache_headers(response)
    return response


def _opened(request: HttpRequest, access: Access) -> QueryDict:
    """Return what it opens with: orders that the address names, a draft, or what is left of a batch."""
    said = QueryDict(mutable=True)
    if "draft" in request.GET:
        found = ShippingDraft.objects.visible_to(access)
        fields = get_object_or_404(found, pk=read_id(request.GET["draft"])).fields
    elif "batch" in request.GET:
        sent = ShipmentBatch.objects.visible_to(access)
        fields = drafts.left_of(get_object_or_404(sent, pk=read_id(request.GET["batch"])))
    else:
        parts = {name: value for name, value in request.GET.items() if name.startswith("part_")}
        fields = {"order": request.GET.getlist("order"), **parts}
    for name, value in fields.items():
        said.setlist(name, [str(each) for each in value] if isinstance(value, list) else [str(value)])
    return said


def _leaving(said: QueryDict, orders: Sequence[Order]) -> list[int]:
    """Return which orders a button takes out: those it names, or all that can't be shipped any more."""
    gone = [order.pk for order, _ in shippable.left_out(orders)] if "leave_gone" in said else []
    return [*read_ids(said.getlist("leave_out")), *gone]


def _go(request: HttpRequest, url: str) -> HttpResponse:
    """Go to another page, also from a part that htmx asked for."""
    return HttpResponseClientRedirect(url) if PortalRequest.of(request).htmx else redirect(url)


def leave_out(request: HttpRequest, orders: Sequence[Order]) -> list[Order]:
    """Return the orders that can be shipped. Which were left out, and why, is said in one message."""
    left = shippable.left_out(orders)
    if left:
        said = [f"{order.number} {why}" for order, why in left[:NAMED]]
        more = [f"{len(left) - NAMED} more"] if len(left) > NAMED else []
        what = ngettext(
            "{count} order was left out because it can't be shipped",
            "{count} orders were left out because they can't be shipped",
            len(left),
        )
        messages.warning(request, f"{what.format(count=len(left))}: {', '.join(said + more)}.")
    without = {order.pk for order, _ in left}
    return [order for order in orders if order.pk not in without]


def _orders(access: Access, ids: Sequence[int]) -> list[Order]:
    """Return the orders in the order they were asked for. One that is absent or another's: none of them is found."""
    asked = Order.objects.visible_to(access).filter(pk__in=ids).select_related("cart__merchant")
    found = asked.prefetch_related("releases").in_bulk()
    if len(found) != len(ids):
        raise Http404
    return [found[pk] for pk in ids]


def _releases(access: Access, orders: Sequence[Order], said: QueryDict) -> dict[int, Release]:
    """Return by the order's id what it was handed over by; of a split order, the part that is shipped here."""
    rows = Release.objects.visible_to(access).filter(order__in=orders).select_related("warehouse__default_method")
    releases = {release.order_id: release for release in rows.order_by("-part")}
    split = [order for order in orders if order.parts]
    if split:
        chosen = {order.pk: read_id(said.get(f"part_{order.pk}", "")) for order in split}
        at_desk = release_parts.at_desk(split, openings(split), chosen)
        by_id = {release.pk: release for release in rows.filter(pk__in=[each.pk for each in at_desk.values()])}
        releases |= {pk: by_id[part.pk] for pk, part in at_desk.items() if part.pk in by_id}
        for pk, part in at_desk.items():
            said[f"part_{pk}"] = str(part.pk)
    return releases


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


def _menus(
    access: Access, orders: Sequence[Order], releases: Mapping[int, Release]
) -> tuple[MethodMenu, dict[int, MethodMenu]]:
    """Return the ship methods of all these orders, and by the order's id those of the warehouse that has it."""
    warehouses = {release.warehouse_id for release in releases.values()}
    methods = ShipMethod.objects.visible_to(access)
    found = list((methods.filter(warehouse__in=warehouses) if warehouses else methods).order_by("label", "pk"))
    any_of_them = MethodMenu(found, empty=NONE_CHOSEN)
    by_warehouse = {
        pk: MethodMenu([each for each in found if each.warehouse_id == pk], empty=NONE_CHOSEN) for pk in warehouses
    }
    menus = {
        order.pk: by_warehouse[releases[order.pk].warehouse_id] if order.pk in releases else any_of_them
        for order in orders
    }
    return MethodMenu(found, empty="Choose a ship method"), menus


def _places(said: QueryDict, orders: Sequence[Order]) -> set_all.Places:
    return [(order, fill_in.places_of(said, order)) for order in orders]


def _start(
    said: QueryDict,
    orders: Sequence[Order],
    releases: Mapping[int, Release],
    menus: Mapping[int, MethodMenu],
    access: Access,
) -> str:
    """Fill in what nobody said yet: the ship method each order was handed over with or has by now, and today."""
    by_now = mapped_by_now(orders, releases)
    for order, numbers in _places(said, orders):
        mapped = (releases[order.pk].ship_method_id if order.pk in releases else None) or by_now.get(order.pk)
        handed_over = str(mapped or "")
        for number in numbers:
            pattern = set_all.field("{}", order, number)
            if not any(said.get(pattern.format(name)) for name in ("method", *BY_METHOD)):
                said[pattern.format("method")] = handed_over if handed_over in menus[order.pk].by_id else ""
            set_all.settle(said, pattern, menus[order.pk])
    if not said.get("shipped_on"):
        said["shipped_on"] = clock.now().astimezone(access.organization.zone).date().isoformat()
    return ""


def _settle(said: QueryDict, orders: Sequence[Order], menu: MethodMenu, menus: Mapping[int, MethodMenu]) -> str | None:
    """Do what the button does, with ship methods and fields that agree. None where it ships what the page shows."""
    typed_over = set_all.settle_all(said, _places(said, orders), menus, menu)
    told = fill_in.press(said, orders, menus)
    if told is None and (other := typed_over or set_all.unset(said, _places(said, orders))):
        return other
    return told


# -- Shipping ----------------------------------------------------------------------------------------------------------
def _ship(request: HttpRequest, dialog: Dialog, access: Access, *, really: bool) -> ShipmentBatch | None:
    """Ship all of it, or say in the dialog all that is wrong or odd at once. None when nothing was shipped."""
    now, valid = clock.now(), dialog.is_valid()
    closings = dialog.closings(now=now, zone=access.organization.zone)
    dialog.say(preflight(closings, now=now, access=access))
    if not valid or dialog.errors or not dialog.is_agreed() or not really:
        return None
    return shipment_batches.begin(
        closings, dialog.typed, organization=access.organization, by=person_of(request), now=now
    )
