"""Who asks: the key that comes as Bearer token, and whether it has the scope the endpoint names."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib.auth.models import AnonymousUser
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from core.accounts.portal_request import PortalRequest
from core.api import keys
from core.api.models import ApiKey
from core.api.problems import Problem
from core.common import clock

if TYPE_CHECKING:
    from core.api.base_view import ApiView


class BearerKey(BaseAuthentication):
    """Puts ``access`` on the request as the pages have it, so that each query begins with ``visible_to``."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, ApiKey]:
        scheme, _, given = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if not scheme:
            raise Problem("not_authenticated")
        if scheme.lower() != "bearer":
            raise Problem("not_authenticated", f"Send the key as Bearer token, not as {scheme[:20]}.")
        public_id, _, secret = given.strip().partition(".")
        address = request.META.get("REMOTE_ADDR", "")
        try:
            key = keys.admit(public_id, secret, address=address, now=clock.now())
        except keys.KeyRefused as refused:
            raise Problem(refused.code, str(refused)) from None
        PortalRequest.of(request._request).access = key.access
        return AnonymousUser(), key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class HasScope(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        asked: ApiView = view
        scope = asked.scope_for(request.method or "GET")
        if scope is not None and not key_of(request).may(scope):
            raise Problem("wrong_scope", f"This needs the scope {scope.value} (“{scope.label}”).")
        return True


def key_of(request: Request) -> ApiKey:
    """Return the key that asks. In an endpoint only: before it there may be none."""
    return cast(ApiKey, request.auth)
