"""Saved filters: addresses of the list that a person keeps by name."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.accounts.access import Ability, Access, Role
from core.accounts.doors import access_of, door
from core.common import clock
from integration_manager.portal.order_list import order_search
from integration_manager.portal.order_list.order_search import address
from orders.models import SavedFilter

MOST = 50  # of one person
ASKED = ("tab", *order_search.KEPT, "sort")  # a page within the list is not kept


@dataclass(frozen=True, slots=True)
class Saved:
    name: str
    url: str
    delete_url: str
    active: bool


def may_save(access: Access) -> bool:
    """Sellers see what is their merchant's, and a saved filter is nobody's merchant's."""
    return access.role != Role.SELLER


def saved(access: Access, here: Mapping[str, str]) -> list[Saved]:
    """Return the person's saved filters; the one that says what the address says is active."""
    now = {key: value for key, value in here.items() if value}
    kept = SavedFilter.objects.visible_to(access).filter(user=access.user_id).order_by("name", "pk")[:MOST]
    return [
        Saved(
            name=each.name,
            url=f"{reverse('orders:orders')}?{each.query}",
            delete_url=reverse("orders:delete_filter", args=[each.pk]),
            active=QueryDict(each.query).dict() == now,
        )
        for each in kept
    ]


@door(Ability.LOOK)
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the address under a name. The same name replaces what it stood for."""
    access = access_of(request)
    if not may_save(access):
        raise Http404
    query = QueryDict(mutable=True)
    wanted = order_search.read(request.GET, access, now=clock.now())
    if wanted.refused:
        messages.warning(request, f"Nothing was saved. {' '.join(wanted.refused)}")
        return redirect(order_search.list_of(request.GET))
    query.update({"tab": wanted.state.key if wanted.state else "all", **wanted.query})
    if sort := request.GET.get("sort", "")[:20]:
        query["sort"] = sort
    back = redirect(f"{reverse('orders:orders')}?{query.urlencode()}")
    name = " ".join(request.POST.get("name", "").replace("\0", "").split())
    longest = SavedFilter._meta.get_field("name").max_length or 0
    if not 0 < len(name) <= longest:
        messages.warning(request, f"Give the filter a name of up to {longest} characters.")
    elif len(query.urlencode()) > (SavedFilter._meta.get_field("query").max_length or 0):
        messages.warning(request, "This search is too long to save.")
    elif _store(access, name, query.urlencode()):
        messages.success(request, f"Saved as “{name}”.")
    else:
        messages.warning(request, f"You already have {MOST} saved filters. Delete one first.")
    return back


def _store(access: Access, name: str, query: str) -> bool:
    mine = SavedFilter.objects.visible_to(access).filter(user=access.user_id)
    with transaction.atomic(durable=True):
        if mine.filter(name=name).update(query=query):
            return True
        if mine.count() >= MOST:
            return False
        row = SavedFilter(organization=access.organization, user_id=access.user_id, name=name, query=query)
        # Pressed twice at once: the constraint lets one through, and both said the same.
        SavedFilter.objects.bulk_create([row], ignore_conflicts=True)
    return True


@door(Ability.LOOK)
@require_POST
def delete(request: HttpRequest, filter_id: int) -> HttpResponse:
    access = access_of(request)
    mine = SavedFilter.objects.visible_to(access).filter(user=access.user_id)
    if not mine.filter(pk=filter_id).delete()[0]:
        raise Http404
    messages.success(request, "The filter was deleted.")
    return redirect(address({key: request.GET.get(key, "") for key in ASKED}))
