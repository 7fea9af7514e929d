"""Doors of the page *Data retention*, and of legal holds."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.accounts.models import Departure
from core.common import clock
from core.common.names import NameInput
from integration_manager import kept_for_good, retention_report
from orders import legal_holds
from orders.legal_holds import HoldRefused
from orders.models import LegalHold

MOST = 200  # holds, and merchants who left, on the page


class HoldForm(forms.Form):
    """Which order is not to be erased, and why."""

    number = NameInput(label="Order number", max_length=60)
    reason = NameInput(max_length=200, help_text="Who needs the data, and for what. Don't name the buyer.")


@require_http_methods(["GET", "HEAD", "POST"])
@door(Ability.SETTINGS)
def show(request: HttpRequest) -> HttpResponse:
    access, now = access_of(request), clock.now()
    if not access.is_of_house:
        raise Http404  # the 3PL's own
    form = HoldForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            order = legal_holds.find(access, form.cleaned_data["number"])
            legal_holds.put(order, form.cleaned_data["reason"], by=person_of(request), now=now)
        except HoldRefused as error:
            form.add_error("number", str(error))
        else:
            messages.success(request, f"The buyer's data of order {order} is kept until you end the hold.")
            return HttpResponseRedirect(reverse("retention:page"))
    holds = LegalHold.objects.visible_to(access).filter(ended_at=None).select_related("order", "by")
    departures = Departure.objects.visible_to(access)
    context = {
        "kinds": list(retention_report.for_organization(access, now=now)),
        "counted": retention_report.COUNTED,
        "stays": list(kept_for_good.STAYS),
        "holds": list(holds.order_by("-pk")[:MOST]),
        "departures": list(departures.select_related("merchant", "by").order_by("-pk")[:MOST]),
        "form": form,
    }
    return render(request, "portal/retention/page.html", context, status=422 if form.is_bound else 200)


@require_POST
@door(Ability.SETTINGS)
def end_hold(request: HttpRequest, hold_id: int) -> HttpResponse:
    hold = get_object_or_404(LegalHold.objects.visible_to(access_of(request)).select_related("order"), pk=hold_id)
    if legal_holds.end(hold, by=person_of(request), now=clock.now()):
        messages.success(request, f"The hold on order {hold.order} has ended. Its buyer's data is erased in time.")
    return HttpResponseRedirect(reverse("retention:page"))
