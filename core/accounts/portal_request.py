"""The request as every view gets it: Django's, with what our middleware and django-htmx put on it."""

from typing import Self, cast

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from core.accounts.access import Access
from core.accounts.models import Membership, User

LIVE = "X-Live"  # the header of what an open page asks by itself (core/ui/live_pages.py): nobody is at work


class PortalRequest(HttpRequest):
    user: User | AnonymousUser
    memberships: list[Membership]  # of the person, the organization they work in first
    access: Access | None  # in that organization; None for a stranger
    enrolling: bool  # a second factor is wanted before anything else
    known_device: dict[str, str]  # whose browser this is from now on: only on a request that logged somebody in
    factors_before: set[int] | None  # the second factors before a page that may change them
    htmx: HtmxDetails
    lies_under: str  # the menu entry's namespace, only where a view says so (core/ui/context.py)
    live_tag: str  # of a page that follows by itself; others have none

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """Return the same request by its fuller type. Every request has passed our middleware."""
        return cast(Self, request)
