"""Doors of a warehouse's files: what there is, writing orders, and saying what the warehouse answered."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.common import clock
from core.files import folder_doors, kept_files
from core.files.file_answers import download
from core.files.forms import FileForm
from core.files.models import FileKind, KeptFile
from core.files.sftp import sftp_doors
from core.ui.request_values import read_id
from shipping.delivery import answers, collection
from shipping.delivery.answers import ChangeAnswer, Settled
from shipping.models import Warehouse
from shipping.tracking_import.sheet.table import SENSE
from shipping.warehouse_files import orders_out, shipments_in
from shipping.warehouses.base import GivenBack

LISTED = 50
HERE = "shipping:warehouse_files"


@require_safe
@door(Ability.SHIP)
def warehouse_files(request: HttpRequest, csv_id: int) -> HttpResponse:
    return page(request, find_warehouse(request, csv_id), FileForm(sense=SENSE))


def page(request: HttpRequest, warehouse: Warehouse, form: FileForm) -> HttpResponse:
    files = KeptFile.objects.visible_to(access_of(request)).of(warehouse).select_related("by").defer("sealed")
    newest = files.order_by("-at", "-pk")
    apart = shipments_in.waiting(warehouse)
    context = {
        "warehouse": warehouse,
        "form": form,
        "offered": collection.offered(warehouse, clock.now()).count(),
        "order_files": newest.filter(kind=FileKind.ORDERS)[:LISTED],
        "shipment_files": newest.filter(kind=FileKind.SHIPMENTS)[:LISTED],
        "stock_files": newest.filter(kind=FileKind.STOCK).select_related("merchant", "by")[:LISTED],
        "apart": apart.select_related("file").defer("sealed", "file__sealed")[:LISTED],
        "apart_count": apart.count(),
        "cancels": answers.cancel_requests(warehouse),
        "changes": answers.change_requests(warehouse),
        "may_set_folder": access_of(request).may(Ability.SETTINGS),
        **folder_doors.shown(warehouse),
    }
    return render(request, "shipping/warehouse_files/files.html", context, status=422 if form.errors else 200)


@require_POST
@door(Ability.SHIP)
def write_orders(request: HttpRequest, csv_id: int) -> HttpResponse:
    """Write what waits into a file, and hand it over by that."""
    warehouse, now = find_warehouse(request, csv_id), clock.now()
    file = orders_out.write(warehouse, now=now, by=person_of(request))
    if file is None:
        messages.info(request, "No order waits for this warehouse.")
    else:
        orders_out.hand_over(file, warehouse, now=now)
        count = file.counts["orders"]
        said = ngettext("{count} order is in {file}.", "{count} orders are in {file}.", count)
        messages.success(request, said.format(count=count, file=file.name))
    return redirect(HERE, warehouse.pk)


@require_safe
@door(Ability.SHIP)
def order_file(request: HttpRequest, csv_id: int, order_file_id: int) -> HttpResponse:
    warehouse = find_warehouse(request, csv_id)
    files = KeptFile.objects.visible_to(access_of(request)).of(warehouse, FileKind.ORDERS)
    return download(get_object_or_404(files, pk=order_file_id))


@require_POST
@door(Ability.SHIP)
def answer(request: HttpRequest, csv_id: int) -> HttpResponse:
    """Say what the warehouse answered to a cancel or a change, by telephone or mail."""
    warehouse, now = find_warehouse(request, csv_id), clock.now()
    order_id, stops = read_id(request.POST.get("order", "")), request.POST.get("answer") == "stopped"
    if request.POST.get("about") == "change":
        wanted = ChangeAnswer.RECALLED if stops else ChangeAnswer.TOO_LATE
        number = request.POST.get("number", "")[:60]
        settled = answers.answer_change(warehouse, order_id, wanted, number=number, now=now)
    else:
        given = GivenBack.RECALLED if stops else GivenBack.TOO_LATE
        settled = answers.answer_cancel(warehouse, order_id, given, now=now)
    if settled is Settled.DONE:
        messages.success(request, "Noted.")
    else:
        messages.info(request, f"Nothing was changed: {settled.value}.")
    return redirect(HERE, warehouse.pk)


@require_POST
@door(Ability.SETTINGS)
def folder(request: HttpRequest, csv_id: int) -> HttpResponse:
    """Begin using the warehouse's folder, or end that."""
    warehouse = find_warehouse(request, csv_id)
    folder_doors.switch(request, warehouse, now=clock.now())
    _take_back(request, warehouse)
    return redirect(HERE, warehouse.pk)


@require_http_methods(("GET", "HEAD", "POST"))
@door(Ability.SETTINGS)
def sftp(request: HttpRequest, csv_id: int) -> HttpResponse:
    """Show the warehouse's SFTP server; posted, keep it, test it, accept its key, use it or stop that."""
    warehouse, posted = find_warehouse(request, csv_id), request.method == "POST"
    form = sftp_doors.act(request, warehouse, now=clock.now(), has_stock=True) if posted else None
    if posted and form is None:
        _take_back(request, warehouse)
        return redirect("shipping:sftp", warehouse.pk)
    context = {"warehouse": warehouse, **sftp_doors.shown(warehouse, form, has_stock=True)}
    return render(request, "shipping/warehouse_files/sftp.html", context, status=422 if form else 200)


def _take_back(request: HttpRequest, warehouse: Warehouse) -> None:
    """Where nothing is put into a folder any more, let what waits for one come in another file, and say so."""
    if kept_files.is_to_be_put(warehouse):
        return
    if count := orders_out.take_back(warehouse, now=clock.now()):
        said = ngettext(
            "{count} file was not put there. Its orders come in the next one.",
            "{count} files were not put there. Their orders come in the next one.",
            count,
        )
        messages.info(request, said.format(count=count))


def find_warehouse(request: HttpRequest, csv_id: int) -> Warehouse:
    warehouses = Warehouse.objects.visible_to(access_of(request)).select_related("organization")
    found: Warehouse = get_object_or_404(warehouses, pk=csv_id)
    if not found.system.by_files:
        raise Http404
    return found
