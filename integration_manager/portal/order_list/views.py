"""The list of orders, and every address under /orders/."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe
from django_htmx.http import push_url

from core.accounts.access import Ability, Access
from core.accounts.doors import access_of, door
from core.accounts.portal_request import PortalRequest
from core.accounts.workplace import mark_for_address
from core.common import clock
from core.ui import live_pages
from core.ui.list_page import RowCount, listing
from core.ui.live_pages import follows
from integration_manager.portal import page_versions
from integration_manager.portal.order_list import (
    bulk_actions,
    chosen_orders,
    columns,
    list_layouts,
    live_rows,
    order_rows,
    order_search,
    row_cells,
    row_tasks,
    saved_filters,
    tab_counts,
)
from integration_manager.portal.order_list.chosen_orders import NOTHING
from integration_manager.portal.order_list.order_search import address
from integration_manager.portal.order_list.table_files import FILES
from orders.models import PAGE_SIZES, ListLayout

FIRST = ("merchant", "cart", "due")  # filters that always stand beside the search


@door(Ability.LOOK)
@require_safe
@follows(page_versions.of_orders)
def show(request: HttpRequest) -> HttpResponse:
    """The list, for htmx only the part of the page that changes with it, and for a list that is open what is new."""
    access = access_of(request)
    layout = list_layouts.layout_of(access)
    htmx = PortalRequest.of(request).htmx
    if layout.opens and not request.GET and not htmx:
        return redirect(f"{address({})}?{layout.opens.query}")
    context = _list(request, access, layout)
    if live_pages.is_asked(request):
        return live_rows.answer(request, context)
    part = htmx and not htmx.history_restore_request
    response = render(request, "portal/order_list/list.html#list" if part else "portal/order_list/list.html", context)
    if part:
        push_url(response, context["address"])
    patch_vary_headers(response, ["HX-Request"])  # a part is never taken for the page when going back
    return response


def _list(request: HttpRequest, access: Access, layout: ListLayout) -> dict[str, Any]:
    now = clock.now()
    wanted = order_search.read(request.GET, access, now=now)
    hits = order_search.search(access, wanted)
    counts = _counts(wanted, order_search.find(wanted, hits), hits)
    state = order_search.choose(wanted, counts)
    here = order_search.find(wanted, hits, state=state)
    tab = state.key if request.GET.get("tab") or layout.opens else ""  # else it would lead to the view that opens
    filters = wanted.filters
    shown = [menu for menu in filters.menus if len(menu.choices) > 1 or menu.name in wanted.query]
    said = {"tab": state.key, **wanted.query}
    sort = request.GET.get("sort", "")
    page = listing(
        request,
        [rows.only(*order_rows.FIELDS) for rows in here],
        sorts=columns.SORTS,
        default=columns.default_sort(state),
        per_page=layout.per_page,
        total=counts[state.key],
        rising=columns.RISING,
    )
    shown_columns = columns.shown(layout.columns, state)
    actions = bulk_actions.offered(state) if access.may(Ability.SHIP) else []
    rows = order_rows.rows_of(page.rows, access, carts=filters.carts, shown=shown_columns)
    may_save = saved_filters.may_save(access)
    offer = NOTHING
    if actions and hits.ids is not None:  # else nobody knows how many match
        offer = chosen_orders.offer(here, page, chosen_orders.sort_of(request.GET, state))
    after = request.GET.get("after", "") if page.passed else ""
    this_page = address({**said, "sort": sort, "after": after}).removeprefix(address({}))
    settle_url = f"{reverse('orders:seen_to', args=[order_rows.SOME])}{this_page}" if actions else ""
    tasks = row_tasks.of_orders([order.pk for order in page.rows], access)
    telling = row_cells.Telling(now, access.organization.zone, access, tasks, settle_url)
    return {
        "listing": page,
        "telling": telling,
        "rows": row_cells.write(rows, list(shown_columns), telling, boxes=bool(actions)),
        "columns": shown_columns,
        "choices": _choices(layout),
        "page_sizes": PAGE_SIZES,
        "per_page": layout.per_page,
        "layout_url": address({**said, "sort": sort}, route="orders:lay_out"),
        "tabs": _tabs(state, wanted, counts),
        "state": state,
        "tab": tab,
        "wanted": wanted,
        "notes": hits.notes,
        "longest": order_search.LONGEST_LIST,
        "first_filters": [menu for menu in shown if menu.name in FIRST],
        "more_filters": [menu for menu in shown if menu.name not in FIRST],
        "dates": [(day.name, day.label, wanted.query.get(day.name, "")) for day in filters.days],
        "chips": _chips(wanted, tab),
        "clear_url": address({"tab": tab}),
        "everywhere_url": address({"tab": "all", **wanted.query}),
        "exports": {
            key: (
                file.label,
                address({**said, "sort": sort, "as": key, **mark_for_address(request)}, route="orders:export"),
            )
            for key, file in FILES.items()
        },
        "lines_url": address({**said, "sort": sort, **mark_for_address(request)}, route="orders:export_lines"),
        "act_url": address({**said, "sort": sort, "after": after}, route="orders:act"),
        "nothing_yet": not wanted.query and not wanted.refused and not counts["all"],
        "list_url": address({}),
        "actions": actions,
        "all_matching": offer.words,
        "matching": offer.digest,
        "next_matching": offer.next_url,
        "save_url": address({**said, "sort": sort}, route="orders:save_filter"),
        "here_query": address({**said, "sort": sort}).removeprefix(address({})),
        "views": saved_filters.views(access, {**said, "sort": sort}, layout=layout) if may_save else [],
        "may_save": may_save,
        "may_connect": access.may(Ability.CONNECT),
        "sort": sort,
        "live_address": page.query_with(tab=state.key),
        "address": order_search.list_of(request.GET),
    }


def _counts(
    wanted: order_search.Wanted, found: order_search.Found, hits: order_search.Hits
) -> Mapping[str, RowCount | None]:
    if wanted.refused:
        return {state.key: RowCount(0) for state in order_search.STATES}
    return tab_counts.count_search(found, wanted, hits) if wanted.text else tab_counts.count(found[0], wanted.access)


def _tabs(
    active: order_search.ListTab, wanted: order_search.Wanted, counts: Mapping[str, RowCount | None]
) -> list[dict[str, Any]]:
    return [
        {
            "label": state.label,
            "url": address({"tab": state.key, **wanted.query}),
            "count": counts[state.key],
            "tone": state.tone if counts[state.key] else "",
            "active": state == active,
        }
        for state in order_search.STATES
    ]


def _choices(layout: ListLayout) -> list[tuple[str, str, bool]]:
    """Return the columns somebody can choose: key, label, and whether it is chosen."""
    chosen = layout.columns or columns.BEGINNING
    return [(each.key, each.label, each.key in chosen) for each in columns.COLUMNS if not each.fixed]


def _chips(wanted: order_search.Wanted, tab: str) -> list[dict[str, str]]:
    return [
        {
            "label": words,
            "remove_url": address({"tab": tab, **{k: v for k, v in wanted.query.items() if k != key}}),
        }
        for key, words in wanted.words.items()
    ]
