"""What is wrong now, and what was."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.accounts.access import Ability, Access
from core.accounts.doors import access_of, door
from core.alerts import causes, facts
from core.alerts.mail import mail_server
from core.alerts.models import Alert
from core.alerts.raised import count_open, version_of
from core.ui.list_page import listing
from core.ui.live_pages import follows
from core.ui.request_values import read_text

MOST = 200  # open ones on the page; nobody reads more


def open_alerts(access: Access) -> "QuerySet[Any]":
    """Return what is wrong now, the newest first."""
    found: QuerySet[Any] = Alert.objects.visible_to(access).filter(closed_at=None).order_by("-opened_at", "-pk")
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
    found = open_alerts(access).filter(**of_cause)
    closed = Alert.objects.visible_to(access).filter(closed_at__isnull=False, **of_cause)
    page = listing(request, closed, sorts={"closed": "closed_at"}, default="-closed")
    told_to(access, page.rows)
    context = {
        "open": told_to(access, found[:MOST]),
        "open_count": found.count() if cause else count_open(access),
        "only": causes.say(cause) if cause else "",
        "may_see_mail": access.may(Ability.PEOPLE),
        "unsent": not mail_server.reaches_mailboxes(),
        "closed": page,
    }
    return render(request, "core/alerts/alerts.html", context)
