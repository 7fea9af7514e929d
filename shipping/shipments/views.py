"""The page of a package: there it is corrected, or withdrawn."""

import hashlib

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.common import clock
from shipping.close.preflight import doubts
from shipping.confirmation import dispatches, refused_packages
from shipping.models import Package
from shipping.shipments import correction, ship_date, withdrawal
from shipping.shipments.correction import NotCorrectable
from shipping.shipments.forms import CorrectForm
from shipping.shipments.withdrawal import NotWithdrawable


@door(Ability.SHIP)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, package_id: int) -> HttpResponse:
    """Show the package; correct it when the form is sent and nothing is odd, or somebody wants it all the same."""
    access, now = access_of(request), clock.now()
    package = _find(request, package_id)
    warnings: list[str] = []
    form = CorrectForm(request.POST or None, package, zone=access.organization.zone, now=now)
    if request.method == "POST" and form.is_valid():
        warnings = doubts(package.order, form.parcel, now=now, access=access)
        if form.shipped_at and (odd := ship_date.doubt(form.shipped_at, now=now)):
            warnings.append(odd)
        agreed = not warnings or request.POST.get("anyway") == warned(warnings)
        if agreed and (answer := _correct(request, form, package)):
            return answer
    context = {
        "package": package,
        "form": form,
        "warnings": warnings,
        "warned": warned(warnings),
        "refusal": refused_packages.refusal_of(package),
        "hindrance": withdrawal.hindrance(package, now=now),
        "crumbs": [("Orders", reverse("orders:orders")), (package.order.number, package.order.get_absolute_url())],
    }
    return render(request, "shipping/shipments/correct.html", context)


def _find(request: HttpRequest, package_id: int) -> Package:
    packages = Package.objects.visible_to(access_of(request)).select_related("order__cart", "shipment")
    found: Package = get_object_or_404(packages, pk=package_id)
    return found


def warned(warnings: list[str]) -> str:
    """What stands for these warnings and no others: sent back by whoever corrects it all the same."""
    return hashlib.sha256(repr(warnings).encode()).hexdigest()[:24] if warnings else ""


def _correct(request: HttpRequest, form: CorrectForm, package: Package) -> HttpResponse | None:
    order = package.order
    try:
        changed = correction.correct(
            package, form.parcel, by=person_of(request), now=form.now, shipped_at=form.shipped_at
        )
    except NotCorrectable as error:
        form.add_error("tracking_number", str(error))
        return None
    if not changed:
        messages.info(request, "Nothing was changed: the package is just so already.")
        return redirect(order)
    if order.cart.grant_id:
        dispatches.ring_for_orders([(order.cart.grant_id, order.pk)])
    messages.success(request, f"Corrected. {order.cart.place.name} is being sent the correction for the same package.")
    return redirect(order)


@door(Ability.SHIP)
@require_POST
def withdraw(request: HttpRequest, package_id: int) -> HttpResponse:
    """Take back a package that was packed by mistake, or say why that cannot be."""
    package = _find(request, package_id)
    try:
        withdrawal.withdraw(package, by=person_of(request), now=clock.now())
    except NotWithdrawable as error:
        messages.warning(request, f"The package was not withdrawn. {error}")
        return redirect("shipping:correct", package.pk)
    messages.success(request, "Withdrawn. What was in it can be shipped again; the cart was never told of it.")
    return redirect(package.order)
