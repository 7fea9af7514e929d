"""The columns of the list of orders: what there is, what everybody begins with, and how each tab is sorted."""

from collections.abc import Iterable
from dataclasses import dataclass

from integration_manager.portal.order_list.order_search import ListTab
from orders.statuses import OPEN, SHIPPED_OR_CONFIRMED

SORTS = {"number": "number", "lines": "line_count", "placed": "placed_at", "due": "ship_by"}
RISING = ("due",)  # the most urgent first
NEWEST, MOST_URGENT = "-placed", "due"


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    label: str
    fixed: bool = False  # nobody can do without it
    shown: bool = True  # to begin with
    gone: bool | None = None  # only where orders were shipped; only where none was; everywhere


COLUMNS = (
    Column("order", "Order", fixed=True),
    Column("cart", "Merchant and cart"),
    Column("status", "Status", fixed=True),
    Column("contents", "Items"),
    Column("method", "Ship method", gone=False),
    Column("tracking", "Tracking", gone=True),
    Column("to", "Ship to"),
    Column("due", "Ship by", gone=False),
    Column("shipped", "Shipped", gone=True),
    Column("placed", "Placed"),
    Column("lines", "Lines", shown=False),
    Column("units", "Units", shown=False),
    Column("total", "Total", shown=False),
)
BY_KEY = {column.key: column for column in COLUMNS}
AGES = {"placed"}  # of no use to begin with where the promise is what counts
BEGINNING = [column.key for column in COLUMNS if column.shown and not column.fixed]


def shown(chosen: Iterable[str], tab: ListTab) -> dict[str, bool]:
    """Return the keys of the columns a tab shows to somebody who chose these; of nobody's choice, the usual ones."""
    wanted = set(chosen) or set(BEGINNING) - (AGES if default_sort(tab) == MOST_URGENT else set())
    gone = set(tab.statuses) <= set(SHIPPED_OR_CONFIRMED)
    fit = (each for each in COLUMNS if each.gone is None or each.gone == gone)
    return {each.key: True for each in fit if each.fixed or each.key in wanted}


def default_sort(tab: ListTab) -> str:
    """Return how a tab is sorted unless the address says: by what is most urgent where there is work to be done."""
    return MOST_URGENT if set(tab.statuses) <= set(OPEN) else NEWEST
