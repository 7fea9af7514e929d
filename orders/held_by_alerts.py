"""How many orders wait for what an alert is about: the order itself, those of a cart, an authorization, a warehouse."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Count, Min, Q

from core.alerts.held_orders import Held, Waiting
from core.common import clock
from orders.models import Order
from orders.ship_by_risk import STAGES
from orders.statuses import BEFORE_RELEASE, ERROR, SHIPPED, TO_BE_SHIPPED, UNFINISHED

STATUSES: Mapping[Waiting, Collection[str]] = {
    Waiting.NONE: (),
    Waiting.UNFINISHED: UNFINISHED,
    Waiting.TO_SHIP: TO_BE_SHIPPED,
    Waiting.TO_RELEASE: (*BEFORE_RELEASE, ERROR),
    Waiting.TO_CONFIRM: (SHIPPED, ERROR),
}


def of_orders(numbers: Collection[int], which: Waiting) -> Mapping[int, Held]:
    rows = Order.objects.filter(pk__in=numbers, status__in=UNFINISHED).order_by()
    return {pk: Held(1, ship_by) for pk, ship_by in rows.values_list("pk", "ship_by")}


def of_carts(numbers: Collection[int], which: Waiting) -> Mapping[int, Held]:
    if which in STAGES:
        return _sums("cart", Q(cart__in=numbers) & STAGES[which].condition(clock.now()))
    return _counted("cart", numbers, which)


def of_grants(numbers: Collection[int], which: Waiting) -> Mapping[int, Held]:
    return _counted("cart__grant", numbers, which)


def of_warehouses(numbers: Collection[int], which: Waiting) -> Mapping[int, Held]:
    """Those that were handed to it; those that are still to go there have a cart that says where."""
    return _counted("released_to", numbers, which)


def of_organizations(numbers: Collection[int], which: Waiting) -> Mapping[int, Held]:
    return _counted("organization", numbers, which)


def _counted(field: str, numbers: Collection[int], which: Waiting) -> Mapping[int, Held]:
    return _sums(field, Q(**{f"{field}__in": numbers}, status__in=STATUSES[which]))


def _sums(field: str, condition: Q) -> Mapping[int, Held]:
    rows: Any = Order.objects.filter(condition).order_by().values(field)
    return {
        each[field]: Held(each["count"], each["due"]) for each in rows.annotate(count=Count("pk"), due=Min("ship_by"))
    }
