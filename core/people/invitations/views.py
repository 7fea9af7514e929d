"""The door an invited person comes through. Opening it changes nothing: mail scanners open links too.

Unknown, expired, revoked and used links are one and the same page, byte for byte.
"""

from datetime import timedelta
from urllib.parse import urlencode

from allauth.account.models import EmailAddress
from allauth.account.utils import perform_login
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from core.accounts import rate_limits
from core.accounts.middleware import SESSION_KEY
from core.accounts.models import Invitation, User
from core.accounts.rate_limits import limited
from core.common import clock, vault
from core.people.forms import AccountForm
from core.people.invitations import join
from core.ui.private_pages import no_such_link, private_form

HOUR = timedelta(hours=1)
NOTHING = "core/people/invitations/no_invitation.html"
MOST_OPENED = 120  # an hour, from one address
MOST_SENT = 20  # an hour, forms of one link


@sensitive_post_parameters("password")
@private_form
@require_http_methods(["GET", "HEAD", "POST"])
@limited("invitation", most=MOST_OPENED, per=HOUR)
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    found = join.find(token, now=clock.now())
    if found is None:
        return no_such_link(NOTHING)
    if request.method != "POST":
        return _page(request, found)
    if not rate_limits.within("invitation-form", vault.digest(token), most=MOST_SENT, per=HOUR):
        return rate_limits.too_often(request)
    try:
        return _accept(request, found)
    except join.InvitationEnded:
        return no_such_link(NOTHING)
    except join.AddressTaken:
        return HttpResponseRedirect(request.path)


def _accept(request: HttpRequest, found: Invitation) -> HttpResponse:
    if request.user.is_authenticated:
        person: User = request.user
        if person.email.lower() != found.email:
            return _page(request, found)
        if join.is_member(found, person):
            return _page(request, found)
        join.accept(found, person, now=clock.now())
        request.session[SESSION_KEY] = found.organization_id
        messages.success(request, f"You now belong to {found.organization}.")
        return HttpResponseRedirect(reverse("dashboard"))
    if join.account_of(found):
        return _page(request, found)
    form = AccountForm(request.POST, email=found.email)
    if not form.is_valid():
        return _page(request, found, form)
    chosen = form.cleaned_data
    person = join.accept_with_account(found, name=chosen["name"], password=chosen["password"], now=clock.now())
    messages.success(request, f"Your account was created. You now belong to {found.organization}.")
    answer: HttpResponse = perform_login(request, person, redirect_url=reverse("dashboard"))
    if not found.proves_address:
        _ask_to_confirm(request, person)
    return answer


def _ask_to_confirm(request: HttpRequest, person: User) -> None:
    """Mail a link that proves the address: this person came by a link that was handed over."""
    try:
        EmailAddress.objects.get(user=person, primary=True).send_confirmation(request)
    except ImmediateHttpResponse:
        return  # said already; the page of the address sends it again
    messages.info(request, f"We have emailed a link to {person.email}. Open it to confirm that the address is yours.")


def _page(request: HttpRequest, found: Invitation, form: AccountForm | None = None) -> HttpResponse:
    here = request.path
    known = join.account_of(found)
    mine = request.user.is_authenticated and known is not None and request.user.pk == known.pk
    context = {
        "invitation": found,
        "mine": mine,
        "member": mine and known is not None and join.is_member(found, known),
        "known": known is not None,
        "login_url": f"{reverse('account_login')}?{urlencode({'next': here})}",
        "form": form or AccountForm(email=found.email),
    }
    return render(request, "core/people/invitations/invitation.html", context, status=422 if form else 200)
