"""Doors of the activity: the page, and the same as a file. For whoever has to answer for what happened."""

from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.accounts.access import Ability, Access
from core.accounts.doors import access_of, door, person_of
from core.activity.event_log import record
from core.common import clock
from core.ui.list_page import chunks, listing, sorting
from integration_manager.portal.activity_log import event_filters, event_rows
from integration_manager.portal.order_list.table_files import FILES, CsvFile, Row
from integration_manager.portal.performance.periods import PERIODS

SORTS = {"newest": "id"}  # numbers grow with time
NEWEST = "-newest"
AT_ONCE = 500


@require_safe
@door(Ability.SETTINGS)
def show(request: HttpRequest) -> HttpResponse:
    access = _of_house(request)
    asked = event_filters.read(request.GET, access, now=clock.now())
    found = event_filters.find(asked, access).select_related("actor")
    page = listing(request, [found], sorts=SORTS, default=NEWEST)
    file_url = reverse("activity:export")
    context = {
        "asked": asked,
        "period": asked.period,
        "periods": PERIODS.items(),
        "menus": event_filters.menus(asked, access),
        "listing": page,
        "rows": event_rows.told(page.rows, access),
        "files": [(file.label, f"{file_url}?{urlencode({**asked.query, 'as': key})}") for key, file in FILES.items()],
        "may_see_requests": access.may(Ability.CONNECT),
    }
    return render(request, "portal/activity_log/activity.html", context)


@require_safe
@door(Ability.SETTINGS)
def export(request: HttpRequest) -> HttpResponse:
    """Hand out what the page would show, to its end. That somebody did is itself on it."""
    access, now = _of_house(request), clock.now()
    asked = event_filters.read(request.GET, access, now=now)
    file = FILES.get(request.GET.get("as", "csv"))
    if file is None or asked.period.refused:
        messages.warning(request, asked.period.refused or "Choose one of the formats below the list.")
        return redirect("activity:page")
    with transaction.atomic():
        record("activity.exported", access.organization, now=now, actor=person_of(request))
    found = event_filters.find(asked, access).select_related("actor")
    exact = isinstance(file, CsvFile) and file.exact
    when, *others = event_rows.COLUMNS
    columns = [when if exact else f"{when} ({access.organization.time_zone})", *others]
    name = f"activity-{asked.period.first}-{asked.period.last}"
    answer = StreamingHttpResponse(
        file.write(columns, _rows(found, access), zone=access.organization.zone, title="Activity"),
        content_type=file.content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}.{file.ending}"', "Cache-Control": "no-store"},
    )
    return cast(HttpResponse, answer)  # to a door they are the same


def _rows(found: QuerySet[Any], access: Access) -> Iterator[Row]:
    by = sorting(cast(Any, {}), sorts=SORTS, default=NEWEST)
    for several in chunks([found], by, size=AT_ONCE):
        for row in event_rows.told(several, access):
            yield [row.at, row.who, row.kind, row.text, row.thing]


def _of_house(request: HttpRequest) -> Access:
    access = access_of(request)
    if not access.is_of_house:
        raise Http404  # the 3PL's own
    return access
