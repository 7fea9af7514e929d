"""The door of carrier codes: what each marketplace is told for what the warehouses call a carrier."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.common import clock
from shipping.carriers.carrier_codes import choose, list_carriers
from shipping.carriers.forms import CarriersForm
from shipping.confirmation import dispatches


@require_http_methods(("GET", "HEAD", "POST"))
@door(Ability.LOOK)
def carriers(request: HttpRequest) -> HttpResponse:
    if not access_of(request).is_of_house:
        raise Http404  # the 3PL's own
    if request.method == "POST":
        return _choose(request)
    return _page(request, CarriersForm(None, carriers=list_carriers(access_of(request).organization)))


@door(Ability.MAP)
def _choose(request: HttpRequest) -> HttpResponse:
    form = CarriersForm(request.POST or None, carriers=list_carriers(access_of(request).organization))
    if not form.is_valid():
        return _page(request, form)
    now, by = clock.now(), person_of(request)
    again = [told for each in form.changed for told in choose(each.carrier, each.code, each.name, by=by, now=now)]
    orders = {(told.package.order.cart.grant_id, told.package.order_id) for told in again}
    dispatches.ring_for_orders((grant, order) for grant, order in orders if grant)
    count = len(again)
    sent = ngettext(
        "{count} refused tracking number is being sent again.",
        "{count} refused tracking numbers are being sent again.",
        count,
    )
    messages.success(request, f"The carriers were saved. {sent.format(count=count) if again else ''}".strip())
    return HttpResponseRedirect(reverse("shipping:carriers"))


def _page(request: HttpRequest, form: CarriersForm) -> HttpResponse:
    context = {
        "form": form,
        "unknown": [carrier for carrier in form.carriers if not carrier.known],
        "places": sorted({carrier.place for carrier in form.carriers}),
        "may_map": access_of(request).may(Ability.MAP),
        "crumbs": [("Shipping", reverse("shipping:shipping"))],
    }
    return render(request, "shipping/carriers/carriers.html", context, status=422 if form.errors else 200)
