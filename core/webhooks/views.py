"""Pages of webhooks: the endpoints, a new one, and one with its settings, its secret and its last messages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.activity.event_log import record
from core.common import clock
from core.common.errands import ErrandState
from core.common.vault import Unopenable
from core.ui.list_page import listing
from core.webhooks import endpoint_records
from core.webhooks.forms import EndpointForm, ReplayForm
from core.webhooks.models import Delivery, Endpoint

VERBS = ("GET", "HEAD", "POST")
PER_PAGE = 25
PILLS: Mapping[str, tuple[str, str]] = {
    ErrandState.DUE: ("Waiting", "busy"),
    ErrandState.RUNNING: ("Being sent", "busy"),
    ErrandState.DONE: ("Taken", "good"),
    ErrandState.STUCK: ("Given up", "bad"),
    ErrandState.DROPPED: ("Not sent", "calm"),
}


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A message as the page shows it."""

    delivery: Delivery

    @property
    def pill(self) -> tuple[str, str]:
        if self.delivery.is_waiting and self.delivery.tries and not self.delivery.delivered_at:
            return "Retrying", "warn"
        return PILLS[self.delivery.state]

    @property
    def may_send_again(self) -> bool:
        return self.delivery.state != ErrandState.RUNNING


@require_safe
@door(Ability.SETTINGS)
def endpoints(request: HttpRequest) -> HttpResponse:
    rows = Endpoint.objects.visible_to(access_of(request)).present().select_related("merchant").order_by("pk")
    return render(request, "core/webhooks/endpoints.html", {"rows": rows})


@require_http_methods(VERBS)
@door(Ability.SETTINGS)
def new(request: HttpRequest) -> HttpResponse:
    access = access_of(request)
    form = EndpointForm(request.POST if request.method == "POST" else None, access=access)
    if form.is_valid():
        made = endpoint_records.add(access.organization, form.wanted, by=person_of(request), now=clock.now())
        said = "The endpoint was added. Give its signing secret to whoever runs the server, then send a test message."
        messages.success(request, said)
        return HttpResponseRedirect(made.get_absolute_url())
    return render(request, "core/webhooks/new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(VERBS)
@door(Ability.SETTINGS)
def endpoint(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    found = endpoint_of(request, endpoint_id)
    shown = Endpoint.objects.get(pk=found.pk)  # a form writes into it, also what is wrong
    form = EndpointForm(request.POST if request.method == "POST" else None, instance=shown, access=access_of(request))
    if form.is_valid():
        changed = endpoint_records.change(found, form.wanted, by=person_of(request), now=clock.now())
        messages.success(request, "The endpoint was updated." if changed else "Nothing was changed.")
        return HttpResponseRedirect(found.get_absolute_url())
    return render(request, "core/webhooks/endpoint.html", _context(request, found, form), status=_status(form))


@require_POST
@never_cache
@door(Ability.SETTINGS)
def secret(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Show the endpoint's page with its secrets on it: in the answer to a press, and in no address."""
    found, now = endpoint_of(request, endpoint_id), clock.now()
    form = EndpointForm(instance=Endpoint.objects.get(pk=found.pk), access=access_of(request))
    context = _context(request, found, form)
    try:
        context["secrets"] = found.secrets(now)
    except Unopenable:
        messages.error(request, "The secret can't be opened: its key is missing from VAULT_KEYS. Make a new secret.")
    else:
        record("webhook.secret_shown", found, now=now, actor=person_of(request), endpoint=found.pk)
    return render(request, "core/webhooks/endpoint.html", context)


def endpoint_of(request: HttpRequest, endpoint_id: int) -> Endpoint:
    """Return the one an address names. Others, and those that were removed, are not there."""
    found: Endpoint = get_object_or_404(Endpoint.objects.visible_to(access_of(request)).present(), pk=endpoint_id)
    return found


def _context(request: HttpRequest, found: Endpoint, form: EndpointForm) -> dict[str, Any]:
    sent = Delivery.objects.visible_to(access_of(request)).filter(endpoint=found)
    page = listing(request, sent, sorts={"written": "made_at"}, default="-written", per_page=PER_PAGE)
    return {
        "endpoint": found,
        "form": form,
        "replay": ReplayForm(),
        "listing": page,
        "rows": [DeliveryRow(row) for row in page.rows],
        "has_former": bool(found.former_until and found.former_until > clock.now()),
        "crumbs": [("Webhooks", reverse("webhooks:endpoints"))],
    }


def _status(form: EndpointForm) -> int:
    return 422 if form.is_bound else 200
