"""Doors of a merchant's aliases and kits: the table, one name, the sheet out and in with what it would change."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from carts.models import Listing
from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.accounts.models import Merchant
from core.common import clock
from core.common.file_uploads import takes_file
from core.common.sheets.sheet_refusal import Unreadable
from core.ui.request_values import read_text
from inventory import affected_carts
from inventory.items import item_sheet, item_table, offered, unmatched
from inventory.items.forms import ItemForm
from inventory.items.item_table import Change, Plan

VERBS = ("GET", "HEAD", "POST")
SHOWN = 100  # rows of each table; the sheet has all of them
MOST_WRONG = 20


@require_http_methods(VERBS)
@door(Ability.LOOK)
def items(request: HttpRequest, merchant_id: int) -> HttpResponse:
    merchant = _merchant(request, merchant_id)
    return _change(request, merchant) if request.method == "POST" else _page(request, merchant, ItemForm())


@door(Ability.COUNT)
def _change(request: HttpRequest, merchant: Merchant) -> HttpResponse:
    """Keep what one name is to stand for, or that it stands for nothing any more."""
    if forgotten := request.POST.get("forget", ""):
        changes = item_table.plan(merchant, {forgotten: []}).changes
        _keep(request, merchant, changes)
        return HttpResponseRedirect(reverse("inventory:items", args=[merchant.pk]))
    form = ItemForm(request.POST)
    if not form.is_valid():
        return _page(request, merchant, form)
    plan = item_table.plan(merchant, {form.cleaned_data["name"]: form.meaning})
    if plan.wrong:
        form.add_error("name", next(iter(plan.wrong.values())))
        return _page(request, merchant, form)
    _keep(request, merchant, plan.changes)
    return HttpResponseRedirect(reverse("inventory:items", args=[merchant.pk]))


@require_safe
@door(Ability.LOOK)
def item_file(request: HttpRequest, merchant_id: int) -> HttpResponse:
    """The whole table as CSV, to be changed and brought back."""
    merchant = _merchant(request, merchant_id)
    sheet = item_sheet.write(item_table.table(merchant))
    answer = HttpResponse(f"\ufeff{sheet}", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="aliases-and-kits.csv"'
    return answer


@takes_file
@require_http_methods(VERBS)
@door(Ability.COUNT)
def item_import(request: HttpRequest, merchant_id: int) -> HttpResponse:
    """Show what a sheet would change; sent once more, with what was shown, change it."""
    merchant = _merchant(request, merchant_id)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("inventory:items", args=[merchant.pk]))
    whole = request.POST.get("whole") == "1"
    file: Any = request.FILES.get("file")
    shown = request.POST.get("sheet", "").encode()
    if file is None and not shown:
        return _page(request, merchant, ItemForm(), refused="Choose a CSV or Excel file first.")
    try:
        wanted, wrong = item_sheet.read(_bytes(file) if file is not None else shown)
    except Unreadable as error:
        return _page(request, merchant, ItemForm(), refused=str(error))
    plan = item_table.plan(merchant, wanted, whole=whole)
    if file is None and not plan.wrong and not wrong:
        _keep(request, merchant, plan.changes)
        return HttpResponseRedirect(reverse("inventory:items", args=[merchant.pk]))
    return _preview(request, merchant, plan, wrong, item_sheet.write(wanted), whole=whole)


@require_safe
@door(Ability.COUNT)
def offered_names(request: HttpRequest, merchant_id: int) -> HttpResponse:
    """Show what taking over the names that its warehouses know would change. What can't be is named and left out."""
    merchant = _merchant(request, merchant_id)
    wanted = offered.names_of(merchant)
    plan = item_table.plan(merchant, wanted)
    left_out = list(plan.wrong.values())
    kept = {name: meaning for name, meaning in wanted.items() if name not in plan.wrong}
    plan.wrong = {}
    return _preview(request, merchant, plan, [], item_sheet.write(kept), whole=False, left_out=left_out)


def _bytes(file: UploadedFile) -> bytes:
    data: bytes = file.read()
    return data


def _keep(request: HttpRequest, merchant: Merchant, changes: list[Change]) -> None:
    kept = item_table.keep(merchant, changes, by=person_of(request), now=clock.now())
    if not kept:
        messages.info(request, "Nothing was changed.")
        return
    affected_carts.tell_all(merchant, now=clock.now())
    text = ngettext("{count} alias or kit was saved.", "{count} aliases and kits were saved.", kept)
    messages.success(request, text.format(count=kept))


def _preview(
    request: HttpRequest,
    merchant: Merchant,
    plan: Plan,
    wrong: list[str],
    sheet: str,
    *,
    whole: bool,
    left_out: Sequence[str] = (),
) -> HttpResponse:
    context = {
        "merchant": merchant,
        "crumbs": [*_crumbs(), ("Aliases and kits", reverse("inventory:items", args=[merchant.pk]))],
        "plan": plan,
        "changes": plan.changes[:SHOWN],
        "wrong": [*wrong, *plan.wrong.values()][:MOST_WRONG],
        "sheet": sheet,
        "whole": whole,
        "left_out": left_out[:MOST_WRONG],
    }
    status = 422 if wrong or plan.wrong else 200
    return render(request, "inventory/items/preview.html", context, status=status)


def _page(request: HttpRequest, merchant: Merchant, form: ItemForm, *, refused: str = "") -> HttpResponse:
    words = read_text(request.GET)
    rows = [
        (name, meaning)
        for name, meaning in item_table.table(merchant).items()
        if not words or words.casefold() in f"{name} {item_table.told(meaning)}".casefold()
    ]
    listings = Listing.objects.visible_to(access_of(request)).filter(merchant=merchant).select_related("cart")
    without = unmatched.unmatched(listings).order_by("sku", "pk")
    context = {
        "merchant": merchant,
        "crumbs": _crumbs(),
        "q": words,
        "rows": [(name, item_table.told(meaning), meaning[0][1] is not None) for name, meaning in rows[:SHOWN]],
        "total": len(rows),
        "most": SHOWN,
        "unmatched": unmatched.with_likely(merchant, without[:SHOWN]),
        "unmatched_total": without.count(),
        "form": form,
        "refused": refused,
        "may_count": access_of(request).may(Ability.COUNT),
    }
    bad = bool(refused) or form.is_bound
    return render(request, "inventory/items/items.html", context, status=422 if bad else 200)


def _crumbs() -> list[tuple[str, str]]:
    return [("Inventory", reverse("inventory:inventory"))]


def _merchant(request: HttpRequest, merchant_id: int) -> Merchant:
    found: Merchant = get_object_or_404(Merchant.objects.visible_to(access_of(request)), pk=merchant_id)
    return found
