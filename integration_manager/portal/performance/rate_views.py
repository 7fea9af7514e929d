"""The rates that sales in other currencies are converted at: entered by hand, each from a day on."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.accounts.models import Organization
from core.activity.event_log import record
from core.common import clock, money
from shipping.models import CurrencyRate


class RateForm(forms.Form):
    """A rate from a day on. One that is entered for the same currency and day again replaces the former."""

    currency = forms.ChoiceField()
    rate = forms.DecimalField(max_digits=18, decimal_places=8, min_value=0)
    since = forms.DateField(
        label="From",
        widget=forms.DateInput(attrs={"type": "date"}),
        validators=[MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31))],
    )

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = organization.reporting_currency
        currency: Any = self.fields["currency"]
        currency.choices = [(code, words) for code, words in money.currencies() if code != self.own]
        self.fields["rate"].help_text = f"What one unit of it is worth in {self.own}."

    def clean_rate(self) -> Any:
        rate = self.cleaned_data["rate"]
        if not rate:
            raise forms.ValidationError("A rate is more than zero.")
        return rate


@door(Ability.SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def rates(request: HttpRequest) -> HttpResponse:
    access, now = access_of(request), clock.now()
    organization = access.organization
    today = now.astimezone(organization.zone).date()
    form = RateForm(organization, request.POST or None, initial={"since": today})
    if request.method == "POST" and organization.reporting_currency and form.is_valid():
        currency, rate, since = (form.cleaned_data[name] for name in ("currency", "rate", "since"))
        with transaction.atomic():
            CurrencyRate.objects.update_or_create(
                organization=organization, currency=currency, since=since, defaults={"rate": rate}
            )
            said = {"currency": currency, "rate": f"{rate.normalize():f}", "since": since.isoformat()}
            record("rate.set", organization, now=now, actor=person_of(request), own=form.own, **said)
        messages.success(request, f"{currency} is converted at {rate.normalize():f} from {since} on.")
        return redirect("performance:rates")
    context = {
        "form": form,
        "rates": CurrencyRate.objects.visible_to(access).order_by("currency", "-since"),
        "own": organization.reporting_currency,
        "crumbs": [("Performance", reverse("performance:page"))],
    }
    return render(request, "portal/performance/rates.html", context)


@door(Ability.SETTINGS)
@require_POST
def remove(request: HttpRequest, rate_id: int) -> HttpResponse:
    access = access_of(request)
    rate = get_object_or_404(CurrencyRate.objects.visible_to(access), pk=rate_id)
    with transaction.atomic():
        rate.delete()
        said = {"currency": rate.currency, "since": rate.since.isoformat()}
        record("rate.removed", access.organization, now=clock.now(), actor=person_of(request), **said)
    messages.success(request, f"The rate of {rate.currency} from {rate.since} on is removed.")
    return redirect("performance:rates")
