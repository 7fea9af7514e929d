"""Cancels on the page of one order: what is to be decided, and the doors that decide it."""

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from carts.marketplaces import APPLICATIONS
from carts.marketplaces.order_needs import OrderHandling
from core.accounts.access import Ability, Access
from core.accounts.doors import door, person_of
from core.alerts import causes
from core.alerts.raised import find_alert
from core.common import clock
from core.common.bell import Bell
from core.ui.request_values import read_id
from integration_manager.portal.order_list import order_search
from integration_manager.portal.order_page.explanation import PULLED, ProblemBar, release_url, sentence
from integration_manager.portal.order_page.order_access import find_order
from orders.download import cancels
from orders.models import HeldFor, Order
from shipping import order_alerts
from shipping.alerts import OFF_THE_BENCH
from shipping.cancellation import cart_cancel
from shipping.delivery import recall as delivery_recall
from shipping.models import Cancellation, Recall, releases_of

STANDS_THERE = "If you release it instead, it is back on their list within a minute."
CANCEL_WHOLE = "Cancel the whole order"
READ_THERE = "Press Show beside the address to read the buyer's reason."


class CancelForm(forms.Form):
    """Why an order is canceled: one of the reasons the marketplace takes."""

    reason = forms.ChoiceField(label="Reason", help_text="The marketplace gets this reason, and counts it.")

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Choose a reason"), *cart_cancel.reasons(order).items()]
        self.fields["reason"].choices = choices  # type: ignore[attr-defined]
        self.fields["reason"].error_messages["required"] = "Choose a reason."


# -- What is to be decided -------------------------------------------------------------------------------------------
def problem_of(order: Order, access: Access) -> ProblemBar | None:
    """Return the decision a cancel asks for, None when it asks for none."""
    if order.is_held_for(HeldFor.BUYER):
        return _requested(order, access)
    if order.is_held_for(HeldFor.CANCELED):
        return _held(order, access)
    return _on_the_bench(order, access) if order.is_held_for(HeldFor.PERSON) else None


def _requested(order: Order, access: Access) -> ProblemBar:
    problem = ProblemBar(sentence(order.reason or "The buyer asked to cancel"), _choices(order))
    if not access.may(Ability.SHIP):
        return replace(problem, text="Somebody who ships orders has to decide.")
    problem = replace(
        problem,
        also_url=release_url(order),
        also_label="Ship it anyway",
    )
    if cart_cancel.hindrance(order):
        return problem
    label = f"Cancel it on {order.cart.place.name}" if cancels.wants_all(order) else CANCEL_WHOLE
    return replace(problem, action_url=reverse("orders:cancel", args=[order.pk]), action_label=label)


def _choices(order: Order) -> str:
    """Amazon takes no cancel of a single line from an application: only a person can do that, there."""
    if cancels.wants_all(order):
        return "Decide what to do with it."
    told = (
        "To cancel only what the buyer asked for, do it in Seller Central: the rest then goes on by itself. "
        "“Ship it anyway” ships the whole order."
    )
    if cart_cancel.hindrance(order):
        return told
    return f"{told} “{CANCEL_WHOLE}” cancels all of its lines."


def lines_to_decide(order: Order, access: Access) -> frozenset[int]:
    """Return the lines that can be shipped though the buyer asked to cancel them, each by itself.

    None where that says nothing more than the button for the whole order does.
    """
    if not order.is_held_for(HeldFor.BUYER) or not access.may(Ability.SHIP):
        return frozenset()
    if cancels.open_lines(order).filter(left_out=False).count() < 2:
        return frozenset()
    return frozenset(cancels.asked_for(order).values_list("pk", flat=True))


def wants_whole(order: Order) -> bool:
    """Whether the buyer wants all of it canceled, and nobody decided: then that is said once, above its lines."""
    return order.is_held_for(HeldFor.BUYER) and cancels.wants_all(order)


def with_reason(problem: ProblemBar | None, handling: OrderHandling, *, opened: bool) -> ProblemBar | None:
    """Say once why the buyer wants the whole order canceled, or where that is read."""
    reasons = [each.cancel_reason for each in handling.lines.values() if each.cancel_reason]
    if problem is None or not reasons:
        return problem
    why = f"The buyer's reason: {'; '.join(dict.fromkeys(reasons))}."
    return replace(problem, text=f"{problem.text} {why if opened else READ_THERE}")


def page_there(order: Order) -> str:
    """Return where the seller cancels single lines: the order's page at the marketplace, as far as one is known."""
    return APPLICATIONS[order.cart.kind].marketplace.order_page_url(order.cart.place, order.number)


def _held(order: Order, access: Access) -> ProblemBar:
    title = sentence(order.reason or "It is canceled")
    recall = Recall.objects.filter(order=order).stuck().select_related("warehouse").order_by("pk").first()
    if recall is not None:
        problem = ProblemBar(title, f"{recall.last_error} Call {recall.warehouse}.", "bad")
        if not access.may(Ability.SHIP):
            return problem
        return replace(
            problem,
            action_url=reverse("orders:stopped", args=[order.pk]),
            action_label="The warehouse stopped it",
            action_method="post",
            also_url=release_url(order),
            also_label="Ship it anyway",
        )
    under_way = Cancellation.objects.filter(order=order).owed().first()
    if under_way is not None:
        waits = under_way.last_error or "The marketplace needs a few minutes to confirm it."
        return ProblemBar(title, waits)
    return ProblemBar(title, "It is being recalled from the warehouse. There is nothing to do here.")


def _on_the_bench(order: Order, access: Access) -> ProblemBar | None:
    """Return the two ways out where what a person holds may lie at packing: pulled from there, or released."""
    alert = find_alert(OFF_THE_BENCH, order)
    if alert is None:
        return None
    tone = causes.tone(alert.cause)
    if not access.may(Ability.SHIP):
        return ProblemBar(alert.message, "", tone)
    return ProblemBar(
        sentence(order.reason or "It is held"),
        f"{alert.message} {STANDS_THERE}",
        tone,
        action_url=reverse("orders:seen_to", args=[order.pk]),
        action_label=PULLED,
        action_method="post",
        action_name="seen",
        action_value=order_alerts.seen_as(alert),
        also_url=release_url(order),
        also_label="Release",
    )


def back_to_the_bench(order: Order) -> str:
    """Return what to tell packing when a held order is released that nobody pulled from packing yet, else nothing."""
    if not order.is_held_for(HeldFor.PERSON) or find_alert(OFF_THE_BENCH, order) is None:
        return ""
    return "It may still lie at packing: tell them to go on with it."


def can_cancel(order: Order, access: Access) -> bool:
    """Whether the page offers it beside what is to be decided: a buyer's request offers it itself."""
    return not order.is_held_for(HeldFor.BUYER) and access.may(Ability.SHIP) and not cart_cancel.hindrance(order)


# -- Deciding --------------------------------------------------------------------------------------------------------
@door(Ability.SHIP)
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, order_id: int) -> HttpResponse:
    """Ask for the reason, and cancel the order at its marketplace."""
    order = find_order(request, order_id)
    if why := cart_cancel.hindrance(order):
        messages.warning(request, f"{order.number} can't be canceled from here. {why}")
        return redirect(order)
    form = CancelForm(request.POST or None, order=order, initial={"reason": cart_cancel.reason_of(order)})
    if form.is_valid():
        try:
            cart_cancel.want(order, form.cleaned_data["reason"], by=person_of(request), now=clock.now())
        except cart_cancel.NotCancelable as error:
            messages.warning(request, f"{order.number} can't be canceled from here. {error}")
            return redirect(order)
        Bell.RECALL_DUE.ring()
        if order.cart.grant_id:
            Bell.CANCEL_ORDERS.ring(grant_id=order.cart.grant_id)
        messages.success(
            request,
            f"It goes no further here, and {order.cart.place.name} is being told. This page shows when it is canceled.",
        )
        return redirect(order)
    context = {
        "form": form,
        "order": order,
        "place": order.cart.place.name,
        "canceled": _canceled(order),
        "at_warehouse": " and ".join(each.warehouse.name for each in releases_of(order) if each.is_with_warehouse),
        "crumbs": [("Orders", reverse("orders:orders")), (order.number, order.get_absolute_url())],
    }
    return render(request, "portal/order_page/cancel.html", context, status=422 if form.is_bound else 200)


def _canceled(order: Order) -> dict[str, int]:
    """Return what a cancel takes along: every line, also those that the warehouse never had."""
    lines = list(order.lines.all())
    left_out = sum(line.wanted for line in lines if line.left_out)
    return {"lines": len(lines), "units": sum(line.wanted for line in lines), "left_out": left_out}


@door(Ability.SHIP)
@require_POST
def ship_line(request: HttpRequest, order_id: int) -> HttpResponse:
    """Ship one line that the buyer asked to cancel: its wish alone is refused."""
    order = find_order(request, order_id)
    line_id = read_id(request.POST.get("line", ""))
    left = cancels.refuse_line(order, line_id, by=person_of(request), now=clock.now())
    if left is None:
        messages.warning(request, "Nothing was changed: this line is no longer waiting for a decision.")
    elif left:
        waits = ngettext("{count} line is still to be decided.", "{count} lines are still to be decided.", left).format(
            count=left
        )
        messages.success(request, f"That line ships. The order stays here for now: {waits}")
    else:
        messages.success(request, "That line ships, and the order is released. The warehouse gets it within a minute.")
    return redirect(order)


@door(Ability.SHIP)
@require_POST
def stopped(request: HttpRequest, order_id: int) -> HttpResponse:
    order = find_order(request, order_id)
    if delivery_recall.stopped(order, by=person_of(request), now=clock.now()):
        messages.success(request, "Noted: the warehouse won't ship it.")
    else:
        messages.warning(request, "Nobody was waiting for that any longer.")
    return redirect(order)


@door(Ability.SHIP)
@require_POST
def seen_to(request: HttpRequest, order_id: int) -> HttpResponse:
    """A person did what one alert about the order asked for. The query is the list's, where it was pressed there."""
    order = find_order(request, order_id)
    seen = request.POST.get("seen", "")
    if order_alerts.see_to(order, seen, by=person_of(request), now=clock.now()):
        messages.success(request, f"{order.number}: noted as done." if request.GET else "Noted as done.")
    elif order_alerts.to_see(order).exists():
        messages.warning(request, "Nothing was noted: there is news. Check what it says now.")
        return redirect(order)
    return redirect(order_search.list_of(request.GET) if request.GET else order)
