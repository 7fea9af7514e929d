"""Doing something to the chosen orders: those ticked on the page, or all that match."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.common import clock
from integration_manager.portal.order_list import bulk_words, chosen_orders, hold_undo, order_search
from integration_manager.portal.order_list.chosen_orders import MOST, NotChosen, count_orders
from integration_manager.portal.order_list.order_search import ListTab
from orders.actions import accept, holds
from orders.models import HeldFor, Order, OrderStatus
from orders.statuses import FREE_TO_GO
from shipping.cancellation import order_hold
from shipping.close import drafts
from shipping.close.views import MOST as MOST_SHIPPED
from shipping.close.views import leave_out
from shipping.paper.views import MOST as MOST_PRINTED
from shipping.paper.views import paper_url

Run = Callable[[HttpRequest, list[Order]], HttpResponse | None]


@dataclass(frozen=True, slots=True)
class Action:
    """What can be done to many orders at once: a button of the list."""

    value: str  # sent by the form
    label: str
    run: Run  # answers where to go, or nothing to go back to the list
    most: int
    statuses: tuple[OrderStatus, ...] = tuple(OrderStatus)  # of what it can be done to
    key: str = ""  # of the keyboard, that presses it (static/list.js)

    @property
    def said_statuses(self) -> str:
        """The statuses as the bar compares them with those of the ticked rows."""
        return " ".join(self.statuses)


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
    """Return what can be done to some order of this state; nothing else is offered."""
    return [action for action in ACTIONS.values() if set(action.statuses) & set(state.statuses)]


# -- The actions -----------------------------------------------------------------------------------------------------
def _ship(request: HttpRequest, chosen: list[Order]) -> HttpResponse | None:
    if not (shippable := leave_out(request, chosen)):
        return None
    organization = access_of(request).organization
    return redirect(drafts.address_of(shippable, organization=organization, by=person_of(request), now=clock.now()))


def _print(request: HttpRequest, chosen: list[Order]) -> HttpResponse:
    return redirect(paper_url(chosen))


def _hold(request: HttpRequest, chosen: list[Order]) -> None:
    now = clock.now()
    made = order_hold.hold_all(chosen, by=person_of(request), now=now)
    undo_url = ""
    if made.held:
        said = {name: request.GET.get(name, "") for name in order_search.KNOWN}
        query = {**said, "tab": said["tab"] or "all"}  # where the held ones are seen
        undo_url = hold_undo.keep(request, [order.pk for order in made.held], held_at=now, query=query)
    sentence = bulk_words.held(made)
    bulk_words.tell_done(request, len(made.held), sentence, made.not_held, verb="held", undo_url=undo_url)


def _let_go(request: HttpRequest, chosen: list[Order]) -> None:
    left = [(each, _why_kept(each)) for each in chosen if not _released(request, each)]
    done = len(chosen) - len(left)
    go = ngettext("The warehouse gets it within a minute.", "The warehouse gets them within a minute.", done)
    bulk_words.tell_done(request, done, f"{count_orders(done)} released. {go}", left, verb="released")


def _why_kept(order: Order) -> str:
    return f"It is {order.state.label}. {order.reason}".strip()


def _released(request: HttpRequest, order: Order) -> bool:
    """What is canceled, or was shipped by others, is shipped by nobody who only ticked many: its own page asks."""
    if order.is_held_for(HeldFor.CANCELED):
        return False
    return holds.let_go(order, by=person_of(request), now=clock.now())


def _take(request: HttpRequest, chosen: list[Order]) -> None:
    now, by = clock.now(), person_of(request)
    left: list[tuple[Order, str]] = []
    for order in chosen:
        try:
            accept.take(order, by=by, now=now)
        except accept.NotTaken as why:
            left.append((order, str(why)))
    done = len(chosen) - len(left)
    go = ngettext("It is now handled like any other order.", "They are now handled like any other orders.", done)
    bulk_words.tell_done(request, done, f"{count_orders(done)} accepted. {go}", left, verb="accepted")


ACTIONS = {
    action.value: action
    for action in (
        Action("ship", "Ship and Close", _ship, MOST_SHIPPED, (OrderStatus.AT_WMS,), key="s"),
        Action("hold", "Hold", _hold, MOST, FREE_TO_GO),
        Action("let_go", "Release", _let_go, MOST, (OrderStatus.HELD,)),
        Action("print", "Print", _print, MOST_PRINTED),
        Action("take", "Accept anyway", _take, MOST, (OrderStatus.SKIPPED,)),
    )
}
