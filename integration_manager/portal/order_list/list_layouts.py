"""How each member has the list laid out: the columns in sight, and how many rows a page has. Kept with the person."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from core.accounts.access import Ability, Access
from core.accounts.doors import access_of, door
from core.common.kept_statements import KeptStatement
from core.ui.request_values import read_number
from integration_manager.portal.order_list import order_search
from integration_manager.portal.order_list.columns import BEGINNING, BY_KEY
from orders.models import PAGE_SIZES, ListLayout, SavedFilter

LAYOUT = KeptStatement(
    lambda organization_id, user_id: ListLayout.objects.filter(
        organization=organization_id, user=user_id
    ).select_related("opens")
)


def layout_of(access: Access) -> ListLayout:
    """Return the person's layout, or the one everybody begins with. It belongs to a person, so sellers have one too."""
    mine: ListLayout | None = LAYOUT.first(access.organization.pk, access.user_id)
    layout = mine or ListLayout(organization=access.organization, user_id=access.user_id)
    if layout.opens and not (layout.opens.shared or layout.opens.user_id == access.user_id):
        layout.opens = None  # no longer shared by whoever saved it
    return layout


def open_with(access: Access, view: SavedFilter, *, wanted: bool) -> None:
    """Let the list open with this view for the person, or with it no longer."""
    mine: dict[str, Any] = {"organization": access.organization, "user_id": access.user_id}
    if wanted:
        ListLayout.objects.update_or_create(**mine, defaults={"opens": view})
    else:
        ListLayout.objects.filter(**mine, opens=view).update(opens=None)


def move(access: Access, view: SavedFilter, shown: Sequence[int], *, by: int) -> None:
    """Put a view one place further left or right for the person. ``shown`` are all in sight, as they stand now."""
    numbers = list(shown)
    here = numbers.index(view.pk)
    numbers.insert(min(max(0, here + by), len(numbers) - 1), numbers.pop(here))
    mine: dict[str, Any] = {"organization": access.organization, "user_id": access.user_id}
    ListLayout.objects.update_or_create(**mine, defaults={"view_order": numbers})


@door(Ability.LOOK)
@require_POST
def lay_out(request: HttpRequest) -> HttpResponse:
    """Keep the columns that were ticked and the rows on a page; then the list again, from its top."""
    access = access_of(request)
    columns = [key for key in BY_KEY if key in request.POST.getlist("column") and not BY_KEY[key].fixed]
    per_page = read_number(request.POST.get("per_page", ""))
    if per_page not in PAGE_SIZES:
        messages.warning(request, f"A page can have {', '.join(map(str, PAGE_SIZES[:-1]))} or {PAGE_SIZES[-1]} orders.")
        return redirect(order_search.list_of(request.GET))
    if not columns:
        messages.warning(request, "Choose at least one column.")
        return redirect(order_search.list_of(request.GET))
    ListLayout.objects.update_or_create(
        organization=access.organization,
        user_id=access.user_id,
        defaults={"columns": [] if columns == BEGINNING else columns, "per_page": per_page},
    )
    return redirect(order_search.list_of(request.GET))
