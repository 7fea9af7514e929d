"""Doors of what is done to an endpoint with one press."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.activity.event_log import record
from core.common import clock
from core.common.bell import Bell
from core.webhooks import endpoint_records, replays, trial_message
from core.webhooks.forms import ReplayForm
from core.webhooks.models import Delivery, Endpoint
from core.webhooks.views import endpoint_of


@require_POST
@door(Ability.SETTINGS)
def test(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    found = endpoint_of(request, endpoint_id)
    if not found.is_on:
        messages.warning(request, "The endpoint is off, so nothing was sent. Turn it on first.")
        return _back(found)
    trial_message.send(found, by=person_of(request), now=clock.now())
    Bell.WEBHOOKS_DUE.ring()
    messages.success(request, "A test message is on its way. Reload the page to see the answer.")
    return _back(found)


@require_POST
@door(Ability.SETTINGS)
def rotate(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    found = endpoint_of(request, endpoint_id)
    endpoint_records.rotate(found, by=person_of(request), now=clock.now())
    said = "The endpoint has a new secret. For 24 hours messages are signed with the former one, too."
    messages.success(request, said)
    return _back(found)


@require_POST
@door(Ability.SETTINGS)
def end_former(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    found = endpoint_of(request, endpoint_id)
    ended = endpoint_records.end_former(found, by=person_of(request), now=clock.now())
    messages.success(request, "Messages are signed with the new secret alone." if ended else "Nothing was changed.")
    return _back(found)


@require_POST
@door(Ability.SETTINGS)
def turn_on(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    found = endpoint_of(request, endpoint_id)
    if endpoint_records.turn_on(found, by=person_of(request), now=clock.now()):
        Bell.WEBHOOKS_DUE.ring()
        said = "The endpoint is on. What happened while it was off was not written down for it: replay what it missed."
        messages.success(request, said)
    return _back(found)


@require_POST
@door(Ability.SETTINGS)
def turn_off(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    found = endpoint_of(request, endpoint_id)
    if endpoint_records.turn_off(found, "by hand", by=person_of(request), now=clock.now()):
        messages.success(request, "The endpoint is off. Nothing is sent to it until you turn it on again.")
    return _back(found)


@require_POST
@door(Ability.SETTINGS)
def remove(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    found = endpoint_of(request, endpoint_id)
    endpoint_records.remove(found, by=person_of(request), now=clock.now())
    messages.success(request, "The endpoint was removed. Nothing is sent to it any more.")
    return HttpResponseRedirect(reverse("webhooks:endpoints"))


@require_POST
@door(Ability.SETTINGS)
def replay(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    found, form, now = endpoint_of(request, endpoint_id), ReplayForm(request.POST), clock.now()
    if not form.is_valid():
        messages.error(request, "Choose a time and what to send, then press Replay again.")
    elif not found.is_on:
        messages.warning(request, "The endpoint is off, so nothing is replayed. Turn it on first.")
    else:
        replays.begin(found, since=now - form.span, everything=form.everything, by=person_of(request), now=now)
        Bell.WEBHOOKS_DUE.ring()
        messages.success(request, "The replay is on its way. Messages keep their ids, so none counts twice.")
    return _back(found)


@require_POST
@door(Ability.SETTINGS)
def send_again(request: HttpRequest, endpoint_id: int, delivery_id: int) -> HttpResponse:
    found, now = endpoint_of(request, endpoint_id), clock.now()
    delivery: Delivery = get_object_or_404(
        Delivery.objects.visible_to(access_of(request)).filter(endpoint=found), pk=delivery_id
    )
    if not found.is_on:
        messages.warning(request, "The endpoint is off, so nothing was sent. Turn it on first.")
    elif delivery.reopen(now=now):
        record("webhook.sent_again", found, now=now, actor=person_of(request), endpoint=found.pk)
        Bell.WEBHOOKS_DUE.ring()
        messages.success(request, "It is on its way again, with the same id.")
    else:
        messages.warning(request, "It is being sent this moment.")
    return _back(found)


def _back(endpoint: Endpoint) -> HttpResponse:
    return HttpResponseRedirect(endpoint.get_absolute_url())
