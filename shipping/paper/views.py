"""Printing: which paper for which orders, shown to be printed, or as a PDF.

An address is in no page that a link opens: what shows one is the answer to a button.
"""

from collections.abc import Sequence

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from core.accounts.access import Ability, Access
from core.accounts.doors import access_of, door, person_of
from core.common import clock
from core.ui.request_values import read_ids
from orders.models import Order
from shipping.models import Warehouse
from shipping.paper import pdf
from shipping.paper.packing_slips import packing_slips
from shipping.paper.pdf import Unprintable
from shipping.paper.pick_list import pick_list
from shipping.paper.printed_parts import printed_parts

MOST = 200  # orders at once
NAMED = 5
SLIPS, PICKS = "slips", "picks"


@door(Ability.SHIP)
@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: HttpRequest) -> HttpResponse:
    """Ask what to print for ?order=1&order=2…; answer with it when a button was pressed."""
    said = request.POST if request.method == "POST" else request.GET
    ids = read_ids(said.getlist("order"))
    if not 0 < len(ids) <= MOST:
        messages.warning(request, f"Choose between 1 and {MOST} orders to print.")
        return redirect("orders:orders")
    orders = _orders(access_of(request), ids)
    if request.method != "POST":
        return _ask(request, orders)
    try:
        answer = _picks(request, orders) if said.get("what") == PICKS else _slips(request, orders)
    except Unprintable as error:
        return _ask(request, orders, problem=_tell(error))
    add_never_cache_headers(answer)
    return answer


def paper_url(orders: Sequence[Order]) -> str:
    """Return the page that asks what to print for them."""
    query = QueryDict(mutable=True)
    query.setlist("order", [str(order.pk) for order in orders])
    return f"{reverse('shipping:paper')}?{query.urlencode()}"


def _orders(access: Access, ids: Sequence[int]) -> list[Order]:
    """Return the orders as they were chosen. One that is absent or another's: none of them is found."""
    joined = Order.objects.visible_to(access).select_related("cart", "merchant")
    found = joined.prefetch_related("releases__ship_method").filter(pk__in=ids).in_bulk()
    if len(found) != len(ids):
        raise Http404
    return [found[pk] for pk in ids]


def _ask(request: HttpRequest, orders: Sequence[Order], *, problem: str = "") -> HttpResponse:
    context = {
        "orders": orders,
        "problem": problem,
        "may_see": access_of(request).may(Ability.SEE_BUYERS),
        "what": request.POST.get("what", SLIPS),
        "prices": "prices" in request.POST,
        "crumbs": [("Orders", reverse("orders:orders"))],
    }
    return render(request, "shipping/paper/paper.html", context, status=422 if problem else 200)


def _slips(request: HttpRequest, orders: Sequence[Order]) -> HttpResponse:
    access = access_of(request)
    if not access.may(Ability.SEE_BUYERS):
        raise PermissionDenied("Packing slips show buyers' names and addresses, which your role can't see.")
    prices = "prices" in request.POST
    slips = packing_slips(orders, prices=prices, by=person_of(request), now=clock.now())
    if request.POST.get("as") == "pdf":
        return _file(pdf.slips_pdf(slips, house=access.organization.name), "packing-slips")
    return render(request, "shipping/paper/slips.html", {"slips": slips, "prices": prices, "back": paper_url(orders)})


def _picks(request: HttpRequest, orders: Sequence[Order]) -> HttpResponse:
    access, picks = access_of(request), pick_list(orders)
    count = len(orders)
    title = ngettext("Pick list for {count} order", "Pick list for {count} orders", count).format(count=count)
    printed = _printed(request, orders)
    if request.POST.get("as") == "pdf":
        return _file(pdf.picks_pdf(picks, title=title, printed=printed, house=access.organization.name), "pick-list")
    context = {"picks": picks, "title": title, "printed": printed, "back": paper_url(orders)}
    return render(request, "shipping/paper/picks.html", context)


def _printed(request: HttpRequest, orders: Sequence[Order]) -> str:
    """Return where the orders are picked, when the list was printed and by whom: several lie on one desk."""
    whole = [order for order in orders if not order.parts]
    here = [each.release.warehouse_id for each in printed_parts(orders) if each.release is not None]
    there = Warehouse.objects.filter(Q(releases__order__in=whole) | Q(pk__in=here))
    names = there.order_by("name").values_list("name", flat=True)
    at = clock.now().astimezone(access_of(request).organization.zone)
    return " · ".join([*names.distinct(), f"{at:%Y-%m-%d %H:%M}", str(person_of(request))])


def _file(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}-{clock.now():%Y-%m-%d}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _tell(error: Unprintable) -> str:
    named = ", ".join(error.where[:NAMED]) + (" …" if len(error.where) > NAMED else "")
    return (
        f"No PDF was made: its fonts can't draw “{error.characters}” of an address ({named}). Use Show to print: "
        "your browser has fonts for every script."
    )
