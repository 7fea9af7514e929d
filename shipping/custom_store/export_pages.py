"""A page of orders for a desk: read, written as XML, and what is new on it handed over by that.

There is no receipt in the custom store: what stands on a page that was asked for counts as handed over. A desk that
lost the page asks for the same span again, and finds it there again.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime

from lxml import etree

from core.alerts.raised import close_alerts_about, raise_alerts
from orders.models import Order
from orders.statuses import FREE_TO_GO
from shipping.alerts import NOT_EXPORTED
from shipping.custom_store import changed_orders
from shipping.custom_store.changed_orders import Span
from shipping.custom_store.store_orders import LeftOut, store_orders
from shipping.delivery import collection
from shipping.delivery.collection import Answer
from shipping.models import Release, Warehouse
from shipping.warehouses.shipstation import order_page
from shipping.warehouses.shipstation.store_order import Unsayable
from shipping.warehouses.shipstation.store_words import StoreWords

ON_A_PAGE = 100
THERE = (Answer.ACCEPTED, Answer.AGAIN)
BESIDE = ("ship_method", "order__cart__merchant", "order__recipient")


def export_page(warehouse: Warehouse, words: StoreWords, span: Span, number: int, *, now: datetime) -> bytes:
    """Return a page of what changed within a span, counted from 1. One beyond the last is empty."""
    changed = changed_orders.changed(warehouse, span)
    pages = max(1, math.ceil(changed.count() / ON_A_PAGE))
    start = (number - 1) * ON_A_PAGE
    releases = list(changed.select_related(*BESIDE)[start : start + ON_A_PAGE]) if number <= pages else []
    told, left_out = _written(releases, words, changed_orders.moments(releases, span))
    fresh = _hand_over(warehouse, [release for release, _ in told if release.is_owed], now=now)
    _tell(warehouse, [release.order for release, _ in told], left_out, now=now)
    return order_page.page([made for release, made in told if release.released_at or release.pk in fresh], pages=pages)


def _written(
    releases: Sequence[Release], words: StoreWords, moments: Mapping[int, datetime]
) -> tuple[list[tuple[Release, etree._Element]], list[LeftOut]]:
    """Return what can be said, as XML, and what cannot."""
    told, left_out = [], []
    for each in store_orders(releases, words, moments):
        if isinstance(each, LeftOut):
            left_out.append(each)
            continue
        release, said = each
        try:
            told.append((release, order_page.element(said)))
        except Unsayable as why:
            left_out.append(LeftOut(release.order, str(why)))
    return told, left_out


def _hand_over(warehouse: Warehouse, releases: Sequence[Release], *, now: datetime) -> set[int]:
    """Say that the desk has these now; return the ids of those that it has: some were held or canceled meanwhile."""
    orders = {each.order_id: "" for each in releases if each.order.status in FREE_TO_GO}
    if not orders:
        return set()
    offered = collection.offered(warehouse, now).filter(order__in=list(orders))
    offered.lend(until=now + collection.LIMIT, now=now)  # what was held meanwhile is not offered any more
    Release.objects.taken(now).filter(warehouse=warehouse, order__in=list(orders)).update(told_at=now)
    answers = collection.acknowledge(warehouse, orders, now=now)
    return {each.pk for each in releases if answers.get(each.order_id) in THERE}


def _tell(warehouse: Warehouse, told: Sequence[Order], left_out: Sequence[LeftOut], *, now: datetime) -> None:
    """Tell of what a desk does not get, and no longer of what it gets by now."""
    close_alerts_about(told, NOT_EXPORTED, now=now)
    said = [
        (each.order, f"{warehouse} does not get order {each.order.number}. {each.why}", each.order.get_absolute_url())
        for each in left_out
        if not each.silent
    ]
    raise_alerts(NOT_EXPORTED, said, now=now)
