"""The 3PL's clients: the list, a new one, the page of one, and every address under /merchants/."""

from copy import copy

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from carts import merchant_records
from carts.account_health import kept_figures
from carts.models import Cart
from core.accounts.access import Ability, Role
from core.accounts.doors import access_of, door, person_of
from core.accounts.models import Invitation, Membership, Merchant
from core.activity import timeline
from core.alerts.views import open_alerts
from core.common import clock
from core.ui.list_page import listing
from core.ui.open_forms import WholeForm
from core.ui.request_values import read_text
from integration_manager.portal.merchants import health_summary
from integration_manager.portal.merchants.health_summary import Health
from integration_manager.portal.order_list import order_search, tab_counts
from orders.models import Order

SORTS = {"health": "rank", "name": "name"}
ALERTS = 20
STATES = order_search.STATES


class MerchantForm(WholeForm, forms.ModelForm):
    class Meta:
        model = Merchant
        fields = ("name", "email")


# -- The list and a new one --------------------------------------------------------------------------------------------
@require_safe
@door(Ability.LOOK)
def merchants(request: HttpRequest) -> HttpResponse:
    access = access_of(request)
    text = read_text(request.GET)
    visible = Merchant.objects.visible_to(access)
    if text:
        visible = visible.filter(Q(name__icontains=text) | Q(email__icontains=text))
    health = health_summary.glance(access)
    rows = health_summary.with_last_order(health_summary.ranked(visible, health))
    page = listing(request, rows, sorts=SORTS, default="health")
    people = health_summary.people_of(page.rows)
    context = {
        "listing": page,
        "rows": [(each, health.get(each.pk, Health()), people.get(each.pk, 0)) for each in page.rows],
        "q": text,
        "may_connect": access.may(Ability.CONNECT),
    }
    return render(request, "portal/merchants/merchants.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@door(Ability.CONNECT)
def new(request: HttpRequest) -> HttpResponse:
    form = MerchantForm(request.POST or None)
    if form.is_valid():
        organization = access_of(request).organization
        try:
            made = merchant_records.make(organization, **form.cleaned_data, by=person_of(request), now=clock.now())
        except merchant_records.NameTaken as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, f"{made} was added. Next, connect their first cart.")
            return HttpResponseRedirect(reverse("merchants:merchant", args=[made.pk]))
    return render(request, "portal/merchants/new_merchant.html", {"form": form}, status=422 if form.is_bound else 200)


# -- One of them -----------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@door(Ability.LOOK)
def merchant(request: HttpRequest, merchant_id: int) -> HttpResponse:
    found: Merchant = get_object_or_404(Merchant.objects.visible_to(access_of(request)), pk=merchant_id)
    return _change(request, found) if request.method == "POST" else _page(request, found, MerchantForm(instance=found))


@door(Ability.CONNECT)
def _change(request: HttpRequest, found: Merchant) -> HttpResponse:
    form = MerchantForm(request.POST, instance=copy(found))  # it writes into it
    if not form.is_valid():
        return _page(request, found, form)
    try:
        changed = merchant_records.change(found, **form.cleaned_data, by=person_of(request), now=clock.now())
    except merchant_records.NameTaken as error:
        form.add_error("name", str(error))
        return _page(request, found, form)
    messages.success(request, f"{found} was saved." if changed else "Nothing was changed.")
    return HttpResponseRedirect(reverse("merchants:merchant", args=[found.pk]))


def _page(request: HttpRequest, found: Merchant, form: MerchantForm) -> HttpResponse:
    access = access_of(request)
    counts = tab_counts.count(Order.objects.visible_to(access).filter(merchant=found), access)
    members = Membership.objects.filter(merchant=found, role=Role.SELLER).select_related("user")
    invited = Invitation.objects.filter(merchant=found).unspent()
    mine = Cart.objects.visible_to(access).filter(merchant=found).select_related("grant", "merchant")
    carts = list(mine.order_by("name", "pk"))
    context = {
        "merchant": found,
        "crumbs": [("Merchants", reverse("merchants:merchants"))],
        "health": health_summary.glance(access).get(found.pk, Health()),
        "carts": carts,
        "judged": kept_figures.accounts(carts),
        "people": members.order_by("user__email"),
        "invited": invited.order_by("email"),
        "alerts": open_alerts(access).filter(merchant=found)[:ALERTS],
        "counts": [(state, counts[state.key], _orders(found, state)) for state in STATES],
        "last_order": health_summary.last_order(found),
        "form": form,
        "history": timeline.history("merchant", found.pk, access),
        "may_connect": access.may(Ability.CONNECT),
        "may_invite": access.may(Ability.PEOPLE),
        "may_off_board": access.may(Ability.POLICIES),
    }
    return render(request, "portal/merchants/merchant.html", context, status=422 if form.is_bound else 200)


def _orders(found: Merchant, state: order_search.ListTab) -> str:
    """Return the address of the merchant's orders in a state."""
    return order_search.address({"tab": state.key, "merchant": str(found.pk)})
