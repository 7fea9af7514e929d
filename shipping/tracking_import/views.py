"""Doors of the tracking import: bring a sheet, see what it matches, put it right, ship it."""

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods, require_POST

from core.accounts.access import Ability, Access
from core.accounts.doors import access_of, door, person_of
from core.common import clock
from core.common.file_uploads import takes_file
from core.common.sheets.sheet_refusal import Unreadable
from core.common.vault import Unopenable
from shipping.close import drafts, shipment_batches
from shipping.models import TrackingSheet
from shipping.tracking_import import kept_sheets
from shipping.tracking_import.forms import MendForm, SheetForm
from shipping.tracking_import.kept_sheets import SheetContent
from shipping.tracking_import.preview import SHOWN, Preview, given, preview
from shipping.tracking_import.sheet import sheet_columns, table

AT_ONCE = 1_000  # orders that Ship and Close takes
LISTED = 12  # rows of the sheet that are shown where its columns are not clear
VERBS = ("GET", "HEAD", "POST")


# -- Bringing a sheet --------------------------------------------------------------------------------------------------
@takes_file
@door(Ability.SHIP)
@require_http_methods(VERBS)
def tracking_import(request: HttpRequest) -> HttpResponse:
    """Take a pasted sheet, or a file, and go on to what it matches."""
    access = access_of(request)
    form = SheetForm(request.POST, request.FILES) if request.method == "POST" else SheetForm()
    if form.is_bound and form.is_valid() and _is_readable(form):
        content = SheetContent(form.cleaned_data["sheet"])
        kept = kept_sheets.keep(content, organization=access.organization, by=person_of(request), now=clock.now())
        return HttpResponseRedirect(kept.get_absolute_url())
    recent = TrackingSheet.objects.visible_to(access).select_related("by").defer("sealed").order_by("-made_at", "-pk")
    context = {
        "form": form,
        "recent": recent[: kept_sheets.RECENT],
        "kept_days": kept_sheets.KEPT.days,
        "crumbs": [("Orders", reverse("orders:orders"))],
    }
    return render(request, "shipping/tracking_import/start.html", context, status=422 if form.errors else 200)


def _is_readable(form: SheetForm) -> bool:
    """Refuse what is too long for a page of its own; what came as a file stands in the form, to be shortened."""
    try:
        rows = table.read(form.cleaned_data["sheet"])
    except Unreadable as error:
        form.data = {**form.data, "text": form.cleaned_data["sheet"]}
        form.add_error("text", str(error))
        return False
    if not rows:
        form.add_error("file" if form.cleaned_data.get("file") else "text", "There are no rows in it.")
    return bool(rows)


# -- What it matches ---------------------------------------------------------------------------------------------------
@door(Ability.SHIP)
@require_http_methods(VERBS)
def tracking_sheet(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """Show what a sheet matches. Sent, keep what was put right about it, and show it again."""
    access, (kept, content) = access_of(request), _sheet(request, sheet_id)
    if kept is None:
        return redirect("shipping:tracking_import")
    today = _today(access)
    shown = preview(content, access=access, now=clock.now(), shipped_on=content.shipped_on or today)
    form = _mend_form(request, content, shown, today)
    if form.is_bound and form.is_valid():
        kept_sheets.write(kept, _mended(content, form, today))
        return HttpResponseRedirect(kept.get_absolute_url())
    if shown.layout.is_complete:
        kept.count(size=len(shown.matches), left=shown.left)
    context = {
        "sheet": kept,
        "form": form,
        "shown": shown,
        "to_mend": [(each, form.choice_of(each), form.numbers_of(each)) for each in shown.to_mend[:SHOWN]],
        "ready": shown.ready[:SHOWN],
        "done": shown.done[:SHOWN],
        "most": SHOWN,
        "at_once": AT_ONCE,
        "first_rows": [] if shown.layout.is_complete else shown.rows[:LISTED],
        "crumbs": [("Orders", reverse("orders:orders")), ("Tracking import", reverse("shipping:tracking_import"))],
    }
    page = render(request, "shipping/tracking_import/sheet.html", context, status=422 if form.errors else 200)
    add_never_cache_headers(page)  # a carrier's list may hold names and addresses
    return page


def _mend_form(request: HttpRequest, content: SheetContent, shown: Preview, today: date) -> MendForm:
    return MendForm(
        request.POST if request.method == "POST" else None,
        text=content.text,
        shipped_on=content.shipped_on or today,
        layout=shown.layout,
        rows=shown.rows,
        matches=shown.matches,
        numbers=content.numbers,
    )


def _mended(content: SheetContent, form: MendForm, today: date) -> SheetContent:
    """Return the sheet as it was put right. Other heads have other columns: what was chosen before ends with them.

    In another text rows stand elsewhere, so what was typed for them ends with it.
    """
    said = form.cleaned_data
    chosen = {**content.columns, **form.chosen_columns}
    if _heads(said["text"]) != _heads(content.text):
        chosen = {}
    shipped_on = said["shipped_on"] if said["shipped_on"] != today else None
    same = said["text"].splitlines() == content.text.splitlines()  # browsers send lines with another end
    numbers = {**content.numbers, **form.typed_numbers} if same else {}
    numbers = {row: number for row, number in numbers.items() if number}
    return SheetContent(said["text"], chosen, {**content.orders, **form.chosen_orders}, shipped_on, numbers)


def _heads(text: str) -> Sequence[str]:
    try:
        head = sheet_columns.find(table.read(text)).head
    except Unreadable:
        return []
    return head.cells if head else []


def _sheet(request: HttpRequest, sheet_id: int) -> tuple[TrackingSheet | None, SheetContent]:
    """Return a sheet and what is kept of it; none where no key opens it any more, which is said."""
    kept = get_object_or_404(TrackingSheet.objects.visible_to(access_of(request)), pk=sheet_id)
    try:
        return kept, kept_sheets.read(kept)
    except Unopenable:
        messages.error(request, "This sheet can't be opened any more. Import it again.")
        return None, SheetContent("")


def _today(access: Access) -> date:
    return clock.now().astimezone(access.organization.zone).date()


# -- Shipping it -------------------------------------------------------------------------------------------------------
@door(Ability.SHIP)
@require_POST
def ship_sheet(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """Ship what is ready as the page showed it; or open Ship and Close with what is odd or incomplete."""
    access, (kept, content) = access_of(request), _sheet(request, sheet_id)
    if kept is None:
        return redirect("shipping:tracking_import")
    now, shipped_on = clock.now(), content.shipped_on or _today(access)
    shown = preview(content, access=access, now=now, shipped_on=shipped_on)
    opening = request.POST.get("what") == "open"
    chosen = (shown.to_open if opening else shown.ready)[:AT_ONCE]
    if not chosen:
        messages.info(request, "There is nothing to ship in this sheet now.")
        return redirect(kept)
    if not opening and request.POST.get("seen") != shown.seen:
        messages.warning(
            request, "Something changed after this page was shown, so nothing was shipped. Check it again."
        )
        return redirect(kept)
    organization, by, packages = access.organization, person_of(request), given(chosen)
    parts = {each.order.pk: each.part.pk for each in chosen if each.order is not None and each.part is not None}
    if opening:
        draft = drafts.keep(packages, organization=organization, by=by, now=now, shipped_on=shipped_on, parts=parts)
        return redirect(draft)
    closings = [each.closing for each in chosen if each.closing]
    fields = drafts.fields(packages, shipped_on=shipped_on, parts=parts)
    batch = shipment_batches.begin(closings, fields, organization=organization, by=by, now=now)
    left = shown.left - len(chosen)
    kept.count(size=len(shown.matches), left=left)
    return redirect(f"{batch.get_absolute_url()}?{urlencode({'sheet': kept.pk, 'left': left})}")


@door(Ability.SHIP)
@require_POST
def remove_sheet(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """Delete a sheet before its time."""
    kept = TrackingSheet.objects.visible_to(access_of(request)).filter(pk=sheet_id)
    if not kept.delete()[0]:
        raise Http404
    messages.success(request, "The sheet was deleted. Nothing that was shipped changes.")
    return redirect("shipping:tracking_import")
