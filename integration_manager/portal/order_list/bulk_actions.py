"""Doing something to the chosen orders: those ticked on the page, or all that match."""

from collections.abc import Callable, Iterable, Sequence
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
from integration_manager.portal.order_list import order_search
from integration_manager.portal.order_list.order_search import Found, ListTab
from orders.actions import accept, holds
from orders.models import Order
from shipping.close.views import MOST as MOST_SHIPPED
from shipping.close.views import leave_out
from shipping.paper.views import MOST as MOST_PRINTED
from shipping.paper.views import paper_url

MOST = 1_000  # orders held or released at once: each is a commit of its own, and somebody waits
DIGITS = 32  # of a digest; no two lists have the same
OLDEST = Sorting("placed", "placed_at", False)
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
    """Return what the list offers in this state."""
    return [action for action in ACTIONS.values() if not action.tabs or state.key in action.tabs]


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
            f"Nothing was done: the list has changed since you opened it, and {_orders(len(orders))} match now. "
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
    late = [order for order in chosen if not holds.hold(order, by=person_of(request), now=clock.now())]
    if done := len(chosen) - len(late):
        messages.success(request, f"{_orders(done)} held. They stay here until somebody releases them.")
    _warn(request, [f"{each.number} can't be held: it is {each.state.label}." for each in late])


def _let_go(request: HttpRequest, chosen: list[Order]) -> None:
    kept = [order for order in chosen if not holds.let_go(order, by=person_of(request), now=clock.now())]
    if done := len(chosen) - len(kept):
        messages.success(request, f"{_orders(done)} released. The warehouse gets them within a minute.")
    _warn(
        request, [f"{each.number} was not released: it is {each.state.label}. {each.reason}".strip() for each in kept]
    )


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
        messages.success(request, f"{_orders(done)} accepted. {go}")
    _warn(request, kept)


def _warn(request: HttpRequest, sentences: Sequence[str]) -> None:
    for sentence in sentences[:NAMED]:
        messages.warning(request, sentence)
    if (more := len(sentences) - NAMED) > 0:
        messages.warning(request, f"The same goes for {_orders(more)} more.")


def _orders(number: int) -> str:
    return ngettext("{count:,} order", "{count:,} orders", number).format(count=number)


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
