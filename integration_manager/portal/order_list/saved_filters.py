"""Saved views: addresses of the list that somebody keeps by name, alone or for the team. Each is a tab of the list."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.accounts.access import Ability, Access, Role
from core.accounts.doors import access_of, door
from core.accounts.visible_statements import VisibleStatement
from core.common import clock
from core.common.one_line import fold
from integration_manager.portal.order_list import list_layouts, order_search
from integration_manager.portal.order_list.order_search import address
from orders.models import ListLayout, SavedFilter

MOST = 50  # of one person
MOST_SHOWN = 100
STEPS = {"left": -1, "right": 1}
ASKED = ("tab", *order_search.KEPT, "sort")  # a page within the list is not kept
SHOWN = VisibleStatement(SavedFilter, lambda views, user_id: _of(views, user_id).order_by("name", "pk")[:MOST_SHOWN])


@dataclass(frozen=True, slots=True)
class View:
    """A saved view as a tab of the list."""

    name: str
    url: str
    change_url: str
    delete_url: str
    active: bool
    shared: bool
    opens: bool  # the list, for this person
    may_change: bool


def may_save(access: Access) -> bool:
    """Sellers see what is their merchant's, and a saved view is nobody's merchant's."""
    return access.role != Role.SELLER


def views(access: Access, here: Mapping[str, str], *, layout: ListLayout) -> list[View]:
    """Return the views in the person's sight, as they put them; the one that says what the address says is active."""
    now = {key: value for key, value in here.items() if value}
    return [
        View(
            name=each.name,
            url=f"{reverse('orders:orders')}?{each.query}",
            change_url=reverse("orders:change_filter", args=[each.pk]),
            delete_url=reverse("orders:delete_filter", args=[each.pk]),
            active=QueryDict(each.query).dict() == now,
            shared=each.shared,
            opens=each.pk == layout.opens_id,
            may_change=_may_change(each, access),
        )
        for each in _shown(access, layout)
    ]


def _shown(access: Access, layout: ListLayout) -> list[SavedFilter]:
    """Return the views in the person's order; those they never moved follow by name."""
    places = {number: place for place, number in enumerate(layout.view_order)}
    return sorted(SHOWN.rows(access, access.user_id), key=lambda each: places.get(each.pk, len(places)))


def _in_sight(access: Access) -> QuerySet[SavedFilter]:
    return _of(SavedFilter.objects.visible_to(access), access.user_id)


def _of(views: QuerySet[SavedFilter], user_id: int) -> QuerySet[SavedFilter]:
    return views.filter(Q(user=user_id) | Q(shared=True))


def _may_change(kept: SavedFilter, access: Access) -> bool:
    """Whoever saved it; one of the team's also those who manage people: who saved it may be gone."""
    return kept.user_id == access.user_id or (kept.shared and access.may(Ability.PEOPLE))


def _find(access: Access, filter_id: int, *, to_change: bool) -> SavedFilter:
    kept = _in_sight(access).filter(pk=filter_id).first()
    if kept is None or (to_change and not _may_change(kept, access)):
        raise Http404
    return kept


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
    name = fold(request.POST.get("name", ""))
    longest = SavedFilter._meta.get_field("name").max_length or 0
    if not 0 < len(name) <= longest:
        messages.warning(request, f"Give the view a name of up to {longest} characters.")
    elif len(query.urlencode()) > (SavedFilter._meta.get_field("query").max_length or 0):
        messages.warning(request, "This search is too long to save.")
    elif _store(access, name, query.urlencode(), shared=bool(request.POST.get("shared"))):
        messages.success(request, f"Saved as “{name}”.")
    else:
        messages.warning(request, f"You already have {MOST} saved views. Delete one first.")
    return back


def _store(access: Access, name: str, query: str, *, shared: bool) -> bool:
    mine = SavedFilter.objects.visible_to(access).filter(user=access.user_id)
    with transaction.atomic(durable=True):
        if mine.filter(name=name).update(query=query, shared=shared):
            return True
        if mine.count() >= MOST:
            return False
        row = SavedFilter(
            organization=access.organization, user_id=access.user_id, name=name, query=query, shared=shared
        )
        # Pressed twice at once: the constraint lets one through, and both said the same.
        SavedFilter.objects.bulk_create([row], ignore_conflicts=True)
    return True


@door(Ability.LOOK)
@require_POST
def change(request: HttpRequest, filter_id: int) -> HttpResponse:
    """Rename a view, share it or keep it to oneself, say whether the list opens with it; or move it among the tabs."""
    access = access_of(request)
    kept = _find(access, filter_id, to_change=False)
    back = redirect(address({key: request.GET.get(key, "") for key in ASKED}))
    if step := STEPS.get(request.POST.get("move", "")):
        shown = [each.pk for each in _shown(access, list_layouts.layout_of(access))]
        if kept.pk in shown:
            list_layouts.move(access, kept, shown, by=step)
        return back
    if _may_change(kept, access) and "name" in request.POST:
        name, longest = fold(request.POST["name"]), SavedFilter._meta.get_field("name").max_length or 0
        if not 0 < len(name) <= longest:
            messages.warning(request, f"Give the view a name of up to {longest} characters.")
            return back
        if not _rename(kept, name, shared=bool(request.POST.get("shared"))):
            messages.warning(request, f"There is already a view called “{name}”. Choose a different name.")
            return back
    list_layouts.open_with(access, kept, wanted=bool(request.POST.get("opens")))
    messages.success(request, "The view was saved.")
    return back


def _rename(kept: SavedFilter, name: str, *, shared: bool) -> bool:
    try:
        with transaction.atomic():
            SavedFilter.objects.filter(pk=kept.pk).update(name=name, shared=shared)
    except IntegrityError:
        return False
    return True


@door(Ability.LOOK)
@require_POST
def delete(request: HttpRequest, filter_id: int) -> HttpResponse:
    access = access_of(request)
    _find(access, filter_id, to_change=True).delete()
    messages.success(request, "The view was deleted.")
    return redirect(address({key: request.GET.get(key, "") for key in ASKED}))
