"""A person in several organizations works in one of them at a time."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from core.accounts.middleware import SESSION_KEY
from core.accounts.portal_request import PortalRequest


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def organizations(request: HttpRequest) -> HttpResponse:
    """Not behind a door: which organization it is about is just what is asked."""
    memberships = PortalRequest.of(request).memberships
    if request.method != "POST":
        rows = sorted(memberships, key=lambda membership: membership.organization.name)
        return render(request, "core/people/organizations.html", {"rows": rows, "here": memberships[:1]})
    wanted = request.POST.get("organization", "")
    chosen = [each.organization_id for each in memberships if str(each.organization_id) == wanted]
    if not chosen:
        raise Http404
    request.session[SESSION_KEY] = chosen[0]
    onward = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(onward, allowed_hosts=None):
        onward = reverse("dashboard")
    return HttpResponseRedirect(onward)
