"""Export everything: asking for a merchant's zip, how far it is, and taking it."""

from typing import cast

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from core.accounts.access import Ability, Access
from core.accounts.doors import access_of, door, person_of
from core.accounts.models import Merchant
from core.activity.event_log import record
from core.common import clock
from core.files.lifetimes import EXPORT_KEPT
from core.files.models import MerchantExport
from core.ui.live_pages import follows
from integration_manager.merchant_export import export_run, export_zip

SHOWN = 20


def exports(access: Access) -> "QuerySet[MerchantExport]":
    """Return what this person may take: a seller, none that tells what no seller reads."""
    found: QuerySet[MerchantExport] = MerchantExport.objects.visible_to(access)
    return found if access.is_of_house else found.filter(of_house=False)


def _version(request: HttpRequest, merchant_id: int) -> tuple[object, ...]:
    rows = exports(access_of(request)).filter(merchant=merchant_id).order_by("-pk")[:SHOWN]
    return tuple(rows.values_list("pk", "state", "row_count"))


@require_http_methods(["GET", "HEAD", "POST"])
@door(Ability.LOOK)
@follows(_version)
def show(request: HttpRequest, merchant_id: int) -> HttpResponse:
    access, now = access_of(request), clock.now()
    merchant: Merchant = get_object_or_404(Merchant.objects.visible_to(access), pk=merchant_id)
    if request.method == "POST":
        export_run.ask(merchant, access, by=person_of(request), now=now)
        messages.success(request, "The file is being made. This page says how far it is.")
        return HttpResponseRedirect(reverse("merchants:export", args=[merchant.pk]))
    found = exports(access).filter(merchant=merchant).select_related("by").order_by("-pk")[:SHOWN]
    context = {
        "merchant": merchant,
        "exports": [(each, status_of(each), each.made_at + EXPORT_KEPT) for each in found],
        "days": EXPORT_KEPT.days,
        "crumbs": [
            ("Merchants", reverse("merchants:merchants")),
            (merchant.name, reverse("merchants:merchant", args=[merchant.pk])),
        ],
    }
    return render(request, "portal/merchants/export.html", context)


def status_of(export: MerchantExport) -> tuple[str, str]:
    """Return a word and a tone."""
    if export.is_stuck:
        return "Given up", "bad"
    return ("Ready", "good") if export.is_done else ("Being made", "busy")


@require_safe
@door(Ability.LOOK)
def download(request: HttpRequest, export_id: int) -> HttpResponse:
    access, now = access_of(request), clock.now()
    export = get_object_or_404(exports(access).select_related("merchant"), pk=export_id)
    if not export.is_done:
        messages.info(request, "The file is not ready yet.")
        return HttpResponseRedirect(reverse("merchants:export", args=[export.merchant_id]))
    with transaction.atomic():
        record("merchant.export_taken", export.merchant, now=now, actor=person_of(request))
    name = (
        f"{slugify(export.merchant.name) or 'merchant'}-{export.made_at.astimezone(access.organization.zone):%Y-%m-%d}"
    )
    answer = StreamingHttpResponse(
        export_zip.stream(export),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}.zip"', "Cache-Control": "no-store"},
    )
    return cast(HttpResponse, answer)  # to a door they are the same
