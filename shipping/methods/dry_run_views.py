"""The page between asking for a change of ship methods and keeping it: what it would have done."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext

from carts.models import Cart
from core.accounts import workplace
from core.accounts.doors import access_of
from core.accounts.models import Organization
from core.common import clock
from shipping.methods.dry_run import LOOK_BACK, MOST, rehearse
from shipping.methods.mapping import MethodChange

OURS = ("csrfmiddlewaretoken", "action", workplace.MARK)


def show(
    request: HttpRequest, subject: Cart | Organization, change: MethodChange, *, what: str, keep: str
) -> HttpResponse:
    """Show what a change would have done, with everything posted, to be kept by the action ``keep`` or taken back to
    the form. ``what`` is the change in words."""
    cart = subject if isinstance(subject, Cart) else None
    route = reverse("shipping:methods", args=[cart.pk]) if cart else reverse("shipping:rules")
    context = {
        "cart": cart,
        "what": what,
        "keep": keep,
        "rehearsal": rehearse(subject, change, now=clock.now()),
        "days": LOOK_BACK.days,
        "most": MOST,
        "posted": [(name, value) for name, said in request.POST.lists() if name not in OURS for value in said],
        "organization": access_of(request).organization,
        "crumbs": [("Carts", reverse("carts:carts")), (cart.full_name, route)] if cart else _crumbs(route),
    }
    return render(request, "shipping/methods/dry_run.html", context)


def _crumbs(route: str) -> list[tuple[str, str]]:
    return [("Settings", reverse("settings:area")), ("Rules for all carts", route)]


def flowing(freed: int) -> str:
    """Say how many held orders a change lets go; nothing where it is none."""
    if not freed:
        return ""
    return " " + ngettext("{count} held order is on its way.", "{count} held orders are on their way.", freed).format(
        count=freed
    )
