"""What a person may see and do: roles, abilities, and what each query is limited to. It asks nobody."""

from dataclasses import dataclass, field
from typing import Any

from django.db import models

from core.accounts.organization import Organization


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
    AUTHORIZE = "authorize", "authorize the warehouse at the marketplace"
    MAP = "map", "map ship methods"
    SHARE_ACCOUNTS = "share_accounts", "connect a seller account that another merchant uses"
    PEOPLE = "people", "manage people"
    SETTINGS = "settings", "change the organization's settings"
    POLICIES = "policies", "change the organization's policies"
    INSTALLATION = "installation", "see how this portal is set up"


ABILITIES: dict[Role, frozenset[Ability]] = {
    Role.OWNER: frozenset(Ability),
    Role.ADMIN: frozenset(Ability) - {Ability.POLICIES, Ability.INSTALLATION},
    Role.STAFF: frozenset(
        {Ability.LOOK, Ability.SEE_BUYERS, Ability.SHIP, Ability.COUNT, Ability.CONNECT, Ability.AUTHORIZE}
    ),
    Role.VIEWER: frozenset({Ability.LOOK}),
    Role.SELLER: frozenset({Ability.LOOK, Ability.AUTHORIZE}),
}


@dataclass(frozen=True, slots=True)
class Access:
    user_id: int
    organization: Organization
    role: Role
    merchant_id: int | None = None  # a seller sees only their own
    kept: dict[str, int] = field(default_factory=dict, compare=False, repr=False)  # what one request counted already

    @property
    def is_of_house(self) -> bool:
        """Whether the person is one of the 3PL's own. What is the 3PL's alone is not there at all for a seller."""
        return self.merchant_id is None

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
