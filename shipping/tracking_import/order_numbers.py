"""The orders that numbers of a sheet are about: by the marketplace's number, by ours, or by the warehouse's.

A handful of statements, however many numbers. Another organization's order is no order.
"""

from collections.abc import Iterable, Iterator, Sequence

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Replace, Upper

from core.accounts.access import Access
from core.common.typed_signs import bare
from orders.models import Order
from orders.statuses import TO_BE_SHIPPED
from shipping.models import Release
from shipping.tracking_import.sheet.numbers import forms

AT_ONCE = 10_000  # numbers in one statement: a database takes no more than some ten thousand
BETWEEN = "-_ ./"  # what people leave out of numbers, and put into them


def find_orders(access: Access, written: Iterable[str]) -> dict[str, list[Order]]:
    """Return by the bare number the orders that have it: most often one; several where two carts use the same."""
    wanted = {bare(number): forms(number) for number in written if bare(number)}
    found: dict[str, dict[int, Order]] = {key: {} for key in wanted}
    orders = Order.objects.visible_to(access).select_related("cart__merchant").prefetch_related("releases")
    for part in _parts({form for each in wanted.values() for form in each}):
        for order in orders.filter(number__in=part):
            _put(found, order, order.number)
    if missing := _missing(found):
        _by_ours(access, orders, [wanted[key] for key in missing], found)
    if missing := _missing(found):
        _by_what_is_open(orders, missing, found)
    return {key: list(each.values()) for key, each in found.items()}


def _by_ours(
    access: Access, orders: "QuerySet[Order]", written: Iterable[Sequence[str]], found: dict[str, dict[int, Order]]
) -> None:
    """Find by the numbers that orders were handed over under, where these are not the marketplace's."""
    named = Release.objects.visible_to(access).exclude(number="").annotate(capitals=Upper("number"))
    for part in _parts({form.upper() for each in written for form in each}):
        numbers = dict(named.filter(capitals__in=part).values_list("order", "number"))
        for order in orders.filter(pk__in=list(numbers)):
            _put(found, order, numbers[order.pk])


def _by_what_is_open(orders: "QuerySet[Order]", keys: Sequence[str], found: dict[str, dict[int, Order]]) -> None:
    """Find among orders still to be shipped those whose number, ours or the warehouse's, differs in hyphens alone."""
    columns = {"bare": "number", "ours": "release__number", "theirs": "release__reference"}
    still = orders.filter(status__in=TO_BE_SHIPPED).annotate(  # a split order comes once for each part
        **{name: _bare(of) for name, of in columns.items()}
    )
    for part in _parts(keys):
        for order in still.filter(Q(bare__in=part) | Q(ours__in=part) | Q(theirs__in=part)):
            for name in columns:
                _put(found, order, getattr(order, name))


def _bare(column: str) -> Upper:
    expression: F | Replace = F(column)
    for sign in BETWEEN:
        expression = Replace(expression, Value(sign), Value(""))
    return Upper(expression)


def _put(found: dict[str, dict[int, Order]], order: Order, number: str | None) -> None:
    if (key := bare(number or "")) in found:
        found[key][order.pk] = order


def _missing(found: dict[str, dict[int, Order]]) -> list[str]:
    return [key for key, orders in found.items() if not orders]


def _parts(values: Iterable[str]) -> Iterator[list[str]]:
    listed = sorted(values)
    for start in range(0, len(listed), AT_ONCE):
        yield listed[start : start + AT_ONCE]
