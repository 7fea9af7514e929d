"""How many orders each tab holds. Nobody waits for a million rows to be counted: beyond some, it says "10,000+"."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery

from core.accounts.access import Access
from core.accounts.models import Organization
from core.ui.list_page import RowCount
from integration_manager.portal.order_list.order_filters import due
from integration_manager.portal.order_list.order_search import MOST_SEARCHED, STATES, Found, Hits, Wanted, asked_about
from orders.models import Order, OrderStatus
from orders.statuses import TO_BE_SHIPPED

MOST = 10_000
ASKED = "asked"  # beside the statuses: orders a person has to answer for
MOST_IN_MENU = 999  # on every page


class TabCount(Subquery):
    """How many rows a query has, in the database."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def count_search(found: Found, wanted: Wanted, hits: Hits) -> dict[str, RowCount | None]:
    """Return how many of the orders a search found each state holds; None where it found too many to tell."""
    if hits.ids is None:
        several: dict[str, RowCount | None] = {state.key: None for state in STATES}
        alone = len(wanted.query) == 1  # with filters there may be fewer
        return several | {"all": RowCount(MOST_SEARCHED, more=True)} if alone else several
    statuses = [status for (status,) in found[0].order_by().values_list("status")]
    counts = {state.key: sum(statuses.count(status) for status in state.statuses) for state in STATES}
    counts["attention"] += asked_about(found[0], wanted.access).order_by().count()
    return {key: RowCount(number) for key, number in counts.items()}


def count(found: QuerySet[Any], access: Access) -> dict[str, RowCount]:
    """Return how many of the found orders each state holds.

    One query, that reads at most so many entries of an index for each status.
    """
    each = {status.value: found.filter(status=status).order_by().values("pk")[: MOST + 1] for status in OrderStatus}
    by_status = count_all({**each, ASKED: asked_about(found, access).order_by().values("pk")[: MOST + 1]}, access)
    counts = {state.key: sum(by_status[status] for status in state.statuses) for state in STATES}
    counts["attention"] += by_status[ASKED]
    return {key: _told(number) for key, number in counts.items()}


def count_open(access: Access) -> RowCount:
    """Return how many orders are still to be shipped, for the menu: from the index, and no more than so many."""
    waiting = Order.objects.visible_to(access).filter(status__in=TO_BE_SHIPPED).order_by()
    number = waiting.values("pk")[: MOST_IN_MENU + 1].count()
    return RowCount(min(number, MOST_IN_MENU), more=number > MOST_IN_MENU)


def count_all(queries: dict[str, QuerySet[Any]], access: Access) -> dict[str, int]:
    """Count several queries in one. What is known to find nothing is not asked for, and has no number."""
    counted = (TabCount(query) for query in queries.values())
    (numbers,) = Organization.objects.filter(pk=access.organization.pk).values_list(*counted)
    return dict(zip(queries, (number or 0 for number in numbers), strict=True))


def count_due(found: QuerySet[Any], access: Access, windows: Iterable[str], *, now: datetime) -> dict[str, RowCount]:
    """Return how many of the found orders are overdue, or come due so soon."""
    zone = access.organization.zone
    queries = {when: found.filter(due(when, now=now, zone=zone)).values("pk")[: MOST + 1] for when in windows}
    return {when: _told(number) for when, number in count_all(queries, access).items()}


def more_than(found: Found, most: int, access: Access) -> bool:
    """Whether so many are found; of a search, whether one of its ways finds so many."""
    queries = {str(place): branch.order_by().values("pk")[: most + 1] for place, branch in enumerate(found)}
    return any(number > most for number in count_all(queries, access).values())


def _told(number: int) -> RowCount:
    return RowCount(min(number, MOST), more=number > MOST)
