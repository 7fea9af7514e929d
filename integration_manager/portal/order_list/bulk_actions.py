"""Doing something to the chosen orders: those ticked on the page, or all that match."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.common import clock
from integration_manager.portal.order_list import chosen_orders, order_search
from integration_manager.portal.order_list.chosen_orders import MOST, NotChosen, count_orders
from integration_manager.portal.order_list.order_search import ListTab
from orders.actions import accept, holds
from orders.models import HeldFor, Order
from shipping.close.views import MOST as MOST_SHIPPED
from shipping.close.views import leave_out
from shipping.paper.views import MOST as MOST_PRINTED
from shipping.paper.views import paper_url

NAMED = 10  # orders named one by one
Run = Callable[[HttpRequest, list[Order]], HttpResponse | None]


@dataclass(frozen=True, slots=True)
class Action:
    """What can be done to many orders at once: a button of the list."""

    value: str  # sent by the form
    label: str
    run: Run  # answers where to go, or nothing to go back to the list
    most: int
    tabs: tuple[str, ...] = ()  # where it is offered; everywhere unless told


@door(Ability.SHIP)
@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Do it, and go back to the list as it was."""
    access = access_of(request)
    back = redirect(order_search.list_of(request.GET))
    action = ACTIONS.get(request.POST.get("action", ""))
    if action is None:
        messages.warning(request, "Choose what to do with the selected orders.")
        return back
    choose = chosen_orders.matching if request.POST.get("all_matching") else chosen_orders.ticked
    try:
        chosen = choose(request, access, label=action.label, most=action.most)
    except NotChosen as error:
        messages.warning(request, str(error))
        return back
    if not chosen:
        messages.warning(request, "Select orders first.")
        return back
    return action.run(request, chosen) or back


def offered(state: ListTab) -> list[Action]:
    """Return what the list offers in this state."""
    return [action for action in ACTIONS.values() if not action.tabs or state.key in action.tabs]


# -- The actions -----------------------------------------------------------------------------------------------------
def _ship(request: HttpRequest, chosen: list[Order]) -> HttpResponse | None:
    if not (shippable := leave_out(request, chosen)):
        return None
    query = QueryDict(mutable=True)
    query.setlist("order", [str(each.pk) for each in shippable])
    return redirect(f"{reverse('shipping:close')}?{query.urlencode()}")


def _print(request: HttpRequest, chosen: list[Order]) -> HttpResponse:
    return redirect(paper_url(chosen))


def _hold(request: HttpRequest, chosen: list[Order]) -> None:
    late = [order for order in chosen if not holds.hold(order, by=person_of(request), now=clock.now())]
    if done := len(chosen) - len(late):
        messages.success(request, f"{count_orders(done)} held. They stay here until somebody releases them.")
    _warn(request, [f"{each.number} can't be held: it is {each.state.label}." for each in late])


def _let_go(request: HttpRequest, chosen: list[Order]) -> None:
    kept = [order for order in chosen if not _released(request, order)]
    if done := len(chosen) - len(kept):
        messages.success(request, f"{count_orders(done)} released. The warehouse gets them within a minute.")
    _warn(
        request, [f"{each.number} was not released: it is {each.state.label}. {each.reason}".strip() for each in kept]
    )


def _released(request: HttpRequest, order: Order) -> bool:
    """What is canceled, or was shipped by others, is shipped by nobody who only ticked many: its own page asks."""
    if order.is_held_for(HeldFor.CANCELED):
        return False
    return holds.let_go(order, by=person_of(request), now=clock.now())


def _take(request: HttpRequest, chosen: list[Order]) -> None:
    now, by = clock.now(), person_of(request)
    kept: list[str] = []
    for order in chosen:
        try:
            accept.take(order, by=by, now=now)
        except accept.NotTaken as why:
            kept.append(f"{order.number} was not accepted. {why}")
    if done := len(chosen) - len(kept):
        go = ngettext("It is now handled like any other order.", "They are now handled like any other orders.", done)
        messages.success(request, f"{count_orders(done)} accepted. {go}")
    _warn(request, kept)


def _warn(request: HttpRequest, sentences: Sequence[str]) -> None:
    for sentence in sentences[:NAMED]:
        messages.warning(request, sentence)
    if (more := len(sentences) - NAMED) > 0:
        messages.warning(request, f"The same goes for {count_orders(more)} more.")


ACTIONS = {
    action.value: action
    for action in (
        Action("ship", "Ship and Close", _ship, MOST_SHIPPED),
        Action("hold", "Hold", _hold, MOST),
        Action("let_go", "Release", _let_go, MOST),
        Action("print", "Print", _print, MOST_PRINTED),
        Action("take", "Accept anyway", _take, MOST, ("skipped", "all")),
    )
}
