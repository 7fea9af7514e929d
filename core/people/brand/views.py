"""Doors of Settings: the area itself, the organization's page, and its logo for whoever has the address."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from core.accounts.access import Ability
from core.accounts.doors import access_of, door, person_of
from core.accounts.models import Organization
from core.common import clock
from core.common.file_uploads import takes_file
from core.people.brand import organization_record
from core.people.brand.forms import OrganizationForm
from core.ui import settings_area

KEPT_FOR = 7 * 24 * 3600  # seconds: another logo has another address


@require_safe
@door(Ability.LOOK)
def area(request: HttpRequest) -> HttpResponse:
    """Go on to the first page of Settings that this person may see."""
    pages = settings_area.pages_for(access_of(request))
    if not pages:
        raise Http404  # the 3PL's own
    return HttpResponseRedirect(reverse(pages[0].route))


@require_http_methods(["GET", "HEAD", "POST"])
@door(Ability.SETTINGS)
@takes_file
def organization(request: HttpRequest) -> HttpResponse:
    kept = access_of(request).organization
    shown = Organization.objects.get(pk=kept.pk)  # a form writes into it, also what is wrong
    sent = request.method == "POST"
    form = OrganizationForm(request.POST if sent else None, request.FILES if sent else None, instance=shown)
    if form.is_valid():
        changed = organization_record.change(
            kept,
            form.wanted,
            logo=form.logo,
            without_logo=form.drops_logo,
            by=person_of(request),
            now=clock.now(),
        )
        messages.success(request, "The organization's settings were saved." if changed else "Nothing was changed.")
        return HttpResponseRedirect(request.path)
    context = {"form": form, "organization": kept}
    return render(request, "core/people/brand/organization.html", context, status=422 if sent else 200)


@require_safe
def logo(request: HttpRequest, key: str) -> HttpResponse:
    """The picture and nothing else: shown as what it is, whatever a browser would make of it."""
    found = organization_record.find_logo(key)
    if found is None:
        raise Http404
    answer = HttpResponse(bytes(found.content), content_type=found.media_type)
    answer["Cache-Control"] = f"public, max-age={KEPT_FOR}, immutable"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
