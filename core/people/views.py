"""Doors for whoever manages people: the list, one person, invitations, the policy."""

from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.accounts import rate_limits, second_factor
from core.accounts.access import Ability, Role
from core.accounts.doors import access_of, door
from core.accounts.models import Invitation, Membership, Merchant, Organization
from core.accounts.portal_request import PortalRequest
from core.activity import timeline
from core.alerts.audience.recipients import TOLD
from core.common import clock, links
from core.people import members
from core.people.forms import InviteForm, PersonForm
from core.people.invitations import sent_invitations
from core.ui.request_values import read_id

MOST_INVITED = 200  # a day: each is a mail to somebody who did not ask for it


# -- The list ---------------------------------------------------------------------------------------------------------
@require_safe
@door(Ability.PEOPLE)
def people(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
@door(Ability.POLICIES)
def policy(request: HttpRequest) -> HttpResponse:
    me, required = _me(request), request.POST.get("required") == "yes"
    try:
        changed = members.require_second_factor(me.organization, required, by=me.user, now=clock.now())
    except members.MemberChangeRefused as error:
        messages.error(request, str(error))
    else:
        if changed and required:
            messages.success(
                request, "Everybody here now needs a second factor, and is asked to set one up at their next visit."
            )
        elif changed:
            messages.success(request, "A second factor is no longer required for everybody here.")
    return HttpResponseRedirect(reverse("people:people"))


# -- One person -------------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@door(Ability.PEOPLE)
def person(request: HttpRequest, membership_id: int) -> HttpResponse:
    me, found = _me(request), _member(request, membership_id)
    within_reach = found.role in members.roles_below(Role(me.role))
    if request.method != "POST":
        return _person_page(request, found, _person_form(request, found), within_reach=within_reach)
    if not within_reach:
        messages.error(request, "Only an owner can change or remove an owner.")
        return HttpResponseRedirect(request.path)
    form = _person_form(request, found, request.POST)
    if form.is_valid():
        chosen, now = form.cleaned_data, clock.now()
        try:
            changed = members.change_role(found, chosen["role"], chosen["merchant"], by=me, now=now)
            changed = members.set_mailed(found, chosen["mailed"], by=me, now=now) or changed
        except members.MemberChangeRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{found.user} was updated." if changed else "Nothing was changed.")
            return HttpResponseRedirect(reverse("people:people"))
    return _person_page(request, found, form, within_reach=True)


@require_POST
@door(Ability.PEOPLE)
def remove(request: HttpRequest, membership_id: int) -> HttpResponse:
    me, found = _me(request), _member(request, membership_id)
    try:
        members.remove(found, by=me, now=clock.now())
    except members.MemberChangeRefused as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("people:person", args=[found.pk]))
    if found.pk == me.pk:
        return HttpResponseRedirect(reverse("dashboard"))
    messages.success(request, f"{found.user} no longer belongs to {found.organization}.")
    return HttpResponseRedirect(reverse("people:people"))


# -- Invitations ------------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@door(Ability.PEOPLE)
def invite(request: HttpRequest) -> HttpResponse:
    me = _me(request)
    merchants = _merchants(request)
    of = merchants.filter(pk=read_id(request.GET.get("merchant", ""))).first()  # from the page of a merchant
    form = InviteForm(
        request.POST or None,
        roles=members.roles_below(Role(me.role)),
        merchants=merchants,
        initial={"role": Role.SELLER if of else Role.STAFF, "merchant": of},
    )
    if form.is_valid():
        if not _may_send(me):
            return rate_limits.too_often(request)
        chosen = form.cleaned_data
        try:
            sent_invitations.invite(
                me.organization, chosen["email"], chosen["role"], chosen["merchant"], by=me, now=clock.now()
            )
        except members.MemberChangeRefused as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, f"An invitation is on its way to {chosen['email']}. It works for seven days.")
            return HttpResponseRedirect(reverse("people:people"))
    return render(request, "core/people/invitations/invite.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
@door(Ability.PEOPLE)
def again(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Send a new link; the older one ends."""
    me, found = _me(request), _invitation(request, invitation_id)
    if not _may_send(me):
        return rate_limits.too_often(request)
    try:
        sent_invitations.invite(me.organization, found.email, Role(found.role), found.merchant, by=me, now=clock.now())
    except members.MemberChangeRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, f"A new invitation is on its way to {found.email}. The previous link no longer works."
        )
    return HttpResponseRedirect(reverse("people:people"))


@require_POST
@door(Ability.PEOPLE)
def revoke(request: HttpRequest, invitation_id: int) -> HttpResponse:
    found = _invitation(request, invitation_id)
    try:
        sent_invitations.revoke(found, by=_me(request), now=clock.now())
    except members.MemberChangeRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"The invitation for {found.email} was revoked. Its link no longer works.")
    return HttpResponseRedirect(reverse("people:people"))


@never_cache
@require_POST
@door(Ability.PEOPLE)
def link(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Show the link of an invitation, to hand it over by other ways than mail."""
    me, found = _me(request), _invitation(request, invitation_id)
    try:
        shown = sent_invitations.copy(found, by=me, now=clock.now())
    except (members.MemberChangeRefused, links.Lost) as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("people:people"))
    return _page(request, link_of=found, link=shown)


# -- Putting the pages together ---------------------------------------------------------------------------------------
def _page(request: HttpRequest, *, link_of: Invitation | None = None, link: str = "") -> HttpResponse:
    me, now = _me(request), clock.now()
    organization = me.organization
    context = {
        "me": me,
        "organization": organization,
        "members": _members(request).order_by("user__name", "user__email"),
        "unprotected_words": _unprotected(_members(request).filter(protected=False).count(), organization),
        "told": TOLD,
        "invitations": [_told(each, now) for each in _invitations(request).order_by("-created_at")],
        "link_of": link_of,
        "link": link,
        "may_set_policy": access_of(request).may(Ability.POLICIES),
        "required_everywhere": settings.MFA_REQUIRED,
        "protected": second_factor.is_set_up(me.user),
        "events": timeline.history("organization", organization.pk, access_of(request), most=20),
    }
    return render(request, "core/people/people.html", context)


def _unprotected(number: int, organization: Organization) -> str:
    """Return what requiring a second factor will mean for the people who have none."""
    if not number:
        return f"Everybody in {organization} has one already. Whoever joins later has to set one up first."
    return ngettext(
        "{count} person in {organization} has none yet, and can't do anything here until it is set up.",
        "{count} people in {organization} have none yet, and can't do anything here until they set one up.",
        number,
    ).format(count=number, organization=organization)


def _told(invitation: Invitation, now: datetime) -> dict[str, Any]:
    expired = not invitation.is_open(now)
    return {"row": invitation, "status": ("Expired", "warn") if expired else ("Sent", "busy"), "expired": expired}


def _person_page(request: HttpRequest, found: Membership, form: PersonForm, *, within_reach: bool) -> HttpResponse:
    context = {"member": found, "form": form, "within_reach": within_reach, "is_me": found.pk == _me(request).pk}
    return render(request, "core/people/person.html", context, status=422 if form.is_bound else 200)


def _person_form(request: HttpRequest, found: Membership, data: Any = None) -> PersonForm:
    me = _me(request)
    initial = {"role": found.role, "merchant": found.merchant_id, "mailed": found.mailed}
    form = PersonForm(data, roles=members.roles_below(Role(me.role)), merchants=_merchants(request), initial=initial)
    if found.pk == me.pk:  # shown, not changed
        form.fields["role"].disabled = form.fields["merchant"].disabled = True
    return form


def _members(request: HttpRequest) -> "QuerySet[Any]":
    """Return the memberships this person sees, each with ``protected`` and ``unconfirmed``."""
    factors = Authenticator.objects.filter(user=OuterRef("user"), type__in=second_factor.FACTORS)
    unconfirmed = EmailAddress.objects.filter(user=OuterRef("user"), email=OuterRef("user__email"), verified=False)
    return (
        Membership.objects.visible_to(access_of(request))
        .select_related("user", "merchant", "organization")
        .annotate(protected=Exists(factors), unconfirmed=Exists(unconfirmed))
    )


def _member(request: HttpRequest, membership_id: int) -> Membership:
    return get_object_or_404(_members(request), pk=membership_id)


def _invitations(request: HttpRequest) -> "QuerySet[Invitation]":
    found: QuerySet[Invitation] = (
        Invitation.objects.visible_to(access_of(request)).unspent().select_related("merchant", "organization")
    )
    return found


def _invitation(request: HttpRequest, invitation_id: int) -> Invitation:
    return get_object_or_404(_invitations(request), pk=invitation_id)


def _merchants(request: HttpRequest) -> "QuerySet[Merchant]":
    found: QuerySet[Merchant] = Merchant.objects.visible_to(access_of(request)).order_by("name")
    return found


def _may_send(me: Membership) -> bool:
    return rate_limits.within("invite", str(me.organization_id), most=MOST_INVITED, per=timedelta(days=1))


def _me(request: HttpRequest) -> Membership:
    """The membership in whose name a person works here."""
    memberships = PortalRequest.of(request).memberships
    if not memberships:
        raise Http404
    return memberships[0]
