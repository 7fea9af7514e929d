"""Taking over what the cart says otherwise, of an order that left: the warehouse is told, or a person has to tell it.

Packages stay what they are. What is left to ship follows the new quantities: an order whose rest is gone is shipped,
and one that grew after it was shipped is at the warehouse again.
"""

from collections.abc import Collection
from datetime import datetime
from enum import Enum

from django.db import transaction

from core.accounts.models import User
from core.activity.event_log import record
from orders.actions.address_edit import NotEditable
from orders.differences import comparison, settlement
from orders.differences.comparison import Kind
from orders.differences.settlement import NotSettled
from orders.models import Order, OrderStatus
from orders.statuses import BOUND_FOR_WAREHOUSE, SHIPPED_OR_CONFIRMED
from shipping.confirmation import dispatches
from shipping.delivery import amendment
from shipping.methods.decision import decide, rulebooks
from shipping.models import ChosenMethod, Release
from shipping.routing import routes_for
from shipping.shipments.shipped_packages import packed_units, still_open, units_left


class Telling(Enum):
    """Who has to know what was taken over."""

    NOBODY = "nobody"  # nothing was settled
    HERE = "here"  # nothing more is to be done: it is read from here
    AGAIN = "again"  # the warehouse is asked to give it back, and gets it anew
    BY_HAND = "by_hand"  # the warehouse has it as it was, and a person has to tell it
    TOO_LATE = "too_late"  # what is shipped is on its way as it was


def take(order: Order, chosen: Collection[int], *, digest: str, by: User, now: datetime) -> Telling:
    """Take over what the cart says. Raises NotSettled."""
    with transaction.atomic(durable=True):
        order = settlement.hold(order, digest)
        packed = packed_units(order)
        kinds = settlement.take(order, chosen, packed=packed, by=by, now=now)
        if not kinds:
            return Telling.NOBODY
        if Kind.SERVICE in kinds:
            _go_by(order)
        if kinds & set(comparison.OF_LINES):
            _ship_what_is_left(order, packed, now)
        return _tell(order, kinds, packed=bool(packed), now=now)


def _go_by(order: Order) -> None:
    """Let it go by what the new ship method is mapped to. What a person chose for it is taken back by that."""
    ChosenMethod.objects.filter(order=order).delete()
    releases = list(Release.objects.filter(order=order).select_related("warehouse__default_method"))
    if not releases:
        return
    books = rulebooks(routes_for([order.cart]))
    for release in releases:
        decision = decide([order], books, {order.pk: release.warehouse})[order.pk]
        if decision.method is not None:
            Release.objects.filter(pk=release.pk).update(ship_method=decision.method, chosen_by=decision.how[:200])


def _ship_what_is_left(order: Order, packed: dict[int, int], now: datetime) -> None:
    left = units_left(order)
    was = order.status
    if left:
        order.advance(frm=SHIPPED_OR_CONFIRMED, to=OrderStatus.AT_WMS, now=now, reason=still_open(left))
    elif packed:
        reason = "Shipped except for what was removed"
        if not order.advance(frm=[OrderStatus.AT_WMS], to=OrderStatus.SHIPPED, now=now, reason=reason):
            return
        dispatches.settle_order(order, now)
    if order.status != was:
        record("order.moved", order, now=now, frm=was, to=order.status, reason=order.reason)


def _tell(order: Order, kinds: set[str], *, packed: bool, now: datetime) -> Telling:
    releases = list(Release.objects.filter(order=order).select_related("warehouse", "order"))
    if order.status in SHIPPED_OR_CONFIRMED or (packed and not kinds & set(comparison.OF_LINES)):
        return Telling.TOO_LATE
    remote = [each for each in releases if each.warehouse.system.remote]
    if not any(each.is_with_warehouse or each.is_unsure for each in remote):
        return Telling.HERE  # people read it from here, or it goes there as it is now
    if packed or order.status not in BOUND_FOR_WAREHOUSE:  # a new one is on its way there
        return Telling.BY_HAND
    try:
        amendment.hand_over_anew(order, now)
    except NotEditable as why:
        raise NotSettled(str(why)) from None
    return Telling.AGAIN
