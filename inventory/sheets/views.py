"""Doors of stock as a sheet: the file, and a counted sheet with what it would change."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.accounts.models import Merchant
from core.common import clock
from core.common.file_uploads import takes_file
from core.common.sheets.sheet_refusal import Unreadable
from core.ui.request_values import read_id
from inventory import affected_carts
from inventory.intake import Verdict
from inventory.models import StockLevel
from inventory.sheets import stock_sheet
from inventory.sheets.stock_sheet import SheetPlan
from shipping.models import Warehouse

SHOWN = 200
MOST_WRONG = 20


@require_safe
@door(Ability.LOOK)
def stock_file(request: HttpRequest, merchant_id: int) -> HttpResponse:
    """All of a merchant's stock as CSV."""
    merchant = _merchant(request, merchant_id)
    levels = StockLevel.objects.visible_to(access_of(request)).filter(merchant=merchant).select_related("warehouse")
    sheet = stock_sheet.write(levels.order_by("warehouse__name", "sku", "pk"), now=clock.now())
    answer = HttpResponse(f"\ufeff{sheet}", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="stock.csv"'
    return answer


@takes_file
@require_http_methods(["GET", "HEAD", "POST"])
@door(Ability.COUNT)
def stock_import(request: HttpRequest, merchant_id: int) -> HttpResponse:
    """Show what a counted sheet would change; sent once more, with what was shown, keep it."""
    merchant = _merchant(request, merchant_id)
    if request.method != "POST":
        return _page(request, merchant)
    asked = read_id(request.POST.get("warehouse", ""))
    warehouse = next((each for each in _counted_here(request) if each.pk == asked), None)
    file: Any = request.FILES.get("file")
    shown = request.POST.get("sheet", "").encode()
    if warehouse is None or (file is None and not shown):
        return _page(request, merchant, refused="Choose the warehouse, and a CSV or Excel file.")
    try:
        plan = stock_sheet.plan(file.read() if file else shown, warehouse, merchant, now=clock.now())
    except Unreadable as error:
        return _page(request, merchant, refused=str(error))
    if file is None:
        _keep(request, plan, warehouse, merchant)
        return HttpResponseRedirect(f"{reverse('inventory:inventory')}?merchant={merchant.pk}")
    return _page(request, merchant, plan=plan, warehouse=warehouse)


def _keep(request: HttpRequest, plan: SheetPlan, warehouse: Warehouse, merchant: Merchant) -> None:
    outcomes = stock_sheet.keep(plan.changes, warehouse, merchant, by=person_of(request), now=clock.now())
    kept = sum(outcome.verdict is Verdict.STORED for outcome in outcomes)
    for outcome in [each for each in outcomes if each.verdict is not Verdict.STORED][:MOST_WRONG]:
        messages.warning(request, outcome.reason)
    if not kept:
        messages.info(request, "Nothing was changed.")
        return
    affected_carts.tell(warehouse, merchant.pk, now=clock.now())
    messages.success(request, ngettext("{count} SKU counted.", "{count} SKUs counted.", kept).format(count=kept))


def _counted_here(request: HttpRequest) -> list[Warehouse]:
    """Return the warehouses whose stock the portal keeps."""
    found = Warehouse.objects.visible_to(access_of(request)).in_use().order_by("name")
    return [warehouse for warehouse in found if warehouse.system.keeps_count]


def _page(
    request: HttpRequest,
    merchant: Merchant,
    *,
    refused: str = "",
    plan: SheetPlan | None = None,
    warehouse: Warehouse | None = None,
) -> HttpResponse:
    stock = f"{reverse('inventory:inventory')}?merchant={merchant.pk}"
    context = {
        "merchant": merchant,
        "crumbs": [("Inventory", stock)],
        "warehouses": _counted_here(request),
        "warehouse": warehouse,
        "refused": refused,
        "plan": plan,
        "changes": plan.changes[:SHOWN] if plan else [],
        "wrong": plan.wrong[:MOST_WRONG] if plan else [],
        "sheet": stock_sheet.write_again(plan.changes) if plan else "",
    }
    return render(request, "inventory/sheets/stock_import.html", context, status=422 if refused else 200)


def _merchant(request: HttpRequest, merchant_id: int) -> Merchant:
    found: Merchant = get_object_or_404(Merchant.objects.visible_to(access_of(request)), pk=merchant_id)
    return found
