"""Puts ``request.access`` on every request: what the person may do in the organization they work in.

And ``request.memberships``: what they belong to, that organization first.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.accounts.models import Membership
from core.accounts.portal_request import PortalRequest
from core.common.kept_statements import KeptStatement
from core.row_security import tenant

SESSION_KEY = "organization"
MEMBERSHIPS = KeptStatement(
    lambda user_id: (
        Membership.objects.filter(user=user_id).select_related("organization").order_by("organization__name", "pk")
    )
)


def memberships_of(request: HttpRequest) -> list[Membership]:
    if not request.user.is_authenticated:
        return []
    with tenant.every_tenant():
        memberships = MEMBERSHIPS.rows(request.user.pk)
    chosen = request.session.get(SESSION_KEY)
    memberships.sort(key=lambda membership: membership.organization_id != chosen)
    return memberships


class AccessMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponse:
        work_in(request)
        return self.get_response(request)


def work_in(request: PortalRequest) -> None:
    """Put on the request what the person belongs to and may do, by the organization that stands in the session."""
    request.memberships = memberships_of(request)
    request.access = request.memberships[0].access if request.memberships else None
    tenant.work_for(request.access.organization.pk if request.access else None)
