"""The list of orders, and every address under /orders/."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe
from django_htmx.http import push_url

from integration_manager.accounts.access import Ability, Access, access_of, door
from integration_manager.lib import clock
from integration_manager.pages import (
    acting,
    board,
    canceling,
    counting,
    differing,
    exporting,
    finding,
    order,
    order_actions,
    order_edit,
    saving,
)
from integration_manager.pages.finding import address
from integration_manager.ui.listing import Count, listing
from orders import filter_pages
from orders.models import OPEN

SORTS = {"number": "number", "lines": "line_count", "placed": "placed_at", "due": "ship_by"}
DEFAULT = "-placed"
FIRST = ("cart", "due", "placed")  # filters that always stand beside the search; the others are one click away


@door(Ability.LOOK)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The list, or for htmx only the part of the page that changes with it."""
    access = access_of(request)
    context = _list(request, access)
    part = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    response = render(request, "orders/list.html#list" if part else "orders/list.html", context)
    if part:
        push_url(response, context["address"])
    patch_vary_headers(response, ["HX-Request"])  # a part is never taken for the page when going back
    return response


def _list(request: HttpRequest, access: Access) -> dict[str, Any]:
    now = clock.now()
    known = finding.choices(access)
    wanted = finding.read(request.GET, known)
    ids = finding.search(access, wanted.text) if wanted.text else None
    everywhere = finding.find(access, wanted, now=now, ids=ids)
    counts: Mapping[str, Count | None]
    counts = counting.count_search(everywhere, wanted, ids) if wanted.text else counting.count(everywhere[0], access)
    state = finding.choose(request.GET, wanted, counts)
    here = finding.find(access, wanted, now=now, state=state, ids=ids)
    found = [rows.select_related("cart", "merchant") for rows in here]
    tab = state.key if request.GET.get("tab") else ""
    menus = [replace(choices, chosen=wanted.chosen.get(choices.key, "")) for choices in known]
    shown = [choices for choices in menus if len(choices.values) > 1 or choices.chosen]
    said = {"tab": state.key, **wanted.query}
    sort = request.GET.get("sort", "")
    return {
        "listing": listing(request, found, sorts=SORTS, default=DEFAULT, total=counts[state.key]),
        "tabs": _tabs(state, wanted, counts),
        "state": state,
        "tab": tab,
        "wanted": wanted,
        "first_filters": [choices for choices in shown if choices.key in FIRST],
        "more_filters": [choices for choices in shown if choices.key not in FIRST],
        "dates": [(key, label, wanted.dates.get(key)) for key, label in finding.DATES.items()],
        "more_in_force": any(key not in (*FIRST, "q") for key in wanted.query),
        "chips": _chips(wanted, tab),
        "clear_url": address({"tab": tab}),
        "everywhere_url": address({"tab": "all", **wanted.query}),
        "export_url": address({**said, "sort": sort}, route="orders:export"),
        "act_url": address({**said, "sort": sort}, route="orders:act"),
        "nothing_yet": not wanted.query and not counts["all"],
        "several_merchants": len(known[0].values) > 1,
        "still_open": OPEN,
        "actions": acting.offered(state) if access.may(Ability.SHIP) else (),
        "all_matching": _all_matching(counts[state.key]),
        "save_url": address({**said, "sort": sort}, route="orders:save_filter"),
        "here_query": address({**said, "sort": sort}).removeprefix(address({})),
        "saved": saving.saved(access, {**said, "sort": sort}),
        "may_save": saving.may_save(access),
        "may_connect": access.may(Ability.CONNECT),
        "sort": sort,
        "address": address({name: request.GET.get(name, "") for name in ("tab", *finding.KEPT, "sort", "after")}),
    }


def _tabs(active: finding.State, wanted: finding.Wanted, counts: Mapping[str, Count | None]) -> list[dict[str, Any]]:
    return [
        {
            "label": state.label,
            "url": address({"tab": state.key, **wanted.query}),
            "count": counts[state.key],
            "tone": state.tone if counts[state.key] else "",
            "active": state == active,
        }
        for state in finding.STATES
    ]


def _all_matching(total: Count | None) -> str:
    """Return what the box says that takes them all: "select all 172 that match"."""
    return "select all that match" if total is None else f"select all {total} that match"


def _chips(wanted: finding.Wanted, tab: str) -> list[dict[str, str]]:
    return [
        {
            "label": words,
            "remove_url": address({"tab": tab, **{k: v for k, v in wanted.query.items() if k != key}}),
        }
        for key, words in wanted.words.items()
    ]


urlpatterns = [
    path("", show, name="orders"),
    path("chosen/", acting.act, name="act"),
    path("export/", exporting.export, name="export"),
    path("board/", board.show, name="board"),
    path("filters/", saving.save, name="save_filter"),
    path("filters/<int:filter_id>/delete/", saving.delete, name="delete_filter"),
    *filter_pages.urlpatterns,
    path("<int:order_id>/", order.show, name="order"),
    path("<int:order_id>/hold/", order_actions.hold, name="hold"),
    path("<int:order_id>/let-go/", order_actions.let_go, name="let_go"),
    path("<int:order_id>/send-again/", order_actions.send_again, name="send_again"),
    path("<int:order_id>/hand-over-again/", order_actions.hand_over_again, name="hand_over_again"),
    path("<int:order_id>/known/", order_actions.known, name="known"),
    path("<int:order_id>/tell-again/", order_actions.tell_again, name="tell_again"),
    path("<int:order_id>/cancel-sending/", order_actions.cancel_sending, name="cancel_sending"),
    path("<int:order_id>/look/", order_actions.look, name="look"),
    path("<int:order_id>/note/", order_actions.note, name="note"),
    path("<int:order_id>/address/", order_edit.edit_address, name="edit_address"),
    path("<int:order_id>/ship-method/", order_edit.edit_method, name="edit_method"),
    path("<int:order_id>/settle/", differing.settle, name="settle"),
    path("<int:order_id>/take/", differing.take, name="take"),
    path("<int:order_id>/take-lines/", differing.take_lines, name="take_lines"),
    path("<int:order_id>/cancel/", canceling.cancel, name="cancel"),
    path("<int:order_id>/stopped/", canceling.stopped, name="stopped"),
    path("<int:order_id>/seen-to/", canceling.seen_to, name="seen_to"),
]
