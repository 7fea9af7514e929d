"""The doors of the report: the page, and the same as a file."""

from datetime import date
from typing import cast
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.accounts.access import Ability, Access
from core.accounts.doors import access_of, door, person_of
from core.activity.event_log import record
from core.common import clock
from integration_manager.portal.charge_report import charge_totals
from integration_manager.portal.order_list.table_files import FILES, CsvFile


@require_safe
@door(Ability.LOOK)
def show(request: HttpRequest) -> HttpResponse:
    access = access_of(request)
    wanted = charge_totals.read(request.GET, today=_today(access))
    found = charge_totals.sums(wanted, access)
    chosen = {"month": f"{wanted.month:%Y-%m}" if wanted.month else "all", "merchant": wanted.merchant_id or ""}
    address = reverse("merchants:charges_export")
    context = {
        "wanted": wanted,
        "months": [(f"{month:%Y-%m}", f"{month:%B %Y}") for month in wanted.months],
        "month": chosen["month"],
        "merchants": charge_totals.merchants_of(access),
        "sums": found,
        "totals": charge_totals.totals(found),
        "files": [(file.label, f"{address}?{urlencode({**chosen, 'as': key})}") for key, file in FILES.items()],
        "crumbs": [("Merchants", reverse("merchants:merchants"))],
    }
    return render(request, "portal/charge_report/charges.html", context)


@door(Ability.LOOK)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Hand out each charge as a row of a file."""
    access, now = access_of(request), clock.now()
    wanted = charge_totals.read(request.GET, today=_today(access))
    file = FILES.get(request.GET.get("as", "csv"))
    if file is None:
        messages.warning(request, "Charges can't be exported as that. Choose one of the formats below.")
        return redirect("merchants:charges")
    with transaction.atomic():
        count = charge_totals.charges(wanted, access).count()
        record("charges.exported", access.organization, now=now, actor=person_of(request), count=count)
    exact = isinstance(file, CsvFile) and file.exact
    charged, *others = charge_totals.COLUMNS
    columns = [charged if exact else f"{charged} ({access.organization.time_zone})", *others]
    name = f"charges-{wanted.month:%Y-%m}" if wanted.month else "charges"
    answer = StreamingHttpResponse(
        file.write(columns, charge_totals.rows(wanted, access), zone=access.organization.zone, title="Charges"),
        content_type=file.content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{file.ending}"',
            "Cache-Control": "no-store",
        },
    )
    return cast(HttpResponse, answer)  # to a door they are the same


def _today(access: Access) -> date:
    return clock.now().astimezone(access.organization.zone).date()
