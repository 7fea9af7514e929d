"""The page on which a package's tracking is corrected."""

import hashlib
from typing import Any

from django import forms
from django.contrib import messages
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.common import clock
from core.ui.open_forms import WholeForm
from shipping.close.preflight import SAID, doubts
from shipping.confirmation import dispatches
from shipping.models import Package
from shipping.shipments import correction
from shipping.shipments.correction import NotCorrectable
from shipping.shipments.shipped_packages import Parcel


class CorrectForm(WholeForm, forms.ModelForm):
    """A package as it was shipped, to be changed."""

    class Meta:
        model = Package
        fields = ["tracking_number", *[name for name in SAID if name != "tracking_number"]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tracking_number"].widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}

    @property
    def parcel(self) -> Parcel:
        return Parcel(**{name: self.cleaned_data[name] for name in SAID})


@door(Ability.SHIP)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, package_id: int) -> HttpResponse:
    """Show the package; correct it when the form is sent and nothing is odd, or somebody wants it all the same."""
    access = access_of(request)
    packages = Package.objects.visible_to(access).select_related("order__cart", "shipment")
    package = get_object_or_404(packages, pk=package_id)
    warnings: list[str] = []
    form = CorrectForm(request.POST or None, initial=model_to_dict(package))
    if request.method == "POST" and form.is_valid():
        warnings = doubts(package.order, form.parcel, now=clock.now())
        agreed = not warnings or request.POST.get("anyway") == warned(warnings)
        if agreed and (answer := _correct(request, form, package)):
            return answer
    context = {
        "package": package,
        "form": form,
        "warnings": warnings,
        "warned": warned(warnings),
        "crumbs": [("Orders", reverse("orders:orders")), (package.order.number, package.order.get_absolute_url())],
    }
    return render(request, "shipping/shipments/correct.html", context)


def warned(warnings: list[str]) -> str:
    """What stands for these warnings and no others: sent back by whoever corrects it all the same."""
    return hashlib.sha256(repr(warnings).encode()).hexdigest()[:24] if warnings else ""


def _correct(request: HttpRequest, form: CorrectForm, package: Package) -> HttpResponse | None:
    order = package.order
    try:
        changed = correction.correct(package, form.parcel, by=person_of(request), now=clock.now())
    except NotCorrectable as error:
        form.add_error("tracking_number", str(error))
        return None
    if not changed:
        messages.info(request, "Nothing was changed: the package already has this tracking.")
        return redirect(order)
    if order.cart.grant_id:
        dispatches.ring_for_orders([(order.cart.grant_id, order.pk)])
    messages.success(
        request, f"Corrected. {order.cart.place.name} is being sent the new tracking for the same package."
    )
    return redirect(order)
