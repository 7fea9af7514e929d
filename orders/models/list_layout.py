"""How a member has the list of orders laid out."""

from typing import Any

from django.db import models

from core.accounts.models import Owned, User
from orders.models.filter import SavedFilter

PAGE_SIZES = (50, 100, 200)


class ListLayout(Owned):
    """The columns of a person's list of orders in an organization, its rows on a page, and what it opens with."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    columns: Any = models.JSONField(default=list)  # their keys; empty: those everybody begins with
    # The view the list opens with where its address asks for nothing.
    opens = models.ForeignKey(SavedFilter, models.SET_NULL, null=True, related_name="+")
    # The numbers of saved views as the person put them; others follow by name.
    view_order: Any = models.JSONField(default=list)
    per_page = models.PositiveSmallIntegerField(default=PAGE_SIZES[0])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "user"], name="one_list_layout_per_person")]

    def __str__(self) -> str:
        return f"list layout {self.pk}"
