"""What a person may see and do. Doors ask here and nowhere else."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse

if TYPE_CHECKING:
    from core.accounts.models import Organization, User


class Role(models.TextChoices):
    OWNER = "owner", "Owner"
    ADMIN = "admin", "Admin"
    STAFF = "staff", "Staff"
    VIEWER = "viewer", "Viewer"
    SELLER = "seller", "Seller"


class Ability(models.TextChoices):
    LOOK = "look", "look"
    SEE_BUYERS = "see_buyers", "see buyers' names and addresses"
    SHIP = "ship", "ship orders"
    COUNT = "count", "change stock"
    CONNECT = "connect", "connect carts"
    MAP = "map", "map ship methods"
    SHARE_ACCOUNTS = "share_accounts", "connect a seller account that another merchant uses"
    PEOPLE = "people", "manage people"
    POLICIES = "policies", "change the organization's policies"


ABILITIES: dict[Role, frozenset[Ability]] = {
    Role.OWNER: frozenset(Ability),
    Role.ADMIN: frozenset(Ability) - {Ability.POLICIES},
    Role.STAFF: frozenset({Ability.LOOK, Ability.SEE_BUYERS, Ability.SHIP, Ability.COUNT, Ability.CONNECT}),
    Role.VIEWER: frozenset({Ability.LOOK}),
    Role.SELLER: frozenset({Ability.LOOK, Ability.SEE_BUYERS}),
}


@dataclass(frozen=True, slots=True)
class Access:
    user_id: int
    organization: "Organization"
    role: Role
    merchant_id: int | None = None  # a seller sees only their own

    def may(self, ability: Ability | str) -> bool:
        return Ability(ability) in ABILITIES[self.role]

    def limits(self, model: type[models.Model]) -> dict[str, Any]:
        """Return what a query for this model must be filtered by."""
        limits: dict[str, Any] = {"organization": self.organization}
        if self.merchant_id is not None:
            fields = {field.name for field in model._meta.get_fields()}
            if model._meta.model_name == "merchant":
                limits["pk"] = self.merchant_id
            elif "merchant" in fields:
                limits["merchant"] = self.merchant_id
            else:
                limits["pk__in"] = []  # what is the 3PL's alone
        return limits


def access_of(request: HttpRequest) -> Access:
    """Return what the person may do. Behind a door only: before it there may be none."""
    access: Access = request.access  # type: ignore[attr-defined]
    return access


def person_of(request: HttpRequest) -> "User":
    """Return who is logged in. Behind a door only."""
    person: User = request.user  # type: ignore[assignment]
    return person


P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def door(ability: Ability) -> Callable[[View[P]], View[P]]:
    """Let in who is logged in, belongs to an organization and may do this. Others learn nothing."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            access: Access | None = request.access  # type: ignore[attr-defined]
            if access is None:
                raise Http404
            if not access.may(ability):
                raise PermissionDenied(f"Your role, {access.role.label}, can't {ability.label}.")
            return view(request, *args, **kwargs)

        locked = login_required(guarded)
        locked.ability = ability  # type: ignore[attr-defined]
        return locked

    return decorate
