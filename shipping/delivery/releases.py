"""Order Delivery: handing new orders to their warehouse.

What is new is owed a Release, in bulk; a Release is run as an errand. Where the warehouse is the portal itself, there
is nothing to run: owing and doing are one commit.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, F

from carts.models import Cart
from core.activity.event_log import event, record_all
from core.common import errands, jobs
from core.common.errands import ErrandState
from orders.models import Order, OrderStatus
from orders.statuses import FREE_TO_GO
from shipping.delivery import handover, held_new, recall, split_orders
from shipping.delivery.held_new import still_new
from shipping.methods import mapping
from shipping.methods.decision import decide, rulebooks
from shipping.methods.rules import Decision
from shipping.models import Release, ReleaseQuerySet, Warehouse
from shipping.routing import number_for, routes_for
from shipping.routing_rules import part_methods, placement
from shipping.routing_rules.placement import place

PAGE = 100
BESIDE = ("cart__organization", "cart__merchant")
RUNS = 500  # in one go; the next sweep goes on
AWAY = timedelta(minutes=1)  # how long a warehouse that does not answer is left alone


@dataclass
class Released:
    released: int = 0
    held: int = 0
    waiting: int = 0
    stuck: int = 0

    def __str__(self) -> str:
        return f"{self.released} handed over, {self.held} held, {self.waiting} to be retried, {self.stuck} refused"


def release_orders(*, now: datetime, cart: Cart | None = None) -> Released:
    """Hand over what is new, and what is owed and due, to all warehouses one after another."""
    total = owe_new(now=now, cart=cart)
    for warehouse in waiting_warehouses(now):
        hand_over(warehouse, total, now=now, cart=cart)
    return total


def owe_new(*, now: datetime, cart: Cart | None = None) -> Released:
    """Owe what is new to its warehouse; where that is the portal itself, it is there at once."""
    total = Released()
    total.released += split_orders.owe_again(now=now)
    while page := _next_page(cart):
        if not _owe(page, total, now):
            break  # other workers have these
    mapping.calm(now=now)
    return total


def _sent(now: datetime) -> ReleaseQuerySet:
    # What was held or canceled since it was owed does not go. What the warehouse has may be owed again: it was edited.
    return Release.objects.due(now).filter(order__status__in=FREE_TO_GO).sent_by_us()


def waiting_warehouses(now: datetime) -> list[Warehouse]:
    """Return the warehouses that something is to be sent to, and where another worker may begin.

    One that hangs keeps its share of the workers waiting and no more: the others are the other warehouses'.
    """
    taken = Release.objects.taken(now).values("warehouse").annotate(count=Count("pk")).values_list("warehouse", "count")
    busy = dict(taken.order_by())
    found = Warehouse.objects.filter(pk__in=_sent(now).order_by().values("warehouse")).order_by("pk")
    return [each for each in found if busy.get(each.pk, 0) < each.system.share]


def hand_over(warehouse: Warehouse, total: Released, *, now: datetime, cart: Cart | None = None) -> None:
    """Send one warehouse what is owed to it and due; what became of it is added to ``total``."""
    owed = _sent(now).filter(warehouse=warehouse)
    if cart is not None:
        owed = owed.filter(order__cart=cart)
    due = owed.select_related("order__cart", "warehouse").order_by("due_at", "pk")[:RUNS]
    tally = jobs.run_due(due, handover.ReleaseJob(), now=now, lanes=warehouse.system.lanes)
    if tally.is_away:
        why = f"{warehouse} did not answer. It is asked again in a minute."
        tally.put_off += _sent(now).filter(warehouse=warehouse).put_off(why, again_at=now + AWAY)
    total.released += tally.done
    total.waiting += tally.waiting + tally.put_off
    total.stuck += tally.stuck


def _next_page(cart: Cart | None) -> list[Order]:
    ready = Order.objects.ready().filter(parts=0).exclude(release__state__in=errands.OWED)
    if cart is not None:
        ready = ready.filter(cart=cart)
    return list(ready.select_related(*BESIDE).prefetch_related(*placement.BESIDE).order_by("id")[:PAGE])


# -- Owing -----------------------------------------------------------------------------------------------------------
def _owe(orders: Sequence[Order], total: Released, now: datetime) -> bool:
    """Owe each order to its warehouse, or hold it. False when nothing could be moved."""
    carts = {order.cart_id: order.cart for order in orders}
    routes = routes_for(carts.values())
    services = defaultdict(set)
    for order in orders:
        services[order.cart_id].add(order.service)
    for cart_id, names in services.items():
        mapping.see(carts[cart_id], names, seen_at=now)
    placements = place(orders, routes, now=now)
    places = {pk: found.warehouse for pk, found in placements.items() if found.warehouse is not None}
    books = rulebooks(routes)
    decisions = decide([order for order in orders if order.pk in places], books, places)
    splits = part_methods.decided([order for order in orders if order.pk in places], books, placements)
    unmapped: list[Order] = []
    divided: list[Order] = []
    local: list[Release] = []
    remote: list[Release] = []
    for order in orders:
        if order.pk not in places:
            continue
        if decisions[order.pk].held or any(each.decision.held for each in splits.get(order.pk, ())):
            unmapped.append(order)
            continue
        if order.pk in splits:
            divided.append(order)
            continue
        release = _release(order, places[order.pk], placements[order.pk].how, decisions[order.pk], now)
        (remote if release.warehouse.system.remote else local).append(release)
    kept = held_new.hold_unrouted((order for order in orders if order.pk not in places), now)
    kept += held_new.hold_unmapped(unmapped, now)
    released, owed = _hand_over(local, now), _owe_remote(remote, now)
    owed += sum(split_orders.hand_out(order, splits[order.pk], now=now) for order in divided)
    total.held += kept
    total.released += released
    return kept + released + owed > 0


def _release(order: Order, warehouse: Warehouse, placed_by: str, decision: Decision, now: datetime) -> Release:
    return Release(
        organization_id=order.organization_id,
        merchant_id=order.merchant_id,
        order=order,
        warehouse=warehouse,
        placed_by=placed_by[:200],
        ship_method=decision.method,
        chosen_by=decision.how[:200],
        number=number_for(order, order.cart),
        due_at=now,
    )


def _hand_over(releases: Sequence[Release], now: datetime) -> int:
    """Release to a warehouse that is the portal itself."""
    if not releases:
        return 0
    for release in releases:
        release.set_done()
        release.released_at, release.reference = now, release.number_there
    with transaction.atomic(durable=True):
        left = still_new([release.order for release in releases])
        releases = [release for release in releases if release.order_id in left]
        # One that exists was released before, then held, then let go.
        known = {each.order_id: each for each in Release.objects.filter(order__in=left)}
        Release.objects.bulk_create([r for r in releases if r.order_id not in known], ignore_conflicts=True)
        _say_where(releases, now)
        for release in releases:
            if kept := known.get(release.order_id):
                there = kept.reference or release.reference
                Release.objects.filter(pk=kept.pk).finish(released_at=now, reference=there, **_way(release))
        moved = Order.objects.filter(pk__in=left).move(frm=[OrderStatus.NEW], to=OrderStatus.AT_WMS, now=now)
        record_all(
            event(
                "order.released",
                release.order,
                now=now,
                **handover.called(release),
            )
            for release in releases
        )
    return int(moved)


def _say_where(releases: Sequence[Release], now: datetime) -> None:
    """Keep with each order which warehouse it goes to, for the list's filter; and tell by which rule."""
    orders = defaultdict(list)
    for release in releases:
        orders[release.warehouse_id].append(release.order_id)
    for warehouse_id, ids in orders.items():
        Order.objects.filter(pk__in=ids).exclude(released_to=warehouse_id).update(released_to=warehouse_id)
    record_all(
        event("order.routed", each.order, now=now, warehouse=each.warehouse.name, how=each.placed_by)
        for each in releases
        if each.placed_by
    )


def _owe_remote(releases: Sequence[Release], now: datetime) -> int:
    if not releases:
        return 0
    with transaction.atomic(durable=True):
        left = still_new([release.order for release in releases])
        releases = [release for release in releases if release.order_id in left]
        again = set(Release.objects.filter(order__in=left).values_list("order", flat=True))
        made = Release.objects.bulk_create([r for r in releases if r.order_id not in again], ignore_conflicts=True)
        # What came back from the warehouse, or never went, is handed over anew.
        known = Release.objects.filter(order__in=again)
        if again:
            recall.forget_in_vain(again)
        back = known.filter(order__recall__state=ErrandState.DONE, order__recall__recalled_at__gte=F("released_at"))
        # And what it refused is tried again when the order comes back from a hold.
        anew = list((back | known.dropped() | known.stuck()).select_related("order"))
        fresh_ones = {release.order_id: release for release in releases}
        for release in anew:
            by_now = ({} if release.is_stuck else handover.numbers_anew(release)) | _way(fresh_ones[release.order_id])
            Release.objects.filter(pk=release.pk).reopen(now=now, **by_now)
        _say_where([*made, *(fresh_ones[release.order_id] for release in anew)], now)
        there = Order.objects.filter(pk__in=known.done().values("order")).move(
            frm=[OrderStatus.NEW], to=OrderStatus.AT_WMS, now=now
        )
    return len(made) + len(anew) + int(there)


def _way(fresh: Release) -> dict[str, Any]:
    """Return how a release that exists goes by now. To another warehouse only if the old one never heard of it."""
    where = {"warehouse": fresh.warehouse, "placed_by": fresh.placed_by} if fresh.placed_by else {}
    return {"ship_method": fresh.ship_method, "chosen_by": fresh.chosen_by, **where}
