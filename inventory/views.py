"""Doors of the stock."""

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from carts.models import Listing
from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.accounts.models import Merchant
from core.common import clock
from core.ui.list_page import ListPage, count_some, listing
from core.ui.request_values import read_text
from inventory import affected_carts, stock_count, stock_filters, stock_table
from inventory.forms import CountForm
from inventory.items import unmatched
from inventory.models import StockLevel
from inventory.publish import owed_numbers
from shipping.models import Warehouse

NOBODY = 0  # the key of no stock
SORTS = {"sku": "sku"}  # no other order has an index; warehouses and merchants are chosen


@require_http_methods(["GET", "HEAD", "POST"])
@door(Ability.LOOK)
def inventory(request: HttpRequest) -> HttpResponse:
    return _count(request) if request.method == "POST" else _page(request)


@door(Ability.COUNT)
def _count(request: HttpRequest) -> HttpResponse:
    """Keep every number that was changed on the page. What cannot be kept is shown again, with the reason."""
    form = CountForm(request.POST.dict())
    changed = (
        StockLevel.objects.visible_to(access_of(request)).filter(pk__in=form.level_ids).select_related("warehouse")
    )
    counts = form.read(level for level in changed.order_by("sku", "pk") if level.warehouse.system.keeps_count)
    taken = stock_count.take_stock(counts, by=person_of(request), now=clock.now())
    shown = StockLevel.objects.visible_to(access_of(request)).filter(pk__in=form.shown_ids)
    again = owed_numbers.owe_counted_again(shown, now=clock.now())
    affected_carts.ring(taken.carts, now=clock.now())
    form.errors |= taken.moved
    if form.errors:
        if taken.kept:
            kept = ngettext("{count} count saved", "{count} counts saved", taken.kept).format(count=taken.kept)
            messages.warning(request, f"{kept}, {len(form.errors)} not: see below.")
        return _page(request, form, kept=taken.kept)
    if taken.kept:
        told = " The carts are being updated." if taken.carts else ""
        counted = ngettext("{count} SKU counted.", "{count} SKUs counted.", taken.kept).format(count=taken.kept)
        messages.success(request, f"{counted}{told}")
    elif again:
        sent = ngettext("{count} refused quantity is", "{count} refused quantities are", again).format(count=again)
        messages.success(request, f"{sent} being sent again.")
    else:
        messages.info(request, "Nothing was changed.")
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(reverse("inventory:inventory") + (f"?{query}" if query else ""))


def _page(request: HttpRequest, form: CountForm | None = None, *, kept: int = 0) -> HttpResponse:
    words = read_text(request.GET)
    merchants = list(Merchant.objects.visible_to(access_of(request)).order_by("name"))
    asked = request.GET.get("merchant", "")
    merchant = next((each for each in merchants if str(each.pk) == asked), None)
    unknown = bool(asked) and merchant is None
    narrow = request.GET.get("show", "")
    narrow = narrow if narrow in stock_filters.FILTERS else ""
    if narrow == stock_filters.UNMATCHED:
        return _unmatched(request, words, merchants, merchant)
    warehouses = list(Warehouse.objects.visible_to(access_of(request)).in_use().order_by("name", "pk"))
    shelf = request.GET.get("warehouse", "")
    warehouse = next((each for each in warehouses if str(each.pk) == shelf), None)
    unknown |= bool(shelf) and warehouse is None
    page = _listing(request, words, merchant, warehouse, narrow, nothing=unknown)
    stock_table.name_owners(page.rows, warehouses, merchants)
    rows = stock_table.stock_rows(page.rows, now=clock.now())
    if form is not None:
        form.keep_inputs(rows)
    may_count = access_of(request).may(Ability.COUNT)
    context = {
        "listing": page,
        "rows": rows,
        "q": words,
        "merchants": merchants,
        "merchant": merchant,
        "warehouses": warehouses,
        "warehouse": warehouse,
        "unknown": unknown,
        "filters": [(key, each.label) for key, each in stock_filters.FILTERS.items()],
        "narrow": narrow,
        "chosen": merchant or (merchants[0] if len(merchants) == 1 else None),
        "wrong": bool(form and form.errors) and not kept,
        "can_count": may_count,
        "may_count": may_count and any(row.level.warehouse.system.keeps_count for row in rows),
    }
    return render(request, "inventory/inventory.html", context, status=422 if form else 200)


def _unmatched(request: HttpRequest, words: str, merchants: list[Merchant], merchant: Merchant | None) -> HttpResponse:
    """Show the listings that stand for nothing a warehouse has: what they lack is given on their merchant's page."""
    listings = Listing.objects.visible_to(access_of(request)).select_related("cart", "merchant")
    if merchant:
        listings = listings.filter(merchant=merchant)
    if words:
        listings = listings.filter(Q(sku__icontains=words) | Q(title__icontains=words))
    found = unmatched.unmatched(listings)
    context = {
        "listing": listing(request, found, sorts=SORTS, default="sku", total=count_some(found)),
        "q": words,
        "merchants": merchants,
        "merchant": merchant,
        "filters": [(key, each.label) for key, each in stock_filters.FILTERS.items()],
        "narrow": stock_filters.UNMATCHED,
    }
    return render(request, "inventory/unmatched.html", context)


def _listing(
    request: HttpRequest,
    words: str,
    merchant: Merchant | None,
    warehouse: Warehouse | None,
    narrow: str,
    *,
    nothing: bool,
) -> ListPage:
    """Return the page of stock. ``nothing``: what was asked for isn't here, which is not the same as all."""
    levels: QuerySet[StockLevel] = StockLevel.objects.visible_to(access_of(request))
    if nothing:
        levels = levels.filter(pk=NOBODY)
    if merchant:
        levels = levels.filter(merchant=merchant)
    if warehouse:
        levels = levels.filter(warehouse=warehouse)
    if words:
        levels = stock_filters.searched(levels, words)
    levels = stock_filters.narrowed(levels, narrow, access=access_of(request))
    return listing(request, levels, sorts=SORTS, default="sku", total=count_some(levels))
