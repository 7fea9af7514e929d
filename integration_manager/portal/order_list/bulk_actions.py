"""Doing something to the chosen orders: those ticked on the page, or all that match."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core.accounts.access import Ability, Access
from core.accounts.doors import access_of, door, person_of
from core.common import clock, vault
from core.ui.list_page import ListPage, Sorting, fetch
from core.ui.request_values import read_ids
from integration_manager.portal.order_list import bulk_words, hold_undo, order_search
from integration_manager.portal.order_list.bulk_words import count_orders
from integration_manager.portal.order_list.order_search import Found, ListTab
from orders.actions import accept, holds
from orders.models import Order, OrderStatus
from orders.statuses import FREE_TO_GO
from shipping.cancellation import order_hold
from shipping.close.views import MOST as MOST_SHIPPED
from shipping.close.views import leave_out
from shipping.paper.views import MOST as MOST_PRINTED
from shipping.paper.views import paper_url

MOST = 1_000  # orders held or released at once: each is a commit of its own, and somebody waits
DIGITS = 32  # of a digest; no two lists have the same
OLDEST = Sorting("placed", "placed_at", False)
Run = Callable[[HttpRequest, list[Order]], HttpResponse | None]


@dataclass(frozen=True, slots=True)
class Action:
    """What can be done to many orders at once: a button of the list."""

    value: str  # sent by the form
    label: str
    run: Run  # answers where to go, or nothing to go back to the list
    most: int
    statuses: tuple[OrderStatus, ...] = tuple(OrderStatus)  # of what it can be done to

    @property
    def said_statuses(self) -> str:
        """The statuses as the bar compares them with those of the ticked rows."""
        return " ".join(self.statuses)


class NotChosen(Exception):
    """What was chosen can't be told, or not all at once. Says why."""


class TooManyChosen(NotChosen):
    """More orders are chosen than the action takes at once."""

    def __init__(self, action: Action) -> None:
        super().__init__(
            f"“{action.label}” works on up to {action.most:,} orders at a time. Narrow the list, or choose fewer."
        )


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
    choose = _matching if request.POST.get("all_matching") else _ticked
    try:
        chosen = choose(request, access, action)
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


def _ticked(request: HttpRequest, access: Access, action: Action) -> list[Order]:
    """Return the orders whose boxes were ticked, in that order. One that is absent or another's: none is found.

    Raises TooManyChosen, before any of them is looked at.
    """
    ids = read_ids(request.POST.getlist("chosen"))
    if len(ids) > action.most:
        raise TooManyChosen(action)
    found = Order.objects.visible_to(access).in_bulk(ids)
    if len(found) != len(ids):
        raise Http404
    return [found[pk] for pk in ids]


def _matching(request: HttpRequest, access: Access, action: Action) -> list[Order]:
    """Return the orders that match the address now, the oldest first, if they are those the page was about.

    Raises TooManyChosen, and NotChosen where the address asks for what nobody knows, or other orders match by now.
    """
    wanted = order_search.read(request.GET, access, now=clock.now())
    if wanted.refused:
        raise NotChosen(f"Nothing was done. {' '.join(wanted.refused)}")
    found = order_search.find(access, wanted, state=wanted.state)
    orders = fetch(found, OLDEST, after=None, most=action.most + 1)
    if len(orders) > action.most:
        raise TooManyChosen(action)
    if request.POST.get("matching") != _digest(order.pk for order in orders):
        raise NotChosen(
            f"Nothing was done: the list has changed since you opened it, and {count_orders(len(orders))} match now. "
            "Check the list, then select them again."
        )
    return orders


def seen(found: Found, page: ListPage) -> str:
    """Return what the list says about all that match, so that the same are meant when something is done to them."""
    if page.total is None or page.total > MOST:
        return ""
    shown_whole = not page.passed and len(page.rows) == page.total
    if shown_whole:
        return _digest(order.pk for order in page.rows)
    return _digest({pk for rows in found for pk in rows.order_by().values_list("pk", flat=True)[: MOST + 1]})


def _digest(ids: Iterable[int]) -> str:
    return vault.digest(" ".join(map(str, sorted(ids))))[:DIGITS]


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
    now = clock.now()
    made = order_hold.hold_all(chosen, by=person_of(request), now=now)
    undo_url = ""
    if made.held:
        said = {name: request.GET.get(name, "") for name in order_search.KNOWN}
        query = {**said, "tab": said["tab"] or "all"}  # where the held ones are seen
        undo_url = hold_undo.keep(request, list(made.held), held_at=now, query=query)
    sentence = bulk_words.held(made)
    bulk_words.tell_done(request, len(made.held), sentence, made.not_held, verb="held", undo_url=undo_url)


def _let_go(request: HttpRequest, chosen: list[Order]) -> None:
    by, now = person_of(request), clock.now()
    left = [(each, _why_kept(each)) for each in chosen if not holds.let_go(each, by=by, now=now)]
    done = len(chosen) - len(left)
    go = ngettext("The warehouse gets it within a minute.", "The warehouse gets them within a minute.", done)
    bulk_words.tell_done(request, done, f"{count_orders(done)} released. {go}", left, verb="released")


def _why_kept(order: Order) -> str:
    return f"It is {order.state.label}. {order.reason}".strip()


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
        Action("ship", "Ship and Close", _ship, MOST_SHIPPED, (OrderStatus.AT_WMS,)),
        Action("hold", "Hold", _hold, MOST, FREE_TO_GO),
        Action("let_go", "Release", _let_go, MOST, (OrderStatus.HELD,)),
        Action("print", "Print", _print, MOST_PRINTED),
        Action("take", "Accept anyway", _take, MOST, (OrderStatus.SKIPPED,)),
    )
}
