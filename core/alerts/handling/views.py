"""The page of the alerts somebody chose, one or many: what they hold up, and what can be done about them."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.alerts import alert_groups, causes
from core.alerts.handling import set_aside
from core.alerts.handling.alert_choice import AlertChoice
from core.alerts.handling.forms import AssignForm, DismissForm, SnoozeForm
from core.alerts.models import Alert
from core.alerts.retries import retriers
from core.common import clock
from core.ui.list_page import listing

VERBS = ("GET", "HEAD", "POST")


@require_http_methods(VERBS)
@door(Ability.SHIP)
def handle(request: HttpRequest) -> HttpResponse:
    choice, deed = AlertChoice.of_query(request.GET), request.POST.get("deed", "")
    said: Any = request.POST if request.method == "POST" else None
    people = set_aside.people(access_of(request))
    forms = {
        "assign": AssignForm(said if deed == "assign" else None, people=people),
        "snooze": SnoozeForm(said if deed == "snooze" else None),
        "dismiss": DismissForm(said if deed == "dismiss" else None),
    }
    told = _done(request, choice, deed, forms)
    if told:
        messages.success(request, told)
        return HttpResponseRedirect(reverse("alerts:alerts"))
    return _page(request, choice, forms)


def _done(request: HttpRequest, choice: AlertChoice, deed: str, forms: dict[str, Any]) -> str:
    """Do what was asked for, and return what to say. Nothing where it was not asked for as it must be."""
    access, by, now = access_of(request), person_of(request), clock.now()
    if deed == "restore":
        return _told(set_aside.restore(choice, access, by=by, now=now), "open again")
    form = forms.get(deed)
    if form is None or not form.is_valid():
        return ""
    if deed == "assign":
        person = form.cleaned_data["person"]
        count = set_aside.assign(choice, access, person, by=by, now=now)
        return _told(count, f"assigned to {person}" if person else "assigned to nobody")
    if deed == "snooze":
        until = form.moment(access.organization, now)
        return _told(set_aside.snooze(choice, access, until, by=by, now=now), "snoozed")
    return _told(set_aside.dismiss(choice, access, form.cleaned_data["because"], by=by, now=now), "dismissed")


def _told(count: int, done: str) -> str:
    if not count:
        return "Nothing was changed: none of them is open any more, or it was so before."
    return ngettext("{count} alert {done}.", "{count} alerts {done}.", count).format(count=count, done=done)


def _page(request: HttpRequest, choice: AlertChoice, forms: dict[str, Any]) -> HttpResponse:
    access = access_of(request)
    rows = choice.rows(access)
    page = listing(
        request,
        rows.select_related("merchant", "assigned_to", "dismissed_by"),
        sorts={"opened": "opened_at"},
        default="-opened",
    )
    first: Alert | None = page.rows[0] if page.rows else None
    cause = choice.cause or (first.cause if first else "")
    merchants = rows.filter(merchant__isnull=False).order_by("merchant__name").values("merchant", "merchant__name")
    context = {
        "listing": page,
        "cause": cause,
        "heading": causes.say(cause) if cause else "Nothing to see to",
        "severity": causes.severity(cause) if cause else None,
        "owner": causes.owner(cause).label if cause else "",
        "since": rows.aggregate(since=Min("opened_at"))["since"],
        "held": alert_groups.held_by(rows),
        "merchants": list(merchants.annotate(count=Count("pk"))),
        "choice": choice,
        "can_retry": bool(choice.cause) and retriers.has(choice.cause) and not choice.is_aside,
        **{f"{name}_form": form for name, form in forms.items()},
        "crumbs": [("Alerts", reverse("alerts:alerts"))],
    }
    status = 422 if any(form.is_bound for form in forms.values()) else 200
    return render(request, "core/alerts/handling/handle.html", context, status=status)
