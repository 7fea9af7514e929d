"""Who comes in. A view asks here what the person who is logged in may do, and nowhere else."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from core.accounts.access import Ability, Access
from core.accounts.models import User
from core.accounts.portal_request import PortalRequest

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def access_of(request: HttpRequest) -> Access:
    """Return what the person may do. Behind a door only: before it there may be none."""
    return cast(Access, PortalRequest.of(request).access)


def person_of(request: HttpRequest) -> User:
    """Return who is logged in. Behind a door only."""
    return cast(User, request.user)


def door(ability: Ability) -> Callable[[View[P]], View[P]]:
    """Let in who is logged in, belongs to an organization and may do this. Others learn nothing."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            access = PortalRequest.of(request).access
            if access is None:
                raise Http404
            if not access.may(ability):
                raise PermissionDenied(f"Your role, {access.role.label}, can't {ability.label}.")
            return view(request, *args, **kwargs)

        locked = login_required(guarded)
        locked.ability = ability  # type: ignore[attr-defined]
        return locked

    return decorate
