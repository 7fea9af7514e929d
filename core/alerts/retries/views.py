"""The pages of a retry of many alerts: what it would be, why, how far it is, and an end to it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.alerts import alert_groups, causes
from core.alerts.handling.alert_choice import AlertChoice
from core.alerts.models import RetryPlan
from core.alerts.retries import retriers, retry_plans
from core.common import clock
from core.ui.live_pages import follows

VERBS = ("GET", "HEAD", "POST")


OTHER = "other"
REASONS = (
    "It was corrected here.",
    "It was corrected at the warehouse.",
    "The marketplace was at fault, and works again.",
    "To see whether it goes through now.",
)


class RetryForm(forms.Form):
    because = forms.ChoiceField(
        label="Reason",
        choices=[("", "Choose"), *((each, each.rstrip(".")) for each in REASONS), (OTHER, "Another reason")],
        help_text="It is kept in the history.",
    )
    words = forms.CharField(
        label="In your words",
        required=False,
        max_length=RetryPlan._meta.get_field("because").max_length,
        help_text="Only for another reason.",
    )
    expected = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("because") == OTHER and "words" in said and not said["words"]:
            self.add_error("words", "Say why in a few words.")
        return said

    @property
    def reason(self) -> str:
        """What was chosen, or said in words."""
        chosen = str(self.cleaned_data["because"])
        return str(self.cleaned_data["words"]) if chosen == OTHER else chosen


@require_http_methods(VERBS)
@door(Ability.SHIP)
def new(request: HttpRequest) -> HttpResponse:
    """Count first, then ask why, then do it."""
    access, choice = access_of(request), AlertChoice.of_query(request.GET)
    rows = choice.rows(access)
    count = rows.count() if retriers.has(choice.cause) else 0
    form = RetryForm(request.POST if request.method == "POST" else None, initial={"expected": count})
    if form.is_valid():
        try:
            expected, by = form.cleaned_data["expected"], person_of(request)
            plan = retry_plans.make(choice, access, form.reason, expected=expected, by=by, now=clock.now())
        except retry_plans.NotPlanned as why:
            form.add_error(None, str(why))
            said = request.POST.copy()
            said["expected"] = str(count)
            form.data = said
        else:
            return HttpResponseRedirect(reverse("alerts:retry", args=[plan.pk]))
    context = {
        "form": form,
        "count": count,
        "held": alert_groups.held_by(rows),
        "heading": causes.say(choice.cause) if choice.cause else "",
        "choice": choice,
        "crumbs": [("Alerts", reverse("alerts:alerts"))],
    }
    return render(request, "core/alerts/retries/new.html", context, status=422 if form.is_bound else 200)


def _version(request: HttpRequest, plan_id: int) -> tuple[object, ...]:
    plan = _plan(request, plan_id)
    return (plan.state, plan.retried, plan.left, plan.cancel_asked_at)


@door(Ability.SHIP)
@require_safe
@follows(_version)
def show(request: HttpRequest, plan_id: int) -> HttpResponse:
    plan = _plan(request, plan_id)
    context = {
        "plan": plan,
        "status": status_of(plan),
        "heading": causes.say(plan.cause),
        "crumbs": [("Alerts", reverse("alerts:alerts"))],
    }
    return render(request, "core/alerts/retries/plan.html", context)


@require_POST
@door(Ability.SHIP)
def cancel(request: HttpRequest, plan_id: int) -> HttpResponse:
    plan = _plan(request, plan_id)
    if retry_plans.cancel(plan, by=person_of(request), now=clock.now()):
        messages.success(request, "Canceled. What was sent again until now stays sent.")
    else:
        messages.info(request, "Nothing was changed: it had ended, or was canceled already.")
    return HttpResponseRedirect(reverse("alerts:retry", args=[plan.pk]))


def status_of(plan: RetryPlan) -> tuple[str, str]:
    """Return a word and a tone."""
    if plan.cancel_asked_at:
        return ("Canceled", "warn") if plan.ended_at else ("Canceling", "busy")
    if plan.is_stuck:
        return "Given up", "bad"
    return ("Done", "good") if plan.is_done else ("Running", "busy")


def _plan(request: HttpRequest, plan_id: int) -> RetryPlan:
    found: RetryPlan = get_object_or_404(
        RetryPlan.objects.visible_to(access_of(request)).select_related("by", "organization", "merchant"), pk=plan_id
    )
    return found
