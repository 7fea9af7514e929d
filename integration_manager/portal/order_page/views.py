"""One order: what is wrong with it, how far it is, what it holds, and what happened."""

from django.db.models import Count, Prefetch, Sum, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from carts.marketplaces import APPLICATIONS
from carts.marketplaces.order_needs import NO_HANDLING, OrderHandling, RelatedOrder
from core.accounts.access import Ability
from core.accounts.doors import access_of, door
from core.activity import kept_exchanges, timeline
from core.activity.kept_exchanges import ShownExchange
from core.common import clock
from core.ui.live_pages import follows
from core.ui.request_values import read_number
from integration_manager.portal import page_versions
from integration_manager.portal.order_page import (
    alert_bars,
    buttons,
    cancel_views,
    others_panel,
    recipient_panel,
    report_views,
    split_table,
)
from integration_manager.portal.order_page.difference_views import differences_of, may_take_lines
from integration_manager.portal.order_page.explanation import (
    Parceled,
    parceled,
    problem_of,
    shipments_of,
    steps_of,
    sums_of,
    told_to_seller,
    with_exchanges,
)
from integration_manager.portal.order_page.line_table import lines_of
from integration_manager.portal.order_page.order_access import find_order
from orders import packing_notes
from orders.actions import notes
from orders.actions.forms import NoteForm
from orders.models import Order
from shipping import routing
from shipping.connection import kept_requests
from shipping.models import Charge, Package, PackageLine, Release

PACKAGES_SHOWN, PACKED_SHOWN = 50, 20  # of an order, and lines of one of them


@door(Ability.LOOK)
@require_safe
@follows(page_versions.of_order)
def show(request: HttpRequest, order_id: int) -> HttpResponse:
    return page(request, find_order(request, order_id))


def page(
    request: HttpRequest,
    order: Order,
    *,
    opened: bool = False,
    note_form: NoteForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of an order: with its recipient in clear where that was asked for, or with a note that is not fit."""
    access = access_of(request)
    now = clock.now()
    releases = list(Release.objects.filter(order=order).select_related("warehouse", "ship_method").order_by("part"))
    # Of a split order the one that needs a person stands for it where only one can.
    release = next((each for each in releases if each.is_stuck), next(iter(releases), None))
    packages = _packages(order)
    charges = list(Charge.objects.filter(order=order).order_by("at", "pk"))
    shipments = shipments_of(_parceled(order, packages), charges)
    together = {each.pk for shipped in shipments for each in shipped.charges}
    apart = [each for each in charges if each.pk not in together]
    may_see_exchanges = access.may(Ability.SHIP) or access.may(Ability.CONNECT)
    exchanges = _exchanges(order, release) if may_see_exchanges else []
    history = timeline.page("order", order.pk, access, before=read_number(request.GET.get("before", "")))
    recipient = recipient_panel.show_recipient(request, order, opened=opened)
    handling: OrderHandling = recipient.get("handling", NO_HANDLING)
    problem = cancel_views.problem_of(order, access) or buttons.problem_of(order, access) or problem_of(order, access)
    whole = cancel_views.wants_whole(order)
    if whole:
        problem = cancel_views.with_reason(problem, handling, opened=opened)
    if not access.is_of_house:
        problem = told_to_seller(order, problem)
    context = {
        "crumbs": [("Orders", reverse("orders:orders"))],
        "order": order,
        "problem": problem,
        "reason": order.reason_for(access),
        "alert_bars": [*report_views.bars_of(order, access), *alert_bars.bars_of(order, access)],
        "steps": steps_of(order, release, packages, now=now, zone=access.organization.zone),
        "lines": lines_of(
            order,
            page=read_number(request.GET.get("lines", "")) or 1,
            handling=handling,
            opened=opened,
            without=(packing_notes.CANCEL_REASON,) if whole else (),
        ),
        "wants_whole": whole,
        "lines_to_decide": cancel_views.lines_to_decide(order, access),
        "page_there": cancel_views.page_there(order),
        "packing_notes": packing_notes.of_order(order, handling, opened=opened),
        "related": related_of(order, handling),
        "ship_from": routing.ship_from(order, release.warehouse_id) if release else "",
        "shipments": shipments,
        "packages_before": max(0, len(packages) - PACKAGES_SHOWN),
        "charged_apart": apart,
        "charged_apart_sums": sums_of(apart),
        "charged": sums_of(charges) if 0 < len(together) < len(charges) or len(shipments) > 1 else [],
        "zone": access.organization.zone,
        "others": others_panel.others_of(order),
        "release": release,
        "warehouses": ", ".join(each.warehouse.name for each in releases),
        "split": split_table.rows_of(order),
        "shipped_with": ", ".join(dict.fromkeys(f"{each.carrier} {each.service}" for each in packages)),
        "overdue": order.is_overdue(now),
        "recipient": recipient,
        "way": buttons.way_of(order, access),
        "offers": buttons.offers(order, release, access),
        "notes": notes.notes_of(order) if access.may(Ability.SEE_BUYERS) else None,
        "note_form": note_form or NoteForm(),
        "differences": differences_of(order, access),
        "may_take_lines": may_take_lines(order, access),
        "may_ship": access.may(Ability.SHIP),
        "history": history,
        "events": with_exchanges(history.events, exchanges, APPLICATIONS[order.cart.kind].marketplace),
        "exchanges": exchanges,
        "may_see_exchanges": may_see_exchanges,
    }
    response = render(request, "portal/order_page/order.html", context, status=status)
    if opened or context["notes"] or note_form:  # who uses this browser next reads no names
        add_never_cache_headers(response)
    return response


def _exchanges(order: Order, release: Release | None) -> list[ShownExchange]:
    """Return what was said about it to the marketplace and to its warehouse."""
    whom = {kept_requests.name_of(release.warehouse): release.warehouse.name} if release else {}
    return kept_exchanges.of_order(order.pk, order.organization_id, whom=whom)


def related_of(order: Order, handling: OrderHandling) -> list[tuple[RelatedOrder, Order | None]]:
    """Return the orders this one replaces or belongs to, each with ours where the same cart brought it."""
    numbers = [each.number for each in handling.related]
    here = (
        {each.number: each for each in Order.objects.filter(cart=order.cart_id, number__in=numbers)} if numbers else {}
    )
    return [(each, here.get(each.number)) for each in handling.related]


def _packages(order: Order) -> list[Package]:
    found = Package.objects.filter(order=order).select_related("shipment__by", "confirmation")
    return list(found.order_by("number"))


def _parceled(order: Order, packages: list[Package]) -> list[Parceled]:
    """Return the latest packages with the first lines of each: one may hold thousands."""
    shown = packages[-PACKAGES_SHOWN:]
    first = PackageLine.objects.select_related("line").order_by("pk")[:PACKED_SHOWN]
    prefetch_related_objects(shown, Prefetch("lines", first, to_attr="first_lines"))
    packed = PackageLine.objects.filter(package__order=order, package__in=shown).order_by().values_list("package")
    counted = {pk: (lines, units) for pk, lines, units in packed.annotate(Count("pk"), Sum("quantity"))}
    parcels = []
    for package in shown:
        line_count, units = counted.get(package.pk, (0, 0))
        lines: list[PackageLine] = package.first_lines  # type: ignore[attr-defined]
        parcels.append(parceled(package, lines=lines, line_count=line_count, units=units))
    return parcels
