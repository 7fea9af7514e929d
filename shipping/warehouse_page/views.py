"""Doors of the pages about one warehouse: its status, what happened, what is matched with it, and sending again."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.activity import timeline as kept_timeline
from core.common import clock
from core.ui.live_pages import follows
from shipping.events import PLACES
from shipping.locations import api_connection
from shipping.models import Release, Warehouse, WarehouseAccess, WarehouseAccount
from shipping.warehouse_page import go_live, mapping_page, refused_orders, warehouse_standing
from shipping.warehouse_page.page_tabs import has_requests, tabs

OF_A_WAREHOUSE = [kind.name for kind in PLACES]


def _version(request: HttpRequest, warehouse_id: int) -> tuple[object, ...]:
    mine = Release.objects.visible_to(access_of(request)).filter(warehouse=warehouse_id).unfinished()
    return (mine.count(), mine.stuck().count())


@require_safe
@door(Ability.LOOK)
@follows(_version)
def status(request: HttpRequest, warehouse_id: int) -> HttpResponse:
    """How it is doing: what waits, what it refused and why, what went over the wire, and whether it can go live."""
    warehouse, access, now = _warehouse(request, warehouse_id), access_of(request), clock.now()
    entry = WarehouseAccess.objects.filter(warehouse=warehouse).first()
    may_see_steps = access.may(Ability.SETTINGS) and bool(warehouse.system.fields)
    standing = warehouse_standing.standings([warehouse])[warehouse.pk]
    steps = go_live.steps(warehouse, entry, now) if may_see_steps else []
    context = {
        "warehouse": warehouse,
        "tabs": tabs(warehouse, "shipping:warehouse_status", access),
        "standing": standing,
        "pill": standing.pill(now),
        "accounts": WarehouseAccount.objects.filter(warehouse=warehouse).select_related("merchant").order_by("pk"),
        "refused": refused_orders.groups(warehouse, now) if warehouse.system.remote else [],
        "days": warehouse_standing.wire_days(warehouse, now),
        "month": warehouse_standing.wire_month(warehouse, now),
        "steps": steps,
        "is_live": all(step.tone == "good" for step in steps),
        "may_see_requests": access.may(Ability.CONNECT) and has_requests(warehouse),
        "may_send": access.may(Ability.SHIP),
        "may_change": access.may(Ability.SETTINGS),
    }
    if warehouse.system.calls_us:
        context |= {
            "calling": api_connection.standing_of(warehouse, now),
            "traffic": api_connection.traffic_of(warehouse, now),
        }
    return render(request, "shipping/warehouse_page/status.html", context)


@require_safe
@door(Ability.LOOK)
def timeline(request: HttpRequest, warehouse_id: int) -> HttpResponse:
    """What happened to it, the newest first. What was recorded of its organization before is found by its name."""
    warehouse, access = _warehouse(request, warehouse_id), access_of(request)
    events = [
        *kept_timeline.history("warehouse", warehouse.pk, access),
        *kept_timeline.about_one(access, OF_A_WAREHOUSE, name=warehouse.name),
    ]
    events.sort(key=lambda event: event.at, reverse=True)
    context = {
        "warehouse": warehouse,
        "tabs": tabs(warehouse, "shipping:warehouse_timeline", access),
        "events": events,
        "pill": warehouse_standing.pill_of(warehouse),
    }
    return render(request, "shipping/warehouse_page/timeline.html", context)


@require_safe
@door(Ability.SETTINGS)
def mapping(request: HttpRequest, system_id: int) -> HttpResponse:
    """Which merchant is whom there, which ship methods are used, and what goods are called."""
    warehouse = _warehouse(request, system_id)
    if not warehouse.system.fields:
        raise Http404  # there is nobody to match with
    return mapping_page.show(request, warehouse)


@require_POST
@door(Ability.SHIP)
def send_waiting(request: HttpRequest, warehouse_id: int) -> HttpResponse:
    """Let what waits for a later try go now."""
    warehouse = _warehouse(request, warehouse_id)
    sent = refused_orders.hasten(warehouse, by=person_of(request), now=clock.now())
    if sent:
        told = ngettext("{count} waiting order is being sent now.", "{count} waiting orders are being sent now.", sent)
        messages.success(request, told.format(count=sent))
    else:
        messages.info(request, "Nothing waits for a later try: what is on its way is being sent already.")
    return _back(warehouse)


@require_POST
@door(Ability.SHIP)
def send_refused(request: HttpRequest, warehouse_id: int) -> HttpResponse:
    """Send again all that was refused for one reason."""
    warehouse = _warehouse(request, warehouse_id)
    reason = request.POST.get("reason", "")
    sent = refused_orders.send_again(warehouse, reason, by=person_of(request), now=clock.now())
    if sent:
        told = ngettext(
            "{count} refused order is being sent again. Whether it is taken now shows below.",
            "{count} refused orders are being sent again. How many are taken now shows below.",
            sent,
        )
        messages.success(request, told.format(count=sent))
    else:
        messages.info(request, "No order is refused for this reason any more.")
    return _back(warehouse)


def _warehouse(request: HttpRequest, warehouse_id: int) -> Warehouse:
    access = access_of(request)
    if not access.is_of_house:
        raise Http404  # the 3PL's own
    found: Warehouse = get_object_or_404(Warehouse.objects.visible_to(access), pk=warehouse_id)
    return found


def _back(warehouse: Warehouse) -> HttpResponse:
    return HttpResponseRedirect(reverse("shipping:warehouse_status", args=[warehouse.pk]))
