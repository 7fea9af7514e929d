"""Doors of shared shelves."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.accounts.models import Merchant
from core.common import clock
from inventory.models import AccountStock, ShelfPolicy
from inventory.shared_stock import policy
from inventory.shared_stock.dry_run import dry_run
from inventory.shared_stock.forms import SharingForm
from inventory.shelf_shares import Sharing

SHOWN = 200  # rows of the dry run


@require_http_methods(["GET", "HEAD", "POST"])
@door(Ability.LOOK)
def shared_stock(request: HttpRequest, merchant_id: int) -> HttpResponse:
    merchant: Merchant = get_object_or_404(Merchant.objects.visible_to(access_of(request)), pk=merchant_id)
    if request.method == "POST":
        return _save(request, merchant)
    return _page(request, merchant, SharingForm(accounts=policy.accounts_of(merchant), initial=_initial(merchant)))


@door(Ability.CONNECT)
def _save(request: HttpRequest, merchant: Merchant) -> HttpResponse:
    """Show what it would change; with the other button, keep it."""
    form = SharingForm(request.POST, accounts=policy.accounts_of(merchant))
    if not form.is_valid():
        return _page(request, merchant, form, status=422)
    if request.POST.get("do") != "save":
        return _page(request, merchant, form, tried=form.sharing)
    policy.keep(merchant, form.sharing, by=person_of(request), now=clock.now())
    messages.success(request, "Saved. The carts are being updated.")
    return HttpResponseRedirect(reverse("inventory:shared_stock", args=[merchant.pk]))


def _page(
    request: HttpRequest, merchant: Merchant, form: SharingForm, *, tried: Sharing | None = None, status: int = 200
) -> HttpResponse:
    rows = dry_run(merchant, tried or Sharing.of(merchant.pk), now=clock.now())
    context = {
        "merchant": merchant,
        "crumbs": [("Inventory", f"{reverse('inventory:inventory')}?merchant={merchant.pk}")],
        "form": form,
        "accounts": policy.accounts_of(merchant),
        "tried": tried is not None,
        "rows": [(row, form.accounts.get(row.offer.grant_id, "")) for row in rows[:SHOWN]],
        "total": len(rows),
        "most": SHOWN,
        "differing": sum(row.differs for row in rows),
        "may_save": access_of(request).may(Ability.CONNECT),
    }
    return render(request, "inventory/shared_stock/shared_stock.html", context, status=status)


def _initial(merchant: Merchant) -> dict[str, object]:
    kept = ShelfPolicy.objects.filter(merchant=merchant).first() or ShelfPolicy()
    accounts = AccountStock.objects.filter(grant__carts__merchant=merchant).values_list("grant", "share")
    found: dict[str, object] = {f"share_{grant_id}": share for grant_id, share in accounts}
    ones = {f"share_{grant_id}": 1 for grant_id in policy.accounts_of(merchant)}
    return {
        "rule": kept.rule,
        "last_units": kept.last_units,
        "last_grant": str(kept.last_grant_id or ""),
        **ones,
        **found,
    }
