"""How many orders each tab holds. Nobody waits for a million rows to be counted: beyond some, it says "10,000+"."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery

from integration_manager.accounts.access import Access
from integration_manager.accounts.models import Organization
from integration_manager.pages.finding import STATES, Found, due
from integration_manager.ui.listing import Count
from orders.models import OrderStatus

MOST = 10_000
MOST_SEARCHED = 500  # a search looks at every order it finds


class Counted(Subquery):
    """How many rows a query has, in the database."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def count(found: Found, access: Access) -> dict[str, Count | None]:
    """Return how many of the found orders each state holds; None where a search finds too many to tell."""
    return _count_search(found) if len(found) > 1 else _count(found[0], access)


def _count(found: QuerySet[Any], access: Access) -> dict[str, Count | None]:
    """One query, that reads at most so many entries of an index for each status."""
    each = {status.value: found.filter(status=status).order_by().values("pk")[: MOST + 1] for status in OrderStatus}
    by_status = count_all(each, access)
    return {state.key: _told(sum(by_status[status] for status in state.statuses)) for state in STATES}


def count_all(queries: dict[str, QuerySet[Any]], access: Access) -> dict[str, int]:
    """Count several queries in one."""
    counted = (Counted(query) for query in queries.values())
    (numbers,) = Organization.objects.filter(pk=access.organization.pk).values_list(*counted)
    return dict(zip(queries, numbers, strict=True))


def count_due(found: QuerySet[Any], access: Access, windows: Iterable[str], *, now: datetime) -> dict[str, Count]:
    """Return how many of the found orders are overdue, or come due so soon."""
    zone = access.organization.zone
    queries = {when: found.filter(due(when, now=now, zone=zone)).values("pk")[: MOST + 1] for when in windows}
    return {when: _told(number) for when, number in count_all(queries, access).items()}


def more_than(found: Found, most: int, access: Access) -> bool:
    """Whether so many are found; of a search, whether one of its ways finds so many."""
    queries = {str(place): branch.order_by().values("pk")[: most + 1] for place, branch in enumerate(found)}
    return any(number > most for number in count_all(queries, access).values())


def _told(number: int) -> Count:
    return Count(min(number, MOST), more=number > MOST)


def _count_search(found: Found) -> dict[str, Count | None]:
    statuses: dict[int, str] = {}
    for branch in found:
        rows = list(branch.order_by().values_list("pk", "status")[: MOST_SEARCHED + 1])
        statuses.update(rows)
        if len(rows) > MOST_SEARCHED:
            unknown: dict[str, Count | None] = {state.key: None for state in STATES}
            return unknown | {"all": Count(MOST_SEARCHED, more=True)}
    numbers = list(statuses.values())
    return {state.key: _told(sum(numbers.count(status) for status in state.statuses)) for state in STATES}
