"""Taking back a hold that was just made: which orders it held stands in the session of who pressed it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.common import clock
from core.ui.request_values import read_number
from integration_manager.portal.order_list import order_search
from integration_manager.portal.order_list.chosen_orders import count_orders
from orders.models import Order
from shipping.cancellation import order_hold

KEPT = "holds_to_undo"  # in the session: what was held last, the newest first
MOST = 5  # holds that can be taken back


def keep(request: HttpRequest, orders: Collection[int], *, held_at: datetime, query: Mapping[str, str]) -> str:
    """Note what was held, and return the address that takes it back. ``query`` is the list's that one comes back to."""
    organization = access_of(request).organization.pk
    kept = [entry for entry in request.session.get(KEPT, []) if entry["organization"] == organization]
    number = 1 + max((entry["number"] for entry in kept), default=0)
    made = {"number": number, "organization": organization, "at": held_at.isoformat(), "orders": list(orders)}
    request.session[KEPT] = [made, *kept][:MOST]
    return order_search.address({**query, "hold": str(number)}, route="orders:undo_hold")


@door(Ability.SHIP)
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Release what this hold held, and nothing that changed since."""
    access = access_of(request)
    wanted = (read_number(request.GET.get("hold", "")), access.organization.pk)
    kept: list[dict[str, Any]] = request.session.get(KEPT, [])
    mine = next((entry for entry in kept if (entry["number"], entry["organization"]) == wanted), None)
    back = redirect(order_search.list_of(request.GET))
    if mine is None:
        messages.warning(request, "That can't be undone any more. Release the orders one by one.")
        return back
    request.session[KEPT] = [entry for entry in kept if entry != mine]
    orders = list(Order.objects.visible_to(access).filter(pk__in=mine["orders"]).order_by("pk"))
    held_at = datetime.fromisoformat(mine["at"])
    freed = order_hold.undo(orders, held_at=held_at, by=person_of(request), now=clock.now())
    _say(request, len(freed), len(mine["orders"]) - len(freed))
    from_its_page = len(request.GET) == 1 and len(orders) == 1
    return redirect(orders[0]) if from_its_page else back


def _say(request: HttpRequest, freed: int, left: int) -> None:
    if freed:
        messages.success(request, f"{count_orders(freed)} released again.")
    if left:
        words = ngettext(
            "{count:,} order was not released: it changed since.",
            "{count:,} orders were not released: they changed since.",
            left,
        )
        messages.warning(request, words.format(count=left))
