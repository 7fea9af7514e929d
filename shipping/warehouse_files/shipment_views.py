"""Doors of files of what a warehouse shipped: bring one, say what its columns are, put right what was not taken."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.common import clock
from core.common.file_uploads import takes_file
from core.common.sheets.sheet_refusal import Unreadable
from core.common.vault import Unopenable
from core.files import kept_files
from core.files.file_answers import rows_to_put_right
from core.files.forms import FileForm
from core.files.models import FileKind, KeptFile, KeptRows
from core.ui.request_values import read_id
from shipping.models import Warehouse
from shipping.tracking_import.sheet import table
from shipping.tracking_import.sheet_orders import sheet_orders
from shipping.warehouse_files import shipment_layout, shipments_in, warehouse_views
from shipping.warehouse_files.forms import ShipmentColumnsForm
from shipping.warehouse_files.warehouse_views import HERE, LISTED, find_warehouse

SHOWN = 12  # rows, and orders as they would come
PAGE = "shipping:shipment_file"


@takes_file
@require_POST
@door(Ability.SHIP)
def bring(request: HttpRequest, csv_id: int) -> HttpResponse:
    """Keep a file and take it, once its columns are known."""
    warehouse = find_warehouse(request, csv_id)
    form = FileForm(request.POST, request.FILES, sense=table.SENSE)
    if not form.is_valid():
        return warehouse_views.page(request, warehouse, form)
    file, is_new = kept_files.take_in(
        warehouse,
        FileKind.SHIPMENTS,
        form.cleaned_data["file"].name,
        form.text,
        by=person_of(request),
        now=clock.now(),
    )
    if not is_new:
        messages.info(request, "This file came before, so nothing was done. Here is what became of it.")
    elif shipment_layout.find(warehouse, table.read(form.text))[1]:
        _take(request, warehouse, file)
    return redirect(PAGE, warehouse.pk, file.pk)


@require_http_methods(("GET", "HEAD", "POST"))
@door(Ability.SHIP)
def shipment_file(request: HttpRequest, csv_id: int, shipment_file_id: int) -> HttpResponse:
    """Show a file: what became of it, or which column says what. Posted, look again or take it."""
    warehouse, file = _file(request, csv_id, shipment_file_id)
    if file.done_at is not None:
        return _result(request, warehouse, file)
    try:
        rows = table.read(kept_files.text_of(file))
    except (Unopenable, Unreadable):
        rows = []
    if not rows:
        messages.error(request, kept_files.ERASED)
        return redirect(HERE, warehouse.pk)
    layout, _ = shipment_layout.find(warehouse, rows)
    form = ShipmentColumnsForm(request.POST if request.method == "POST" else None, layout=layout, rows=rows)
    if form.is_bound and form.is_valid():
        layout = form.chosen
        if request.POST.get("do") == "take":
            shipment_layout.keep(warehouse, layout, by=person_of(request), now=clock.now())
            _take(request, warehouse, file)
            return redirect(PAGE, warehouse.pk, file.pk)
    found = sheet_orders(rows, layout.sheet) if layout.sheet.is_complete else []
    context = {
        "warehouse": warehouse,
        "file": file,
        "form": form,
        "is_complete": layout.sheet.is_complete,
        "first_rows": rows[:SHOWN],
        "orders": found[:SHOWN],
        "count": len(found),
    }
    status = 422 if form.errors else 200
    return render(request, "shipping/warehouse_files/columns.html", context, status=status)


@require_safe
@door(Ability.SHIP)
def kept_rows(request: HttpRequest, csv_id: int, shipment_file_id: int) -> HttpResponse:
    """The rows of a file that were not taken, to be put right and sent again."""
    return rows_to_put_right(_file(request, csv_id, shipment_file_id)[1])


@require_POST
@door(Ability.SHIP)
def set_aside(request: HttpRequest, csv_id: int, shipment_file_id: int) -> HttpResponse:
    """Nothing is to come of rows that were not taken: a person says so."""
    warehouse, file = _file(request, csv_id, shipment_file_id)
    mine = KeptRows.objects.visible_to(access_of(request)).filter(file=file)
    kept = mine.filter(pk=read_id(request.POST.get("rows", ""))).first()
    if kept is None:
        messages.error(request, "There are no such rows in this file.")
    elif kept_files.set_aside(kept, by=person_of(request), now=clock.now()):
        shipments_in.tell(warehouse, now=clock.now())
        messages.success(request, f"{kept.key or 'The row'} was set aside. Nothing comes of it.")
    return redirect(PAGE, warehouse.pk, file.pk)


def _file(request: HttpRequest, csv_id: int, shipment_file_id: int) -> tuple[Warehouse, KeptFile]:
    warehouse = find_warehouse(request, csv_id)
    files = KeptFile.objects.visible_to(access_of(request)).of(warehouse, FileKind.SHIPMENTS).select_related("by")
    return warehouse, get_object_or_404(files, pk=shipment_file_id)


def _take(request: HttpRequest, warehouse: Warehouse, file: KeptFile) -> None:
    try:
        layout, _ = shipment_layout.find(warehouse, table.read(kept_files.text_of(file)))
        came = shipments_in.take(warehouse, file, layout, access=access_of(request), now=clock.now())
    except (Unreadable, Unopenable) as why:
        messages.error(request, str(why))
        return
    said = ngettext("{count} package was taken.", "{count} packages were taken.", came.stored)
    messages.success(request, said.format(count=came.stored))


def _result(request: HttpRequest, warehouse: Warehouse, file: KeptFile) -> HttpResponse:
    apart = file.kept_rows.filter(settled_at=None).order_by("first_row").defer("sealed")
    context = {
        "warehouse": warehouse,
        "file": file,
        "counts": file.counts,
        "apart": apart[:LISTED],
        "apart_count": apart.count(),
    }
    return render(request, "shipping/warehouse_files/result.html", context)
