"""What is wrong now, and what was."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, QuerySet, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.accounts.access import Ability, Access
from core.accounts.doors import access_of, door
from core.alerts import alert_groups, causes, facts
from core.alerts.alert_groups import AlertCounts
from core.alerts.causes import Owner
from core.alerts.mail import mail_server
from core.alerts.models import Alert, AlertQuerySet, RetryPlan
from core.alerts.raised import version_of
from core.ui.list_page import listing
from core.ui.live_pages import follows
from core.ui.request_values import read_text

MOST = 200  # open ones on a seller's page; nobody reads more


@dataclass(frozen=True, slots=True)
class AlertTab:
    """Some of the alerts that are open: by whose turn it is, somebody's own, or those that were set aside."""

    label: str
    url: str
    active: bool
    count: int
    tone: str = ""


def open_alerts(access: Access) -> "QuerySet[Any]":
    """Return what is wrong now and was not set aside: what is urgent, then the rest, each the newest first."""
    return urgent_first(Alert.objects.visible_to(access))


def urgent_first(alerts: AlertQuerySet) -> "QuerySet[Any]":
    """The same of these alerts."""
    urgency = Case(When(cause__in=causes.not_urgent(), then=1), default=0)
    found: QuerySet[Any] = alerts.calling().order_by(urgency, "-opened_at", "-pk")
    return found.select_related("merchant")


def told_to(access: Access, alerts: Iterable[Alert]) -> list[Alert]:
    """Return alerts as this person reads them: a seller what became of an order, not what the 3PL has to do."""
    found = list(alerts)
    if access.is_of_house:
        return found
    known = facts.tell(found)
    for alert in found:
        about = next((said for label, said in known[alert.pk].lines if label == "Order"), "")
        alert.message = f"{f'Order {about}: ' if about else ''}{causes.say_to_seller(alert.cause)}"
    return found


def _version(request: HttpRequest) -> tuple[object, ...]:
    access = access_of(request)
    closed = Alert.objects.visible_to(access).filter(closed_at__isnull=False)
    return (*version_of(access), closed.order_by("-closed_at").values_list("closed_at", flat=True).first())


@door(Ability.LOOK)
@require_safe
@follows(_version)
def show(request: HttpRequest) -> HttpResponse:
    access = access_of(request)
    cause = read_text(request.GET, "cause", most=40)  # what the mail about a storm leads to
    of_cause = {"cause": cause} if cause else {}
    closed = Alert.objects.visible_to(access).filter(closed_at__isnull=False, **of_cause)
    page = listing(request, closed, sorts={"closed": "closed_at"}, default="-closed")
    told_to(access, page.rows)
    found = open_alerts(access).filter(**of_cause)
    context: dict[str, Any] = {
        "open_count": found.count() if cause or not access.is_of_house else 0,
        "only": causes.say(cause) if cause else "",
        "may_see_mail": access.may(Ability.PEOPLE),
        "may_handle": access.may(Ability.SHIP),
        "unsent": not mail_server.reaches_mailboxes(),
        "closed": page,
    }
    if access.is_of_house:
        context |= _of_house(request, access, of_cause)
        context["open_count"] = context["open_count"] if cause else context["counts"].calling
    else:
        context["open"] = told_to(access, found[:MOST])
    return render(request, "core/alerts/alerts.html", context)


def _of_house(request: HttpRequest, access: Access, of_cause: dict[str, str]) -> dict[str, Any]:
    shown, counts = read_text(request.GET, "show", most=20), alert_groups.count(access)
    visible = Alert.objects.visible_to(access).filter(**of_cause)
    plans = RetryPlan.objects.visible_to(access).unfinished().order_by("-pk")
    return {
        "groups": alert_groups.find(_shown(visible, shown, access), is_aside=shown == "aside"),
        "counts": counts,
        "tabs": _tabs(counts, shown),
        "shown": shown,
        "plans": plans[:5],
    }


def _shown(visible: AlertQuerySet, shown: str, access: Access) -> AlertQuerySet:
    if shown == "aside":
        return visible.aside()
    if shown == "mine":
        return visible.calling().filter(assigned_to=access.user_id)
    if shown in set(Owner):
        return visible.calling().filter(cause__in=causes.owned_by(Owner(shown)))
    return visible.calling()


def _tabs(counts: AlertCounts, shown: str) -> Sequence[AlertTab]:
    url = reverse("alerts:alerts")
    known = {"mine", "aside", *Owner}
    found = [AlertTab("All", url, shown not in known, counts.calling, "bad" if counts.calling else "")]
    found += [AlertTab(each.label, f"{url}?show={each}", shown == each, counts.by_owner[each]) for each in Owner]
    found.append(AlertTab("Assigned to me", f"{url}?show=mine", shown == "mine", counts.mine))
    found.append(AlertTab("Set aside", f"{url}?show=aside", shown == "aside", counts.aside))
    return found
