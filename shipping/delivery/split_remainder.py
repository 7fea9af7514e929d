"""What is left of a split order, of which units were canceled or shipped by others: each warehouse loses its own.

A warehouse behind a wire gives its part back and gets what is left of it under the next number; one of whose part
nothing is left is only asked back, and the rest of the order goes on elsewhere. Who began to ship is called by
a person.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from core.activity.event_log import record
from core.alerts.raised import close_alerts
from orders.actions.address_edit import NotEditable
from orders.alerts import PARTLY_CANCELED, PARTLY_SHIPPED
from orders.models import Order, OrderStatus
from orders.statuses import SHIPPED_OR_CONFIRMED
from shipping.alerts import CANCELED_THERE, NOT_RELEASED
from shipping.delivery import amendment, recall
from shipping.models import Recall, Release, ReleaseLine
from shipping.shipments.release_parts import Part, counted, parts_of, share_out
from shipping.shipments.shipped_packages import openings

PAGE = 200
LATELY = timedelta(days=3)  # what is shipped for longer was looked at


def settle_shipped(*, now: datetime) -> None:
    """Ask back what warehouses have of split orders that are shipped: the rest was canceled, or others sent it."""
    for order_id in sorted(set(_left_over(now).values_list("order", flat=True)[:PAGE])):
        with transaction.atomic(durable=True):
            order = Order.objects.locked(order_id)
            if order.is_shipped:
                amend(order, Release.objects.locked_of(order), now=now)


def _left_over(now: datetime) -> "QuerySet[Release]":
    """Return the parts of which a warehouse was given more than it packed, of orders with nothing left to ship."""
    parts: QuerySet[Release] = Release.objects.parts().filter(
        order__status__in=SHIPPED_OR_CONFIRMED, order__touched_at__gte=now - LATELY
    )
    return counted(parts).filter(given__gt=F("packed")).order_by()


def _less(order: Order) -> list[tuple[Part, dict[int, int]]]:
    """Return the parts that lost units, each with what is left of each of its lines."""
    parts = parts_of([order])[order.pk]
    shared = share_out(openings([order])[order.pk], parts)
    found = []
    for part in parts:
        left = {pk: opening.units for pk, opening in shared[part.release.pk].items()}
        if any(units > left.get(line, 0) for line, units in part.has.items()):
            found.append((part, left))
    return found


def amend(order: Order, releases: Sequence[Release], *, now: datetime) -> bool:
    """Let each warehouse have what is left of its part. False where somebody has to see to some of it.

    In a transaction that has locked order and releases. Also when all that is left was shipped by now.
    """
    if not order.can_be_packed and not order.is_shipped:
        return False
    locked, done = {each.pk: each for each in releases}, True
    for part, left in _less(order):
        release = locked.get(part.release.pk)
        if release is None:
            continue
        if not any(left.values()):
            told = _ask_back(order, release, now)
        else:
            told = release.warehouse.system.remote and not any(part.packed.values()) and _tell(order, release, now)
        if told:
            _keep(part, left)
        done = done and told
    if done:
        close_alerts(order, PARTLY_CANCELED, PARTLY_SHIPPED, now=now)
    if not Release.objects.filter(order=order).stuck().exists() and order.is_refused_in_part:
        close_alerts(order, NOT_RELEASED, CANCELED_THERE, now=now)  # what was refused is not wanted any more
        order.advance(frm=[OrderStatus.ERROR], to=OrderStatus.AT_WMS, now=now)
    return done


def _tell(order: Order, release: Release, now: datetime) -> bool:
    """Hand over what is left of a part anew. False while a worker is at it, or where it was asked for in vain."""
    if recall.is_asked(release):
        return False
    try:
        amendment.hand_part_over_anew(release, now)
    except NotEditable:
        return False
    record("order.amended", order, now=now, warehouse=release.warehouse.name)
    return True


def _ask_back(order: Order, release: Release, now: datetime) -> bool:
    """Ask for a part of which nothing is left to ship; at a warehouse that is the portal itself it is pulled from
    packing. False while a worker is at it, or where it was asked for in vain."""
    if release.is_being_sent(now) or recall.is_asked(release):
        return False
    if recall.take_off(release, "Nothing of it is left to ship."):
        what = f"Nothing of {release.warehouse}’s part of order {order.number} is left to ship"
        recall.owe(order, release, what=what, now=now, is_of_part=True)
    return not Recall.objects.filter(order=order, warehouse=release.warehouse_id).stuck().exists()


def _keep(part: Part, left: dict[int, int]) -> None:
    """Let the part be for what its warehouse packed and what is left: so it is amended once."""
    for line, units in part.given.items():
        now_given = part.packed.get(line, 0) + left.get(line, 0)
        if now_given < units:
            ReleaseLine.objects.filter(release=part.release, line=line).update(quantity=now_given)


def warehouses_told(order: Order) -> str:
    """Return the warehouses that get what is left without anybody's doing; "" where a person has to see to it."""
    less = _less(order) if order.can_be_packed else []
    if any(any(part.packed.values()) or not part.release.warehouse.system.remote for part, _ in less):
        return ""
    return " and ".join(part.release.warehouse.name for part, _ in less)
