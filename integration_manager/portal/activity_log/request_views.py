"""The door of all requests to other servers: found by an order's number, a request ID or an operation."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from carts import connections, marketplaces
from carts.models import Grant
from core.accounts.access import Ability, Access
from core.accounts.doors import access_of, door
from core.activity import kept_exchanges
from core.activity.models import Exchange
from core.ui.list_page import listing
from core.ui.request_values import read_text
from orders import order_exchanges
from shipping.connection import kept_requests

SORTS = {"newest": "id"}


@require_safe
@door(Ability.CONNECT)
def show(request: HttpRequest) -> HttpResponse:
    access = access_of(request)
    if not access.is_of_house:
        raise Http404  # the 3PL's own
    text, failed = read_text(request.GET), request.GET.get("requests") == "failed"
    page = listing(request, _found(access, text, failed=failed), sorts=SORTS, default="-newest")
    context = {
        "text": text,
        "failed": failed,
        "listing": page,
        "rows": _rows(page.rows, access),
        "operations": _operations(),
        "kept_days": settings.EXCHANGES_KEPT_DAYS,
        "may_see_activity": access.may(Ability.SETTINGS),
    }
    return render(request, "portal/activity_log/requests.html", context)


def _found(access: Access, text: str, *, failed: bool) -> Sequence[QuerySet[Any]]:
    """Each way to know a request has an index: they are asked one by one, and the list is all they find."""
    rows: QuerySet[Any] = Exchange.objects.visible_to(access)
    if failed:
        rows = kept_exchanges.failed_of(rows)
    return [*order_exchanges.named(rows, text, access), rows.filter(operation=_operation(text))] if text else [rows]


def _operations() -> list[str]:
    """Return what marketplaces can be asked for."""
    return sorted({name for each in marketplaces.APPLICATIONS.values() for name in each.marketplace.rates})


def _operation(text: str) -> str:
    """Return the operation that is meant, whichever of its letters are capitals: the index knows it by its own."""
    return next((name for name in _operations() if name.lower() == text.lower()), text)


def _rows(found: Sequence[Exchange], access: Access) -> list[dict[str, Any]]:
    """Return each with whom it was said to, and the order it was about."""
    grants = Grant.objects.visible_to(access).select_related("merchant")
    named = {connections.name_of(grant): f"{grant.merchant} · {grant}" for grant in grants}
    named |= kept_requests.names(access)
    return [
        row | {"connection": named.get(each.connection, each.connection)}
        for each, row in zip(found, order_exchanges.shown(found, access), strict=True)
    ]
