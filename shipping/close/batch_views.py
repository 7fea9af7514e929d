"""What became of what was shipped and closed: a page for each press of the button, which follows by itself."""

from django.core.paginator import Paginator
from django.db.models import Case, Count, Q, Sum, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from core.accounts.access import Ability
from core.accounts.doors import access_of, door
from core.alerts.raised import version_of
from core.common.errands import ErrandState
from core.ui.live_pages import follows
from core.ui.request_values import read_id
from shipping.close.outcomes import NOT_SHIPPED, ON_ITS_WAY, WAITING, outcomes, totals
from shipping.models import BatchedOrder, BatchResult, Confirmation, ShipmentBatch, TrackingSheet

SHOWN = 100  # orders on one page


def _version(request: HttpRequest, batch_id: int) -> tuple[object, ...]:
    """Return what changes while orders of a batch are shipped, told to their carts, or wait for an authorization."""
    access = access_of(request)
    rows = BatchedOrder.objects.visible_to(access).filter(batch=batch_id).order_by()
    told = Confirmation.objects.visible_to(access).filter(package__order__in=rows.values("order")).order_by()
    carts = rows.values_list("order__cart__state", "order__cart__shipments_on", "order__cart__grant__state")
    return (
        *sorted(rows.values_list("result").annotate(Count("pk"))),
        *sorted(told.values_list("state").annotate(Count("pk"), Sum("attempts"))),
        *sorted(carts.distinct(), key=repr),
        *version_of(access),
    )


@door(Ability.SHIP)
@require_safe
@follows(_version)
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Show what became of the orders of a batch, those not shipped first."""
    context = _context(request, batch_id) | _sheet(request) | {"crumbs": [("Orders", reverse("orders:orders"))]}
    return render(request, "shipping/close/batch.html", context)


def _sheet(request: HttpRequest) -> dict[str, object]:
    """Return the sheet these orders were shipped from, and how many of its orders were not: the address says both."""
    sheets = TrackingSheet.objects.visible_to(access_of(request)).defer("sealed")
    sheet = sheets.filter(pk=read_id(request.GET.get("sheet", ""))).first()
    return {"sheet": sheet, "left_in_sheet": read_id(request.GET.get("left", "")) if sheet else 0}


@door(Ability.SHIP)
@require_safe
def closed(request: HttpRequest) -> HttpResponse:
    """Go to what the person shipped last."""
    access = access_of(request)
    last = ShipmentBatch.objects.visible_to(access).filter(by=access.user_id).order_by("-made_at", "-pk").first()
    return redirect(last or "orders:orders")


def _context(request: HttpRequest, batch_id: int) -> dict[str, object]:
    mine = get_object_or_404(ShipmentBatch.objects.visible_to(access_of(request)), pk=batch_id)
    rows = mine.orders.select_related("order__cart__grant", "order__cart__merchant")
    waiting, failed = Q(result=BatchResult.WAITING), Q(result=BatchResult.FAILED)
    counts = rows.aggregate(size=Count("pk"), waiting=Count("pk", filter=waiting), failed=Count("pk", filter=failed))
    failed_first = Case(When(failed, then=Value(0)), default=Value(1))
    page = Paginator(rows.order_by(failed_first, "place"), SHOWN).get_page(request.GET.get("page"))
    shown = outcomes(list(page.object_list), access_of(request))
    gone = rows.exclude(waiting | failed).order_by("place").values_list("closing__parcels", flat=True)
    shipped = counts["size"] - counts["waiting"] - counts["failed"]
    title = ngettext("{count} order was not shipped.", "{count} orders were not shipped.", counts["failed"])
    told = Confirmation.objects.filter(package__order__in=rows.order_by().values("order"))
    refused = told.filter(state__in=[ErrandState.STUCK, ErrandState.DROPPED])
    return {
        "batch": mine,
        "counts": counts,
        "shipped": shipped,
        "refused": refused.aggregate(orders=Count("package__order", distinct=True))["orders"],
        "done": counts["size"] - counts["waiting"],
        "left": counts["failed"],
        "left_title": title.format(count=counts["failed"]),
        "again_url": f"{reverse('shipping:close')}?batch={mine.pk}",
        "list_url": f"{reverse('orders:orders')}?tab=wms",
        "page": page,
        "outcomes": shown,
        "totals": totals(gone),
        "alerts": sum(each.alert_id is not None for each in shown),
        "on_its_way": {each.pill for each in shown} - {NOT_SHIPPED, WAITING} == {ON_ITS_WAY},
    }
