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
from core.ui.list_page import listing
from core.ui.request_values import read_id
from shipping.carriers.carrier_codes import carrier_of, choose, codes_of, list_carriers
from shipping.carriers.forms import CODE, CarriersForm
from shipping.confirmation import dispatches

SORTS = {"carrier": "carrier"}


@require_http_methods(("GET", "HEAD", "POST"))
@door(Ability.LOOK)
def carriers(request: HttpRequest) -> HttpResponse:
    if not access_of(request).is_of_house:
        raise Http404  # the 3PL's own
    if request.method == "POST":
        return _choose(request)
    return _page(request)


@door(Ability.MAP)
def _choose(request: HttpRequest) -> HttpResponse:
    """Keep what was changed on the part of the list that the page shows."""
    ids = [read_id(name.removeprefix(CODE)) for name in request.POST if name.startswith(CODE)]
    shown = codes_of(access_of(request).organization).filter(pk__in=ids).order_by("carrier", "pk")
    form = CarriersForm(request.POST, carriers=[carrier_of(each) for each in shown])
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
    if form.unlisted:
        named = ", ".join(f"“{code}”" for code in dict.fromkeys(form.unlisted))
        messages.warning(request, f"Not on the list we know: {named}. The marketplace may show it as Other.")
    messages.success(request, f"The carriers were saved. {sent.format(count=count) if again else ''}".strip())
    return HttpResponseRedirect(request.get_full_path())


def _page(request: HttpRequest, form: CarriersForm | None = None) -> HttpResponse:
    every = list_carriers(access_of(request).organization)
    page = listing(request, codes_of(access_of(request).organization), sorts=SORTS, default="carrier", total=len(every))
    form = form or CarriersForm(None, carriers=[carrier_of(each) for each in page.rows])
    context = {
        "form": form,
        "listing": page,
        "unknown": any(not carrier.known for carrier in every),
        "places": sorted({carrier.place for carrier in every}),
        "may_map": access_of(request).may(Ability.MAP),
        "crumbs": [("Settings", reverse("settings:area"))],
    }
    return render(request, "shipping/carriers/carriers.html", context, status=422 if form.errors else 200)
