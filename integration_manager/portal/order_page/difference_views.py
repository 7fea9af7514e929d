"""What the cart says otherwise than an order stands here, on the order's page; taking what a rule left out."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from core.accounts.access import Ability, Access
from core.accounts.doors import door, person_of
from core.common import clock
from core.ui.request_values import read_id
from integration_manager.portal.order_page.order_access import find_order
from orders.actions import accept
from orders.differences import settlement
from orders.models import Order
from shipping.delivery import take_over
from shipping.delivery.take_over import Telling
from shipping.models import Release

SHOWN = 50  # differences with buttons of their own; an order may have ten thousand lines
ALL = "all"


@dataclass(frozen=True, slots=True)
class Question:
    """One difference, as the page asks about it."""

    id: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Differences:
    """What portal/order_page/differences.html shows."""

    place: str
    questions: list[Question]
    more: int
    may_settle: bool
    edited: bool  # it did not leave, but a person edited it

    @property
    def several(self) -> bool:
        return len(self.questions) + self.more > 1


def differences_of(order: Order, access: Access) -> Differences | None:
    """Return what is to be settled about an order; None when that is nothing."""
    found = settlement.still_open(order)
    if not found:
        return None
    sentences = [(each.pk, settlement.words(each)) for each in found[:SHOWN]]
    return Differences(
        place=order.cart.place.name,
        questions=[Question(pk, f"{words[0].upper()}{words[1:]}.") for pk, words in sentences],
        more=max(0, len(found) - SHOWN),
        may_settle=access.may(Ability.SHIP),
        edited=not order.has_left,
    )


# -- Settling --------------------------------------------------------------------------------------------------------
@door(Ability.SHIP)
@require_POST
def settle(request: HttpRequest, order_id: int) -> HttpResponse:
    """Keep ours, or take theirs: one difference by its number, or all of them."""
    order = find_order(request, order_id)
    keep, take = request.POST.get("keep", ""), request.POST.get("take", "")
    chosen = _chosen(order, keep or take)
    if not chosen:
        messages.warning(request, "There is nothing left to decide.")
        return redirect(order)
    digest, by, now = request.POST.get("document", ""), person_of(request), clock.now()
    try:
        if keep:
            kept = settlement.keep(order, chosen, digest=digest, by=by, now=now)
            _say_kept(request, order, kept)
        else:
            _say(request, order, take_over.take(order, chosen, digest=digest, by=by, now=now))
    except settlement.NotSettled as why:
        messages.warning(request, str(why))
    return redirect(order)


def _chosen(order: Order, said: str) -> set[int]:
    if said != ALL:
        return {read_id(said)} - {0}
    return {each.pk for each in settlement.still_open(order)}


def _say_kept(request: HttpRequest, order: Order, kept: int) -> None:
    if kept:
        messages.success(request, f"Kept as it is here. {order.cart.place.name} still has its own version.")
    else:
        messages.warning(request, "There is nothing left to decide.")


def _say(request: HttpRequest, order: Order, telling: Telling) -> None:
    place = order.cart.place.name
    releases = Release.objects.filter(order=order).order_by("part").select_related("warehouse")
    warehouse = " and ".join(each.warehouse.name for each in releases) or "the warehouse"
    match telling:
        case Telling.NOBODY:
            messages.warning(request, "There is nothing left to decide.")
        case Telling.HERE:
            messages.success(request, f"It now matches {place}. The people who ship it see it this way.")
        case Telling.AGAIN:
            messages.success(
                request, f"It now matches {place}. {warehouse} is asked to give it back, and then gets it again."
            )
        case Telling.BY_HAND:
            messages.warning(
                request,
                f"It now matches {place} here. {warehouse} still has the old version and can't be updated: call them.",
            )
        case Telling.TOO_LATE:
            messages.warning(request, f"It now matches {place} here. What was already shipped is on its way unchanged.")


# -- Taking after all ------------------------------------------------------------------------------------------------
@door(Ability.SHIP)
@require_POST
def take(request: HttpRequest, order_id: int) -> HttpResponse:
    """Take an order that a rule of its cart left out."""
    order = find_order(request, order_id)
    try:
        accept.take(order, by=person_of(request), now=clock.now())
    except accept.NotTaken as why:
        messages.warning(request, f"{order.number} was not accepted. {why}")
    else:
        messages.success(request, "Accepted. It is now handled like any other order.")
    return redirect(order)


def may_take_lines(order: Order, access: Access) -> bool:
    """Whether lines that were left out can still go with the rest."""
    return access.may(Ability.SHIP) and order.goes_later


@door(Ability.SHIP)
@require_POST
def take_lines(request: HttpRequest, order_id: int) -> HttpResponse:
    """Send the lines an item filter left out, too."""
    order = find_order(request, order_id)
    if accept.take_lines(order, by=person_of(request), now=clock.now()):
        messages.success(request, "All its lines go to the warehouse.")
    else:
        messages.warning(request, "Nothing was changed: it is already on its way, or no line is left out.")
    return redirect(order)
