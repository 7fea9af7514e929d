"""Doors of a warehouse's files of stock: bring one for a merchant, say what its columns are, see what became of it."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.accounts.models import Merchant
from core.common import clock
from core.common.file_uploads import takes_file
from core.common.sheets.sheet_refusal import Unreadable
from core.common.vault import Unopenable
from core.files import kept_files
from core.files.file_answers import rows_to_put_right
from core.files.models import FileKind, KeptFile
from inventory.stock_files import stock_in, stock_layout
from inventory.stock_files.forms import StockColumnsForm, StockFileForm
from inventory.stock_files.stock_in import Levels
from inventory.stock_files.stock_layout import StockLayout
from shipping.models import Warehouse
from shipping.warehouse_files.warehouse_views import find_warehouse

LISTED = 50
SHOWN = 12  # rows of a file, and levels as they would come
SENT_TWICE = timedelta(minutes=10)  # the same levels within so short a time: a button was pressed again
PAGE = "inventory:stock_file_result"


@takes_file
@require_http_methods(("GET", "HEAD", "POST"))
@door(Ability.COUNT)
def stock_files(request: HttpRequest, csv_id: int) -> HttpResponse:
    """Ask for a file; posted, take it."""
    warehouse = find_warehouse(request, csv_id)
    merchants = Merchant.objects.visible_to(access_of(request)).order_by("name", "pk")
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = StockFileForm(*posted, merchants=merchants)
    if not (form.is_bound and form.is_valid()):
        context = {"warehouse": warehouse, "form": form}
        status = 422 if form.errors else 200
        return render(request, "inventory/stock_files/stock_file.html", context, status=status)
    said, by, now = form.cleaned_data, person_of(request), clock.now()
    file, is_new = kept_files.take_in(
        warehouse,
        FileKind.STOCK,
        said["file"].name,
        form.text,
        by=by,
        now=now,
        merchant_id=said["merchant"].pk,
        anew_after=now - SENT_TWICE,
    )
    layout = stock_layout.find(warehouse, stock_layout.read(form.text))
    if not is_new and file.done_at is not None:
        messages.info(request, "This is the file that came last, so nothing was done.")
    elif layout.is_confirmed:
        _take(request, file, warehouse, layout)
    return redirect(PAGE, warehouse.pk, file.pk)


def _take(request: HttpRequest, file: KeptFile, warehouse: Warehouse, layout: StockLayout) -> None:
    assert file.merchant is not None
    try:
        came = stock_in.take(file, warehouse, file.merchant, layout, by=person_of(request), now=clock.now())
    except (Unreadable, Unopenable) as why:
        messages.error(request, str(why))
        return
    said = ngettext("{count} SKU was taken.", "{count} SKUs were taken.", came.stored).format(count=came.stored)
    messages.success(request, said)


@require_http_methods(("GET", "HEAD", "POST"))
@door(Ability.COUNT)
def result(request: HttpRequest, csv_id: int, stock_file_id: int) -> HttpResponse:
    """Show a file: what became of it, or which column says what. Posted, look again or take it."""
    warehouse, file = _file(request, csv_id, stock_file_id)
    if file.done_at is not None:
        return _became(request, warehouse, file)
    try:
        rows = stock_layout.read(kept_files.text_of(file))
    except (Unopenable, Unreadable):
        rows = []
    if not rows:
        messages.error(request, kept_files.ERASED)
        return redirect("shipping:warehouse_files", warehouse.pk)
    layout = stock_layout.find(warehouse, rows)
    form = StockColumnsForm(request.POST if request.method == "POST" else None, layout=layout, rows=rows)
    if form.is_bound and form.is_valid():
        layout = form.chosen
        if request.POST.get("do") == "take" and not layout.missing:
            stock_layout.keep(warehouse, layout, by=person_of(request), now=clock.now())
            _take(request, file, warehouse, layout)
            return redirect(PAGE, warehouse.pk, file.pk)
    zone = warehouse.organization.zone
    said = Levels() if layout.missing else stock_in.levels(rows, layout, seen_at=file.at, zone=zone)
    context = {
        "warehouse": warehouse,
        "file": file,
        "form": form,
        "missing": layout.missing,
        "first_rows": rows[:SHOWN],
        "levels": [level for _, level in said.right],
        "wrong": said.apart,
        "shown": SHOWN,
    }
    status = 422 if form.is_bound and (form.errors or layout.missing) else 200
    return render(request, "inventory/stock_files/columns.html", context, status=status)


def _became(request: HttpRequest, warehouse: Warehouse, file: KeptFile) -> HttpResponse:
    apart = file.kept_rows.filter(settled_at=None).order_by("first_row").defer("sealed")
    context = {
        "warehouse": warehouse,
        "file": file,
        "counts": file.counts,
        "apart": apart[:LISTED],
        "apart_count": apart.count(),
    }
    return render(request, "inventory/stock_files/result.html", context)


@require_safe
@door(Ability.COUNT)
def kept_rows(request: HttpRequest, csv_id: int, stock_file_id: int) -> HttpResponse:
    """The rows of a file that were not taken, to be put right and sent again."""
    return rows_to_put_right(_file(request, csv_id, stock_file_id)[1])


def _file(request: HttpRequest, csv_id: int, stock_file_id: int) -> tuple[Warehouse, KeptFile]:
    warehouse = find_warehouse(request, csv_id)
    files = KeptFile.objects.visible_to(access_of(request)).of(warehouse, FileKind.STOCK)
    return warehouse, get_object_or_404(files.select_related("merchant", "by"), pk=stock_file_id)
