"""Kept statements about what a person may see.

    MERCHANTS = VisibleStatement(Merchant, lambda merchants: merchants.order_by("name").values_list("pk", "name"))
    MERCHANTS.rows(access)

For what every page asks. A seller's limits are another's than the house's, and few pages are theirs: for them Django
writes the statement each time.
"""

from collections.abc import Callable
from typing import Any

from core.accounts.access import Access, Role
from core.accounts.models import Organization
from core.common.kept_statements import Given, KeptStatement


class VisibleStatement:
    """``write`` makes a query set of the rows of ``model`` that are in sight, and of the other values."""

    def __init__(self, model: Any, write: Callable[..., Any]) -> None:
        self._model, self._write = model, write
        self._kept = KeptStatement(
            lambda organization_id, *given: write(model.objects.visible_to(house_of(organization_id)), *given)
        )

    def rows(self, access: Access, *given: Given) -> list[Any]:
        """Return what the query set finds of what the person may see."""
        if access.is_of_house:
            return self._kept.rows(access.organization.pk, *given)
        return list(self._write(self._model.objects.visible_to(access), *given))


def house_of(organization_id: int) -> Access:
    """Return what everybody of the house may see."""
    return Access(user_id=0, organization=Organization(pk=organization_id), role=Role.VIEWER)
