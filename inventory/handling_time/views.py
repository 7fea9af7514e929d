"""The door of a merchant's handling times."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.accounts.access import Ability
from core.accounts.doors import access_of, door
from core.accounts.models import Merchant
from core.common import clock
from inventory.handling_time.real_days import handling_times

SHOWN = 200


@require_safe
@door(Ability.LOOK)
def handling_time(request: HttpRequest, merchant_id: int) -> HttpResponse:
    merchants = Merchant.objects.visible_to(access_of(request)).select_related("organization")
    merchant: Merchant = get_object_or_404(merchants, pk=merchant_id)
    rows = handling_times(merchant, now=clock.now())
    context = {
        "merchant": merchant,
        "crumbs": [("Inventory", f"{reverse('inventory:inventory')}?merchant={merchant.pk}")],
        "rows": rows[:SHOWN],
        "total": len(rows),
        "most": SHOWN,
        "flagged": sum(row.is_flagged for row in rows),
    }
    return render(request, "inventory/handling_time/handling_time.html", context)
