"""The pages where recipients choose: people for themselves, and plain addresses by the link in their mails."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.accounts.rate_limits import limited
from core.alerts.audience import preferences, subscriptions
from core.alerts.audience.forms import PreferenceForm, offered
from core.alerts.audience.recipients import TOLD
from core.alerts.models import Subscription
from core.common import clock
from core.ui.private_pages import no_such_link, private_page

VERBS = ("GET", "HEAD", "POST")
HOUR = timedelta(hours=1)
MOST = 300  # an hour, from one address


@require_http_methods(VERBS)
@door(Ability.LOOK)
def own(request: HttpRequest) -> HttpResponse:
    access, person = access_of(request), person_of(request)
    preference = preferences.find(access.organization, user=person)
    form = PreferenceForm(
        request.POST if request.method == "POST" else None,
        preference=preference,
        offered=offered(of_house=access.is_of_house),
    )
    if form.is_valid():
        preferences.keep(preference, form.choice, now=clock.now())
        messages.success(request, "Saved.")
        return HttpResponseRedirect(reverse("alerts:preferences"))
    on_a_list = Subscription.objects.filter(organization=access.organization, user=person, stopped_at=None).exists()
    context = {"form": form, "preference": preference, "is_told": access.role in TOLD or on_a_list}
    return render(request, "core/alerts/audience/preferences.html", context, status=422 if form.is_bound else 200)


# As with the link that ends it: the address is the secret that a forged form would lack.
@csrf_exempt
@private_page
@require_http_methods(VERBS)
@limited("alerts.choose", most=MOST, per=HOUR)
def chosen(request: HttpRequest, token: str) -> HttpResponse:
    subscription = subscriptions.find(token)
    if subscription is None:
        return no_such_link("core/alerts/audience/stop_gone.html")
    preference = preferences.of_subscriber(subscription)
    form = PreferenceForm(
        request.POST if request.method == "POST" else None,
        preference=preference,
        offered=offered(of_house=subscription.merchant_id is None),
    )
    is_saved = form.is_valid()
    if is_saved:
        preferences.keep(preference, form.choice, now=clock.now())
    context = {
        "form": form,
        "organization": subscription.organization.name,
        "saved": is_saved,
        "stop_url": reverse("alerts:stop", args=[token]),
    }
    status = 422 if form.is_bound and not is_saved else 200
    return render(request, "core/alerts/audience/choose.html", context, status=status)
