"""The door of the link in each mail to a subscription: no more of it. Whoever opens it needs no account.

Opening it changes nothing, mail scanners open everything; the button does, and the one of the mail program. A link that
is none is answered with the same bytes, whatever the reason.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from core.accounts import rate_limits
from core.alerts.audience import subscriptions
from core.common import clock

HOUR = timedelta(hours=1)
MOST = 300  # an hour, from one address: a mail scanner reads a whole company's mail


def unwatched(view: Callable[[HttpRequest, str], HttpResponse]) -> Callable[[HttpRequest, str], HttpResponse]:
    """Keep the address of the page to itself."""

    @wraps(view)
    def answer(request: HttpRequest, token: str) -> HttpResponse:
        response = view(request, token)
        response["Referrer-Policy"] = "no-referrer"
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex"
        return response

    return answer


# The address itself is the secret that a forged form would lack, and mail programs post without a page of ours.
@csrf_exempt
@unwatched
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    if not rate_limits.within("alerts.stop", rate_limits.address(request), most=MOST, per=HOUR):
        return rate_limits.too_often(request)
    subscription = subscriptions.find(token)
    if subscription is None:
        return HttpResponse(render_to_string("core/alerts/audience/stop_gone.html"), status=404)
    if request.method == "POST":
        subscriptions.stop(subscription, now=clock.now())
    context = {"organization": subscription.organization.name, "stopped": subscriptions.is_stopped(subscription)}
    return render(request, "core/alerts/audience/stop.html", context)
