"""Puts ``request.access`` on every request: what the person may do in the organization they work in."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from integration_manager.accounts.access import Access
from integration_manager.accounts.models import Membership

SESSION_KEY = "organization"


def access_of(request: HttpRequest) -> Access | None:
    if not request.user.is_authenticated:
        return None
    memberships = list(
        Membership.objects.filter(user=request.user).select_related("organization").order_by("organization__name", "pk")
    )
    chosen = request.session.get(SESSION_KEY)
    memberships.sort(key=lambda membership: membership.organization_id != chosen)
    return memberships[0].access if memberships else None


class AccessMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.access = access_of(request)  # type: ignore[attr-defined]
        return self.get_response(request)
