"""What was said between us and a warehouse's system, request by request: what we asked of it, or it of us."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from core.accounts.access import Ability, Access
from core.accounts.doors import access_of, door
from core.activity import kept_exchanges
from core.activity.models import Exchange
from core.api.models import ApiCall, ApiKey
from core.ui.list_page import listing
from core.ui.request_values import read_text
from orders import order_exchanges
from shipping.connection import kept_requests
from shipping.models import Warehouse
from shipping.warehouse_page import warehouse_standing
from shipping.warehouse_page.page_tabs import REQUESTS, has_requests, tabs

SORTS = {"newest": "id"}


@require_safe
@door(Ability.CONNECT)
def requests(request: HttpRequest, system_id: int) -> HttpResponse:
    """All that is kept, the newest first; or what failed of it, or what was about one order."""
    access = access_of(request)
    if not access.is_of_house:
        raise Http404  # the 3PL's own
    warehouse: Warehouse = get_object_or_404(Warehouse.objects.visible_to(access), pk=system_id)
    if not has_requests(warehouse):
        raise Http404  # nothing goes over a wire
    text, failed = read_text(request.GET), request.GET.get("requests") == "failed"
    calls_us = warehouse.system.calls_us
    found = _calls(warehouse, access, failed=failed) if calls_us else _said(warehouse, access, text, failed=failed)
    page = listing(request, found, sorts=SORTS, default="-newest")
    context = {
        "warehouse": warehouse,
        "tabs": tabs(warehouse, REQUESTS, access),
        "pill": warehouse_standing.pill_of(warehouse),
        "calls_us": calls_us,
        "text": text,
        "failed": failed,
        "listing": page,
        "rows": page.rows if calls_us else order_exchanges.shown(page.rows, access),
        "kept_days": settings.EXCHANGES_KEPT_DAYS,
    }
    return render(request, "shipping/warehouse_page/requests.html", context)


def _said(warehouse: Warehouse, access: Access, text: str, *, failed: bool) -> Sequence[Any]:
    """Return what we asked of it. Each way to know a request has an index, so each is asked for itself."""
    rows: QuerySet[Exchange] = Exchange.objects.visible_to(access).filter(connection=kept_requests.name_of(warehouse))
    if failed:
        rows = kept_exchanges.failed_of(rows)
    return order_exchanges.named(rows, text, access) if text else [rows]


def _calls(warehouse: Warehouse, access: Access, *, failed: bool) -> Sequence[Any]:
    """Return what it asked of us with its own keys, by each of them: so they are indexed."""
    keys = ApiKey.objects.visible_to(access).filter(warehouse_id=warehouse.pk).order_by("pk")
    calls = ApiCall.objects.visible_to(access).select_related("key")
    if failed:
        calls = calls.filter(status__gte=400)
    return [calls.filter(key=key) for key in keys] or [calls.none()]
