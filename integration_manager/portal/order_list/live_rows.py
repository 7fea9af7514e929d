"""What an open list is told: how the rows in view stand, also those that left it, and how many orders are new."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.accounts.doors import access_of
from core.ui import live_pages
from integration_manager.portal.order_list import row_cells, row_tasks
from orders.models import Order


def answer(request: HttpRequest, context: Mapping[str, Any]) -> HttpResponse:
    """Return the counts, the rows in view and how many of the list as it is now are not in view.

    ``context`` is the list's as it would be shown now. Rows move only when somebody asks for them.
    """
    access, shown = access_of(request), live_pages.shown(request)
    now_there = {order.pk: order for order in context["listing"].rows}
    gone = [pk for pk in shown if pk not in now_there]
    others = Order.objects.visible_to(access).select_related("cart").in_bulk(gone) if gone else {}
    rows = [now_there.get(pk) or others.get(pk) for pk in shown]
    telling = replace(context["telling"], tasks=row_tasks.of_orders(shown, access))
    context = {
        **context,
        "states_in_view": [row_cells.state_of(order, telling) for order in rows if order is not None],
        "news": len(_news(list(now_there), set(shown), context["per_page"])),
    }
    return render(request, "portal/order_list/live.html", context)


def _news(now_there: Sequence[int], shown: Collection[int], per_page: int) -> list[int]:
    """Return the orders that are not in view. What follows a full page was on the next one, and is not new."""
    last = max((place for place, pk in enumerate(now_there) if pk in shown), default=None)
    ahead = now_there[:last] if last is not None and len(shown) >= per_page else now_there
    return [pk for pk in ahead if pk not in shown]
