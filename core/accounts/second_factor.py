"""Nobody works here with a password alone, where the installation or an organization asks for a second factor.

Without one a person reaches the pages to set one up, and nothing else.
"""

from collections.abc import Callable, Iterable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from core.accounts import sessions
from core.accounts.models import Membership, User
from core.accounts.portal_request import PortalRequest

FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]  # recovery codes only stand in for one
AFTERWARDS = "after_enrolment"  # where the person wanted to go
ENROLMENT = frozenset(
    {
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "account_reauthenticate",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "account_logout",
        "livez",
        "readyz",
        "healthz",
    }
)
# allauth carries out what was asked for before a password was wanted again, under the address that asks for it.
CHANGING = ("mfa_", "account_reauthenticate")


def is_required(memberships: Iterable[Membership]) -> bool:
    """Tell whether a person with these memberships needs a second factor."""
    return bool(settings.MFA_REQUIRED) or any(each.organization.mfa_required for each in memberships)


def is_set_up(user: User) -> bool:
    return bool(is_mfa_enabled(user, FACTORS))


class SecondFactorMiddleware:
    """Stands after AccessMiddleware, which knows the person's memberships."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponse:
        request.enrolling = False
        response = self.get_response(request)
        before = getattr(request, "factors_before", None)
        if before is not None and request.user.is_authenticated and _factors(request.user) != before:
            sessions.end(request.user, but=request.session.session_key)
        return response

    def process_view(
        self, request: PortalRequest, view: Callable[..., HttpResponse], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        user = request.user
        if not user.is_authenticated:
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if request.method == "POST" and name.startswith(CHANGING):
            request.factors_before = _factors(user)
        if not is_required(request.memberships) or is_set_up(user):
            return None
        request.enrolling = True
        return None if name in ENROLMENT else _to_enrolment(request)


def _factors(user: User) -> set[int]:
    return set(Authenticator.objects.filter(user=user).values_list("pk", flat=True))


def _to_enrolment(request: HttpRequest) -> HttpResponse:
    enrolment = reverse("mfa_index")
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(enrolment)
    if request.method == "GET":
        request.session[AFTERWARDS] = request.get_full_path()
    return HttpResponseRedirect(enrolment)
