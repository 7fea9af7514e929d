"""How many orders each tab holds. Nobody waits for a million rows to be counted: beyond some, it says "10,000+"."""

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from core.accounts.access import Access
from core.ui.list_page import RowCount
from integration_manager.portal.order_list.order_search import (
    BY_KEY,
    MOST_SEARCHED,
    STATES,
    Found,
    Hits,
    Wanted,
    asked_about,
)
from orders.models import Order, OrderStatus
from orders.statuses import TO_BE_SHIPPED

MOST = 10_000
MOST_IN_MENU = 999  # on every page
ANY_STATUS = "\0"  # stands for each of them in turn; no text of a database has this sign
TO_SHIP = "orders to be shipped"  # among what one request counted already
Counting = tuple[str, list[Any]]  # an expression that counts, and what is given to it


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


def count(
    found: QuerySet[Any],
    access: Access,
    *,
    known: Mapping[str, int] = MappingProxyType({}),
    of: Collection[str] = tuple(BY_KEY),
) -> dict[str, RowCount]:
    """Return how many of the found orders each of these states holds. ``known``: how many have some statuses, counted
    before. Where those are many already, all need not be counted.

    One query, that reads at most so many entries of an index for each status. Its part for a status is written once and
    said for each of them: Django takes half a millisecond to write it.
    """
    states = [BY_KEY[key] for key in of]
    asked_for = states if sum(known.values()) <= MOST else [state for state in states if state.key != "all"]
    wanted = {status for state in asked_for for status in state.statuses}
    unknown = [status for status in OrderStatus if status in wanted and status not in known]
    counting, given = _counting(found.filter(status=ANY_STATUS), MOST)
    each = [(counting, [status.value if value == ANY_STATUS else value for value in given]) for status in unknown]
    *numbers, asked = _numbers([*each, _counting(asked_about(found, access), MOST)])
    by_status: dict[str, int] = {**dict(zip(unknown, numbers, strict=True)), **known}
    counts = {state.key: sum(by_status.get(status, 0) for status in state.statuses) for state in states}
    if "attention" in counts:
        counts["attention"] += asked
    return {key: _told(number) for key, number in counts.items()}


def count_open(access: Access) -> RowCount:
    """Return how many orders are still to be shipped, for the menu: from the index, and no more than so many; as the
    page itself counted them, if it did.
    """
    if TO_SHIP in access.kept:
        number = access.kept[TO_SHIP]
    else:
        waiting = Order.objects.visible_to(access).filter(status__in=TO_BE_SHIPPED).order_by()
        number = waiting.values("pk")[: MOST_IN_MENU + 1].count()
    return RowCount(min(number, MOST_IN_MENU), more=number > MOST_IN_MENU)


def more_than(found: Found, most: int) -> bool:
    """Whether so many are found; of a search, whether one of its ways finds so many."""
    return any(number > most for number in _numbers(_counting(branch, most) for branch in found))


def _counting(rows: QuerySet[Any], most: int) -> Counting:
    """Return what counts these rows, and one more than so many at the most."""
    try:
        sql, given = rows.order_by().values("pk")[: most + 1].query.sql_with_params()
    except EmptyResultSet:
        return "0", []
    return f"(SELECT COUNT(*) FROM ({sql}) counted)", list(given)


def _numbers(several: Iterable[Counting]) -> list[int]:
    """Count several things in one query."""
    parts = list(several)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(sql for sql, _ in parts)}", [each for _, given in parts for each in given])
        return list(cursor.fetchone())


def _told(number: int) -> RowCount:
    return RowCount(min(number, MOST), more=number > MOST)
