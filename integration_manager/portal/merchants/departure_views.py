"""Doors of off-boarding a merchant: asking for it, and taking it back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from carts.models import Cart
from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.accounts.models import Merchant
from core.common import clock
from core.common.names import NameInput
from integration_manager.off_boarding import notice
from integration_manager.off_boarding.notice import DepartureRefused
from orders.models import Order


class LeaveForm(forms.Form):
    """Why, and the merchant's name once more: nobody deletes another merchant by a slip."""

    reason = NameInput(max_length=200, help_text="Who asked for it, and when. It is deleted with the rest.")
    name = NameInput(label="Merchant's name", max_length=120, help_text="Type it as it stands above.")

    def __init__(self, *args: Any, merchant: Merchant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._merchant = merchant

    def clean_name(self) -> str:
        typed = str(self.cleaned_data["name"])
        if typed.casefold() != self._merchant.name.casefold():
            raise forms.ValidationError(f"This is not the merchant's name. Type “{self._merchant.name}”.")
        return typed


@require_http_methods(["GET", "HEAD", "POST"])
@door(Ability.POLICIES)
def leave(request: HttpRequest, merchant_id: int) -> HttpResponse:
    found, now = _found(request, merchant_id), clock.now()
    form = LeaveForm(request.POST if request.method == "POST" else None, merchant=found)
    if form.is_valid():
        try:
            made = notice.ask(found, form.cleaned_data["reason"], by=person_of(request), now=now)
        except DepartureRefused as error:
            form.add_error(None, str(error))
        else:
            day = made.due_at.astimezone(access_of(request).organization.zone)
            messages.success(request, f"{found} leaves: everything of theirs is deleted on {day:%d %b %Y}.")
            return HttpResponseRedirect(reverse("merchants:leave", args=[found.pk]))
    departure = notice.open_of(found)
    context = {
        "merchant": found,
        "crumbs": [("Merchants", reverse("merchants:merchants")), (found.name, _page_of(found))],
        "departure": departure,
        "may_stay": departure is not None and departure.due_at > now,
        "due_at": now + notice.NOTICE,
        "days": notice.NOTICE.days,
        "carts": Cart.objects.filter(merchant=found).exclude(state=Cart.State.ARCHIVED).count(),
        "orders": Order.objects.filter(merchant=found).count(),
        "held": notice.held(found),
        "form": form,
    }
    return render(request, "portal/merchants/leave.html", context, status=422 if form.is_bound else 200)


@require_POST
@door(Ability.POLICIES)
def stay(request: HttpRequest, merchant_id: int) -> HttpResponse:
    found = _found(request, merchant_id)
    if notice.take_back(found, by=person_of(request), now=clock.now()):
        messages.success(request, f"{found} stays. Connect their carts again, and make new keys where they had some.")
    else:
        messages.info(request, f"There is nothing to take back: {found} does not leave, or their day has come.")
    return HttpResponseRedirect(_page_of(found))


def _found(request: HttpRequest, merchant_id: int) -> Merchant:
    access = access_of(request)
    if not access.is_of_house:
        raise Http404
    merchant: Merchant = get_object_or_404(Merchant.objects.visible_to(access), pk=merchant_id)
    return merchant


def _page_of(merchant: Merchant) -> str:
    return reverse("merchants:merchant", args=[merchant.pk])
