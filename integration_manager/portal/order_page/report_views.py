"""Shipments a warehouse reported that are not as ordered: a bar for each on the order's page, and its two buttons."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.accounts.access import Ability, Access
from core.accounts.doors import door, person_of
from core.common import clock
from core.ui.request_values import read_id
from integration_manager.portal.order_page.explanation import ProblemBar
from integration_manager.portal.order_page.order_access import find_order
from orders.models import Order
from shipping.shipments import held_reports
from shipping.shipments.shipped_packages import NotShippable

SHOWN = 3
BY_NOW = "Somebody has already decided that."


def bars_of(order: Order, access: Access) -> Sequence[ProblemBar]:
    """Return a bar for each that waits for a decision, the oldest first. A seller is asked nothing."""
    found: list[ProblemBar] = []
    if not access.is_of_house:
        return found
    for report in held_reports.held(order)[:SHOWN]:
        title = f"{report.warehouse} reported a shipment ({report.reference}) that is not as ordered. {report.why}"
        if not access.may(Ability.SHIP):
            found.append(ProblemBar(title, "Somebody who ships orders has to decide.", "bad"))
            continue
        text = "Did it leave like that? The marketplace is told only of units that were ordered."
        back = reverse("orders:pack_again", args=[order.pk])
        found.append(
            ProblemBar(
                title,
                text,
                "bad",
                action_url=reverse("orders:ship_as_packed", args=[order.pk]),
                action_label="Ship as packed",
                action_method="post",
                action_name="report",
                action_value=str(report.pk),
                also_url=f"{back}?report={report.pk}",
                also_label="Back to the warehouse",
            )
        )
    return found


@door(Ability.SHIP)
@require_POST
def ship_as_packed(request: HttpRequest, order_id: int) -> HttpResponse:
    order = find_order(request, order_id)
    try:
        done = held_reports.ship_as_packed(order, _report(request), by=person_of(request), now=clock.now())
    except NotShippable as why:
        messages.error(request, f"Nothing was shipped. {why}")
        return redirect(order)
    if done:
        messages.success(request, "Shipped as packed. Its tracking is on its way to the marketplace.")
    else:
        messages.info(request, BY_NOW)
    return redirect(order)


@door(Ability.SHIP)
@require_POST
def pack_again(request: HttpRequest, order_id: int) -> HttpResponse:
    order = find_order(request, order_id)
    if held_reports.back_to_warehouse(order, _report(request), by=person_of(request), now=clock.now()):
        messages.success(
            request,
            "Back to the warehouse: nothing was shipped by that report. The warehouse's system is told so, and reports "
            "the order again once it is packed as ordered.",
        )
    else:
        messages.info(request, BY_NOW)
    return redirect(order)


def _report(request: HttpRequest) -> int:
    return read_id(request.POST.get("report") or request.GET.get("report", ""))
