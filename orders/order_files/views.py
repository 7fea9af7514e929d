"""Doors of a cart's files of orders: bring one, say what its columns are, take its orders, put right what was not."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from carts.lookup import find_cart
from carts.marketplaces import APPLICATIONS
from carts.models import Cart
from carts.tabs import tabs
from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.common import clock
from core.common.file_uploads import takes_file
from core.common.sheets.sheet_refusal import Unreadable
from core.common.vault import Unopenable
from core.files import folder_doors, kept_files
from core.files.file_answers import rows_to_put_right
from core.files.forms import FileForm
from core.files.models import FileKind, KeptFile, KeptRows
from core.files.sftp import sftp_doors
from core.ui.request_values import read_id
from orders.order_files import file_intake, file_orders, order_layout
from orders.order_files.forms import ColumnsForm
from orders.order_files.order_heads import WORDS
from orders.pushed.intake import NotTaken

LISTED = 50  # files, the newest first; also of what waits
SHOWN = 12  # rows of a file, and orders as they would come
HERE = "orders:order_files"


@takes_file
@require_http_methods(("GET", "HEAD", "POST"))
@door(Ability.SHIP)
def order_files(request: HttpRequest, csv_cart_id: int) -> HttpResponse:
    """Show what came; posted, keep a file and take it, once its columns are known."""
    cart = _cart(request, csv_cart_id)
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = FileForm(*posted, sense=WORDS.sense)
    if form.is_bound and form.is_valid():
        name = form.cleaned_data["file"].name
        file, is_new = kept_files.take_in(
            cart, FileKind.ORDERS, name, form.text, by=person_of(request), now=clock.now()
        )
        if not is_new:
            messages.info(request, "This file came before, so nothing was done. Here is what became of it.")
        elif order_layout.find(order_layout.read(form.text), file_intake.columns_of(cart)).is_confirmed:
            _take(request, cart, file)
        return redirect("orders:order_file", cart.pk, file.pk)
    files = KeptFile.objects.visible_to(access_of(request)).of(cart, FileKind.ORDERS)
    context = {
        "cart": cart,
        "tabs": tabs(cart, HERE),
        "form": form,
        "files": files.select_related("by").defer("sealed").order_by("-at", "-pk")[:LISTED],
        "apart": file_intake.waiting(cart).select_related("file").defer("sealed", "file__sealed")[:LISTED],
        "apart_count": file_intake.waiting(cart).count(),
        **folder_doors.shown(cart),
    }
    return render(request, "orders/order_files/files.html", context, status=422 if form.errors else 200)


@require_POST
@door(Ability.CONNECT)
def folder(request: HttpRequest, csv_cart_id: int) -> HttpResponse:
    """Begin using the cart's folder, or end that."""
    cart = _cart(request, csv_cart_id)
    folder_doors.switch(request, cart, now=clock.now())
    return redirect(HERE, cart.pk)


@require_http_methods(("GET", "HEAD", "POST"))
@door(Ability.CONNECT)
def sftp(request: HttpRequest, csv_cart_id: int) -> HttpResponse:
    """Show the cart's SFTP server; posted, keep it, test it, accept its key, use it or stop that."""
    cart, posted = _cart(request, csv_cart_id), request.method == "POST"
    form = sftp_doors.act(request, cart, now=clock.now()) if posted else None
    if posted and form is None:
        return redirect("orders:sftp", cart.pk)
    context = {"cart": cart, "tabs": tabs(cart, HERE), **sftp_doors.shown(cart, form)}
    return render(request, "orders/order_files/sftp.html", context, status=422 if form else 200)


@require_http_methods(("GET", "HEAD", "POST"))
@door(Ability.SHIP)
def order_file(request: HttpRequest, csv_cart_id: int, file_id: int) -> HttpResponse:
    """Show a file: what became of it, or which column says what. Posted, look again or take its orders."""
    cart, file = _file(request, csv_cart_id, file_id)
    if file.done_at is not None:
        return _result(request, cart, file)
    try:
        text = kept_files.text_of(file)
        rows = order_layout.read(text)
    except (Unopenable, Unreadable):
        text, rows = "", []
    if not text:
        messages.error(request, kept_files.ERASED)
        return redirect(HERE, cart.pk)
    layout = order_layout.find(rows, file_intake.columns_of(cart))
    form = ColumnsForm(request.POST if request.method == "POST" else None, layout=layout, rows=rows)
    if form.is_bound and form.is_valid():
        layout = form.chosen(rows)
        if request.POST.get("do") == "take" and not layout.missing:
            file_intake.keep_columns(cart, layout, by=person_of(request), now=clock.now())
            _take(request, cart, file)
            return redirect("orders:order_file", cart.pk, file.pk)
    found = [] if layout.missing else file_orders.file_orders(layout.body(rows), layout)
    context = {
        "cart": cart,
        "tabs": tabs(cart, HERE),
        "file": file,
        "form": form,
        "missing": layout.missing,
        "first_rows": rows[:SHOWN],
        "orders": [order for order in found if not order.problem],
        "wrong": [order.apart for order in found if order.problem],
        "shown": SHOWN,
    }
    status = 422 if form.is_bound and (form.errors or layout.missing) else 200
    page = render(request, "orders/order_files/columns.html", context, status=status)
    add_never_cache_headers(page)
    return page


@require_safe
@door(Ability.SHIP)
def kept_rows(request: HttpRequest, csv_cart_id: int, file_id: int) -> HttpResponse:
    """The rows of a file that were not taken, to be put right and sent again."""
    return rows_to_put_right(_file(request, csv_cart_id, file_id)[1])


@require_POST
@door(Ability.SHIP)
def set_aside(request: HttpRequest, csv_cart_id: int, file_id: int) -> HttpResponse:
    """Nothing is to come of rows that were not taken: a person says so."""
    cart, file = _file(request, csv_cart_id, file_id)
    waiting = KeptRows.objects.visible_to(access_of(request)).filter(file=file)
    kept = waiting.filter(pk=read_id(request.POST.get("rows", ""))).first()
    if kept is None:
        messages.error(request, "There are no such rows in this file.")
    elif kept_files.set_aside(kept, by=person_of(request), now=clock.now()):
        file_intake.tell(cart, now=clock.now())
        messages.success(request, f"{kept.key or 'The row'} was set aside. Nothing comes of it.")
    return HttpResponseRedirect(reverse("orders:order_file", args=[cart.pk, file.pk]))


# -- What they share ---------------------------------------------------------------------------------------------------
def _cart(request: HttpRequest, csv_cart_id: int) -> Cart:
    cart = find_cart(request, csv_cart_id)
    if not APPLICATIONS[cart.kind].takes_files:
        raise Http404
    return cart


def _file(request: HttpRequest, csv_cart_id: int, file_id: int) -> tuple[Cart, KeptFile]:
    cart = _cart(request, csv_cart_id)
    files = KeptFile.objects.visible_to(access_of(request)).of(cart, FileKind.ORDERS).select_related("by")
    return cart, get_object_or_404(files, pk=file_id)


def _take(request: HttpRequest, cart: Cart, file: KeptFile) -> None:
    """Take a file by the columns that are kept, and say what became of it."""
    try:
        rows = order_layout.read(kept_files.text_of(file))
        layout = order_layout.find(rows, file_intake.columns_of(cart))
        came = file_intake.take(cart, file, layout, by=person_of(request), now=clock.now())
    except (NotTaken, Unreadable, Unopenable) as why:
        messages.error(request, str(why))
        return
    taken = ngettext("{count} order was taken.", "{count} orders were taken.", len(came.taken))
    messages.success(request, taken.format(count=len(came.taken)))


def _result(request: HttpRequest, cart: Cart, file: KeptFile) -> HttpResponse:
    apart = file.kept_rows.filter(settled_at=None).order_by("first_row").defer("sealed")
    context = {
        "cart": cart,
        "tabs": tabs(cart, HERE),
        "file": file,
        "counts": file.counts,
        "apart": apart[:LISTED],
        "apart_count": apart.count(),
        "settled_count": file.kept_rows.exclude(settled_at=None).count(),
    }
    return render(request, "orders/order_files/result.html", context)
