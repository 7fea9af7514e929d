"""Doors of the links in mails to subscriptions: no more of it, and the alert it was about. Neither needs an account.

Opening it changes nothing, mail scanners open everything; the button does, and the one of the mail program. A link that
is none is answered with the same bytes, whatever the reason.
"""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from core.accounts.rate_limits import limited
from core.alerts import facts
from core.alerts.audience import outside as outside_links
from core.alerts.audience import subscriptions
from core.common import clock
from core.ui.private_pages import no_such_link, private_page

HOUR = timedelta(hours=1)
MOST = 300  # an hour, from one address: a mail scanner reads a whole company's mail


# The address itself is the secret that a forged form would lack, and mail programs post without a page of ours.
@csrf_exempt
@private_page
@require_http_methods(["GET", "HEAD", "POST"])
@limited("alerts.stop", most=MOST, per=HOUR)
def stop(request: HttpRequest, token: str) -> HttpResponse:
    subscription = subscriptions.find(token)
    if subscription is None:
        return no_such_link("core/alerts/audience/stop_gone.html")
    if request.method == "POST":
        subscriptions.stop(subscription, now=clock.now())
    context = {
        "organization": subscription.organization.name,
        "stopped": subscriptions.is_stopped(subscription),
        "choose_url": reverse("alerts:choose", args=[token]) if subscription.user_id is None else "",
    }
    return render(request, "core/alerts/audience/stop.html", context)


@private_page
@require_safe
@limited("alerts.outside", most=MOST, per=HOUR)
def outside(request: HttpRequest, token: str) -> HttpResponse:
    """One alert, to be read and nothing else."""
    alert = outside_links.find(token)
    if alert is None:
        return no_such_link("core/alerts/audience/outside_gone.html")
    about = facts.tell([alert])[alert.pk]
    context = {
        "alert": alert,
        "facts": about,
        "thing": about.page.removeprefix("the ").capitalize(),
        "ends_at": outside_links.ends_at(token),
        "status": ("Resolved", "good") if alert.closed_at else ("Open", "bad"),
        "organization": alert.organization,
    }
    with timezone.override(alert.organization.zone):  # as in the mail that brought them here
        return render(request, "core/alerts/audience/outside.html", context)
