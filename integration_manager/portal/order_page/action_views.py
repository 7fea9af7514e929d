"""What staff do with one order from its page. Each is done once, however often the button is pressed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from carts import presses
from core.accounts.access import Ability
from core.accounts.doors import door, person_of
from core.common import clock
from core.ui.told import More, tell
from integration_manager.portal.order_list import hold_undo
from integration_manager.portal.order_page import cancel_views
from integration_manager.portal.order_page import views as order_page
from integration_manager.portal.order_page.order_access import find_order
from orders.actions import holds, notes
from orders.actions.forms import NoteForm
from orders.models import OrderStatus
from shipping.cancellation import order_hold
from shipping.cancellation.order_hold import Reach
from shipping.confirmation import refused_packages
from shipping.delivery import retry

HELD_NOW = {
    Reach.HERE: "",
    Reach.AT_BENCH: "Pull it from packing: staff may have begun. ",
    Reach.AWAY: "The warehouse is being asked to give it back. ",
    Reach.ON_ITS_WAY: "It is on its way to the warehouse, and is asked back as soon as it is there. ",
}


# -- Holding and sending ---------------------------------------------------------------------------------------------
@door(Ability.SHIP)
@require_POST
def hold(request: HttpRequest, order_id: int) -> HttpResponse:
    """Keep it from being shipped, however far it is."""
    order, now = find_order(request, order_id), clock.now()
    try:
        reach = order_hold.hold(order, by=person_of(request), now=now)
    except order_hold.NotHeld as why:
        order.refresh_from_db(fields=["status"])
        say = messages.info if order.status == OrderStatus.HELD else messages.warning
        say(request, f"It was not held. {why}")
        return redirect(order)
    undo_url = hold_undo.keep(request, [order.pk], held_at=now, query={})
    said = f"Held. {HELD_NOW[reach]}It stays here until somebody releases it."
    tell(request, messages.SUCCESS, said, More(undo_url=undo_url))
    return redirect(order)


@door(Ability.SHIP)
@require_POST
def let_go(request: HttpRequest, order_id: int) -> HttpResponse:
    """End the hold that the page showed: what came in its place meanwhile, a cancel, is not shipped by that press."""
    order = find_order(request, order_id)
    if order.status == OrderStatus.HELD and request.GET.get("held_for", order.held_for) != order.held_for:
        messages.warning(request, "Nothing was released: it is held for another reason by now. Check what it says.")
        return redirect(order)
    stands = cancel_views.back_to_the_bench(order)  # said before: what it says ends with the hold
    if holds.let_go(order, by=person_of(request), now=clock.now()):
        messages.success(request, f"Released. The warehouse gets it within a minute. {stands}".strip())
    else:
        messages.warning(request, "It was not released: it is no longer held, or it could not be read.")
    return redirect(order)


# -- Sending again ---------------------------------------------------------------------------------------------------
@door(Ability.SHIP)
@require_POST
def send_again(request: HttpRequest, order_id: int) -> HttpResponse:
    """Send what was refused again. What would be refused again is only sent to whoever wants it all the same."""
    order = find_order(request, order_id)
    if "anyway" not in request.GET and (refused := refused_packages.hopeless(order)):
        said = f"{order.cart.place.name} would refuse it again: {refused.said} {refused.remedy}"
        messages.warning(request, f"Nothing was sent. {said}")
        return redirect("shipping:correct", refused.package.pk)
    if retry.send_again(order, by=person_of(request), now=clock.now()):
        messages.success(request, "On its way again. If it is refused again, this page and an alert will say why.")
    else:
        messages.warning(request, "There is nothing to send again: nothing was refused.")
    return redirect(order)


@door(Ability.SHIP)
@require_POST
def found_there(request: HttpRequest, order_id: int) -> HttpResponse:
    """A person looked: the warehouse has it, though its answer was lost."""
    order = find_order(request, order_id)
    if retry.found_there(order, by=person_of(request), now=clock.now()):
        messages.success(request, "Noted: the warehouse has it. Nothing was sent.")
    else:
        messages.warning(request, "Nobody was waiting for that any longer.")
    return redirect(order)


@door(Ability.SHIP)
@require_POST
def hand_over_again(request: HttpRequest, order_id: int) -> HttpResponse:
    order = find_order(request, order_id)
    if retry.hand_over_again(order, by=person_of(request), now=clock.now()):
        messages.success(
            request, "On its way to the warehouse again. If the warehouse already has it, nothing changes."
        )
    else:
        messages.warning(request, "It was not sent again: it is already on its way, or not at a warehouse we can ask.")
    return redirect(order)


@door(Ability.SHIP)
@require_POST
def known(request: HttpRequest, order_id: int) -> HttpResponse:
    """A person told the warehouse what it did not take from us."""
    order = find_order(request, order_id)
    if retry.settle_by_hand(order, by=person_of(request), now=clock.now()):
        messages.success(request, "Noted: the warehouse knows.")
    else:
        messages.warning(request, "Nobody was waiting for that any longer.")
    return redirect(order)


@door(Ability.SHIP)
@require_POST
def tell_again(request: HttpRequest, order_id: int) -> HttpResponse:
    order = find_order(request, order_id)
    place, now = order.cart.place.name, clock.now()
    if retry.can_tell_again(order) and (past := presses.press("tell", order, now=now)) is not None:
        messages.info(request, f"The tracking was sent again {presses.ago(past)}.")
    elif told := retry.tell_again(order, by=person_of(request), now=now):
        what = ngettext("The tracking is", "The tracking of {count} packages is", told).format(count=told)
        messages.success(
            request, f"{what} on its way to {place} again. It updates existing packages and creates no new ones."
        )
    else:
        messages.warning(request, "There is no tracking to send again: it is already on its way, or there is none.")
    return redirect(order)


# -- Looking and noting ----------------------------------------------------------------------------------------------
@door(Ability.SEE_BUYERS)
@require_POST
def look(request: HttpRequest, order_id: int) -> HttpResponse:
    """Show who gets it, on the page that answers: it is neither in an address nor kept by a browser."""
    return order_page.page(request, find_order(request, order_id), opened=True)


@door(Ability.SHIP)
@require_POST
def note(request: HttpRequest, order_id: int) -> HttpResponse:
    order, form = find_order(request, order_id), NoteForm(request.POST)
    if not form.is_valid():
        return order_page.page(request, order, note_form=form, status=422)
    if notes.note(order, form.cleaned_data["text"], by=person_of(request), now=clock.now()):
        messages.success(request, "Noted.")
    else:
        messages.info(request, "That was already noted.")
    return redirect(f"{order.get_absolute_url()}#notes")
