"""Order Delivery of split orders: each part is owed to its warehouse, and again where it is not there any more.

A split order stays split. What came back, or never went because somebody held it, is owed anew as soon as the order is
free to go: found by the sweep, so that no part is left behind while another one is with its warehouse.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from core.activity.event_log import event, record, record_all
from orders.models import Order, OrderStatus
from orders.statuses import FREE_TO_GO
from shipping.delivery import handover, recall
from shipping.delivery.held_new import still_new
from shipping.models import Release, ReleaseLine
from shipping.routing import number_of_part
from shipping.routing_rules.part_methods import DecidedPart
from shipping.shipments import release_parts
from shipping.shipments.shipped_packages import openings


# -- For the first time ----------------------------------------------------------------------------------------------
def hand_out(order: Order, parts: Sequence[DecidedPart], *, now: datetime) -> int:
    """Owe each part to its warehouse; where that is the portal itself, it is there at once. Returns how many parts."""
    with transaction.atomic(durable=True):
        if order.pk not in still_new([order]):
            return 0
        # It was held before the one warehouse it was owed to ever heard of it, and goes elsewhere by now.
        Release.objects.untouched().filter(order=order).delete()
        if Release.objects.filter(order=order).exists():
            return 0
        releases = [_release(order, number, each, now) for number, each in enumerate(parts, start=1)]
        local = [each for each in releases if not each.warehouse.system.remote]
        for release in local:
            release.set_done()
            release.released_at, release.reference = now, release.number_there
        Release.objects.bulk_create(releases)
        ReleaseLine.objects.bulk_create(
            ReleaseLine(organization_id=order.organization_id, release=release, line_id=line, quantity=units)
            for release, each in zip(releases, parts, strict=True)
            for line, units in each.placed.units.items()
        )
        Order.objects.filter(pk=order.pk).update(parts=len(releases), released_to=releases[0].warehouse_id)
        record_all(
            event("order.split", order, now=now, warehouse=each.warehouse.name, how=each.placed_by, what=_named(part))
            for each, part in zip(releases, parts, strict=True)
        )
        for release in local:
            record("order.released", order, now=now, **handover.called(release))
        if local:
            Order.objects.filter(pk=order.pk).move(frm=[OrderStatus.NEW], to=OrderStatus.AT_WMS, now=now)
    return len(releases)


def _release(order: Order, number: int, each: DecidedPart, now: datetime) -> Release:
    return Release(
        organization_id=order.organization_id,
        merchant_id=order.merchant_id,
        order=order,
        part=number,
        warehouse=each.placed.warehouse,
        placed_by=each.how[:200],
        ship_method=each.decision.method,
        chosen_by=each.decision.how[:200],
        number=number_of_part(order, order.cart, number),
        due_at=now,
    )


def _named(part: DecidedPart) -> str:
    return ", ".join(f"{units} × {name}" for name, units in part.placed.named)


# -- Again -----------------------------------------------------------------------------------------------------------
def _left_behind() -> "QuerySet[Release]":
    """Return the parts that no warehouse has, of orders that are free to go: not those of which nothing is wanted."""
    wanted = ReleaseLine.objects.filter(release=OuterRef("pk"), quantity__gt=0)
    found = Release.objects.parts().filter(Exists(wanted), order__status__in=FREE_TO_GO)
    back: QuerySet[Release] = found.done().filter(
        order__recall__warehouse=F("warehouse"), order__recall__recalled_at__gte=F("released_at")
    )
    return back | found.dropped() | found.answered().filter(order__status=OrderStatus.NEW)


def owe_again(*, now: datetime) -> int:
    """Owe the parts that no warehouse has any more. Returns how many are there at once."""
    orders = sorted(set(_left_behind().order_by().values_list("order", flat=True)))
    return sum(_owe_order_again(pk, now) for pk in orders)


def _owe_order_again(order_id: int, now: datetime) -> int:
    with transaction.atomic(durable=True):
        order = Order.objects.locked(order_id)
        if order.status not in FREE_TO_GO:
            return 0
        shared = release_parts.share_out(openings([order])[order.pk], release_parts.parts_of([order])[order.pk])
        there = 0
        is_there = False
        recall.forget_in_vain([order.pk])
        for release in Release.objects.locked_of(order):
            wanted = any(opening.units for opening in shared.get(release.pk, {}).values())
            refused = release.is_stuck and order.status == OrderStatus.NEW  # it comes back from a hold
            gone = release.is_dropped or (release.is_done and not release.is_with_warehouse)
            if wanted and (gone or refused):
                there += _owe_part(release, now)
            is_there = is_there or Release.objects.get(pk=release.pk).is_with_warehouse
        if is_there:
            order.advance(frm=[OrderStatus.NEW], to=OrderStatus.AT_WMS, now=now)
    return there


def _owe_part(release: Release, now: datetime) -> int:
    mine = Release.objects.filter(pk=release.pk)
    if release.warehouse.system.remote:
        mine.reopen(now=now, **({} if release.is_stuck else handover.numbers_anew(release)))
        return 0
    mine.finish(released_at=now, reference=release.reference or release.number_there)
    record("order.released", release.order, now=now, **handover.called(release))
    return 1
