"""Which orders of the list are meant: those ticked, all that match, or as many of those as are done at once.

The page says which orders "all that match" were when it was shown. Where others match by now, nothing is done.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, QueryDict
from django.utils.translation import ngettext

from core.accounts.access import Access
from core.common import clock, vault
from core.ui.list_page import ListPage, Sorting, cursor_behind, fetch_ids, position, sorting
from core.ui.request_values import read_ids
from integration_manager.portal.order_list import columns, order_search
from integration_manager.portal.order_list.order_search import Found, ListTab
from orders.models import Order

MOST = 1_000  # orders held or released at once: each is a commit of its own, and somebody waits
DIGITS = 32  # of a digest; no two lists have the same


class NotChosen(Exception):
    """What was chosen can't be told, or not all at once. Says why."""


class TooManyChosen(NotChosen):
    """More orders are chosen than the action takes at once."""

    def __init__(self, label: str, most: int) -> None:
        super().__init__(f"“{label}” works on up to {most:,} orders at a time. Narrow the list, or choose fewer.")


@dataclass(frozen=True, slots=True)
class Offer:
    """What the list offers to take at once, in words, and by a digest that is brought back with the choice."""

    words: str = ""  # empty: nobody knows how many match
    digest: str = ""
    next_url: str = ""  # where those behind begin, when more match than are taken at once


NOTHING = Offer()


def ticked(request: HttpRequest, access: Access, *, label: str, most: int) -> list[Order]:
    """Return the orders whose boxes were ticked, in that order. One that is absent or another's: none is found.

    Raises TooManyChosen, before any of them is looked at.
    """
    ids = read_ids(request.POST.getlist("chosen"))
    if len(ids) > most:
        raise TooManyChosen(label, most)
    found = Order.objects.visible_to(access).in_bulk(ids)
    if len(found) != len(ids):
        raise Http404
    return [found[pk] for pk in ids]


def matching(request: HttpRequest, access: Access, *, label: str, most: int) -> list[Order]:
    """Return the orders that match the address now, if they are those that its page offered to take.

    Raises TooManyChosen, and NotChosen where the address asks for what nobody knows, or other orders match by now.
    """
    wanted = order_search.read(request.GET, access, now=clock.now())
    if wanted.refused:
        raise NotChosen(f"Nothing was done. {' '.join(wanted.refused)}")
    found = order_search.find(wanted, order_search.search(access, wanted), state=wanted.state)
    ids = _meant(request.GET, found, sort_of(request.GET, wanted.state))
    if len(ids) > most:
        raise TooManyChosen(label, most)
    if request.POST.get("matching") != _digest(ids):
        raise NotChosen(
            f"Nothing was done: the list has changed since you opened it, and {count_orders(len(ids))} match now. "
            "Check the list, then select them again."
        )
    orders = Order.objects.visible_to(access).in_bulk(ids)
    return [orders[pk] for pk in ids if pk in orders]


def sort_of(query: QueryDict, tab: ListTab | None) -> Sorting:
    """Return how the list is sorted at this address."""
    default = columns.default_sort(tab or order_search.BY_KEY["all"])
    return sorting(query, sorts=columns.SORTS, default=default)


def offer(found: Found, page: ListPage, by: Sorting) -> Offer:
    """Return what the page offers to take at once. Of more than are done at once, those from its first row on."""
    if page.total is None or not page.rows:
        return NOTHING
    if page.total <= MOST:
        whole = not page.passed and len(page.rows) == page.total
        ids = [row.pk for row in page.rows] if whole else _meant(page.query, found, by)
        return Offer(f"select all {page.total} that match", _digest(ids))
    meant = _from_here(page.query, found, by)
    which = "next" if page.passed else "first"
    behind = cursor_behind(found, by, meant[-1], page.passed + len(meant)) if len(meant) == MOST else ""
    return Offer(
        f"select the {which} {len(meant):,} of {page.total} that match",
        _digest(meant),
        page.query_with(after=str(behind)) if behind else "",
    )


def count_orders(number: int) -> str:
    return ngettext("{count:,} order", "{count:,} orders", number).format(count=number)


def _meant(query: QueryDict, found: Found, by: Sorting) -> list[int]:
    """Return all that match, where they are few enough; else as many as are done at once, from the page's top on."""
    everything = fetch_ids(found, by, after=None, most=MOST + 1)
    if len(everything) <= MOST:
        return everything
    return _from_here(query, found, by) if query.get("after") else everything[:MOST]


def _from_here(query: QueryDict, found: Found, by: Sorting) -> list[int]:
    after, _ = position(query, found, by)
    return fetch_ids(found, by, after=after, most=MOST)


def _digest(ids: Iterable[int]) -> str:
    return vault.digest(" ".join(map(str, sorted(ids))))[:DIGITS]
