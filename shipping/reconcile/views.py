"""Doors of reconciling: the last runs of a cart with what stood otherwise, and the button for one more."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from carts import presses
from carts.lookup import find_cart
from carts.models import Cart
from carts.tabs import tabs
from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.alerts.raised import version_of
from core.common import clock
from core.common.bell import Bell
from core.ui.live_pages import follows
from shipping.models import Reconciliation
from shipping.reconcile import reconciliations
from shipping.reconcile.order_drift import WORDS

RUNS = 14  # two weeks of nights
SHOWN = 100  # entries of one run


@dataclass(frozen=True, slots=True)
class DriftRow:
    """One order of a run that stood otherwise."""

    number: str
    url: str
    wrong: str
    done: str
    to_do: str


@dataclass(frozen=True, slots=True)
class ShownRun:
    """A run as the page shows it."""

    run: Reconciliation
    state: tuple[str, str]
    rows: list[DriftRow]
    more: int
    still: int


def _version(request: HttpRequest, cart_id: int) -> tuple[object, ...]:
    """Return what changes when a run begins, goes on or ends, and with the alerts of the menu."""
    access, cart = access_of(request), find_cart(request, cart_id)
    runs = Reconciliation.objects.visible_to(access).filter(cart=cart).order_by("-begun_at")
    latest = runs.values_list("pk", "state", "seen", "mended", "finished_at", "last_error")[:2]
    return (*latest, *cart.status, *version_of(access))


@require_http_methods(["GET", "HEAD", "POST"])
@door(Ability.LOOK)
@follows(_version)
def reconcile(request: HttpRequest, cart_id: int) -> HttpResponse:
    access = access_of(request)
    cart = find_cart(request, cart_id)
    if request.method == "POST":
        return _begin(request, cart)
    runs = Reconciliation.objects.visible_to(access).filter(cart=cart).select_related("by").order_by("-begun_at")[:RUNS]
    context = {
        "cart": cart,
        "tabs": tabs(cart, "shipping:reconcile"),
        "runs": [_shown(run) for run in runs],
        "may_begin": access.may(Ability.SHIP) and cart.is_asked,
    }
    return render(request, "shipping/reconcile/reconcile.html", context)


@door(Ability.SHIP)
def _begin(request: HttpRequest, cart: Cart) -> HttpResponse:
    if not cart.is_asked:
        messages.error(request, f"{cart} can't be compared: it must be live and authorized.")
    elif last := _just_compared(cart):
        messages.info(request, f"Compared {presses.ago(clock.now() - last)}: the result is below.")
    elif made := reconciliations.begin(cart, by=person_of(request), now=clock.now()):
        Bell.RECONCILE.ring(reconciliation_id=made.pk)
        messages.success(request, "The comparison has started. Its result will appear here.")
    else:
        messages.warning(request, "A run is in progress. Its result will appear here.")
    return HttpResponseRedirect(reverse("shipping:reconcile", args=[cart.pk]))


def _just_compared(cart: Cart) -> datetime | None:
    """Return when a run ended, where it ended so lately that another would find the same."""
    ended = Reconciliation.objects.filter(cart=cart).done().order_by("-begun_at").values_list("finished_at", flat=True)
    last: datetime | None = ended.first()
    return last if presses.is_resting(last, now=clock.now()) else None


def _shown(run: Reconciliation) -> ShownRun:
    rows = [_row(entry) for entry in run.drift[:SHOWN]]
    still = sum(not entry["mended"] for entry in run.drift)
    return ShownRun(run, _state(run, still), rows, len(run.drift) - len(rows), still)


def _state(run: Reconciliation, still: int) -> tuple[str, str]:
    if run.is_owed:
        return "In progress", "busy"
    if run.is_stuck:
        return "Given up", "bad"
    if still:
        return "For a person", "warn"
    return ("Fixed", "good") if run.drift else ("No differences", "good")


def _row(entry: dict[str, Any]) -> DriftRow:
    wrong, done, to_do = WORDS.get(entry["drift"], (entry["drift"], "", ""))
    url = reverse("orders:order", args=[entry["order"]]) if entry["order"] else ""
    if entry["why"]:
        wrong = f"{wrong}: {entry['why']}"
    return DriftRow(entry["number"], url, wrong, done if entry["mended"] else "", "" if entry["mended"] else to_do)
