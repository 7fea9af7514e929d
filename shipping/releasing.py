"""Order Delivery: handing new orders to their warehouse.

What is new is owed a Release, in bulk; a Release is run as an errand. Where the warehouse is the portal itself, there
is nothing to run: owing and doing are one commit.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse

from carts.models import Cart
from integration_manager.activity.recording import event, record, record_all
from integration_manager.alerts.alerting import close_alerts, raise_alert
from integration_manager.lib import errands
from integration_manager.lib.errands import ErrandState, Outcome
from integration_manager.lib.remote import Rejected, RemoteError
from orders.models import HeldFor, Order, OrderStatus
from shipping import mapping
from shipping.models import CartMethod, Release, Route, ShipMethod, open_units
from shipping.routing import method_for, number_for, routes_for
from shipping.warehouses.base import Delivery, DeliveryLine

PAGE = 100
RUNS = 500  # in one go; the next sweep goes on


@dataclass
class Released:
    released: int = 0
    held: int = 0
    waiting: int = 0
    stuck: int = 0

    def __str__(self) -> str:
        return f"{self.released} handed over, {self.held} held, {self.waiting} to be tried again, {self.stuck} refused"


def release_orders(*, now: datetime, cart: Cart | None = None) -> Released:
    """Hand over what is new, and what is owed and due."""
    total = Released()
    while page := _next_page(cart):
        if not _owe(page, total, now):
            break  # other workers have these
    # What was held or canceled since it was owed does not go.
    owed = Release.objects.due(now).filter(order__status__in=(OrderStatus.NEW, OrderStatus.ERROR))
    if cart is not None:
        owed = owed.filter(order__cart=cart)
    owed = owed.fairly(within="organization", order_by="due_at")
    for release in owed.select_related("order__cart", "warehouse")[:RUNS]:
        try:
            outcome = run(release, now=now)
        except RemoteError:
            total.waiting += 1
            continue
        total.released += outcome == Outcome.DONE
        total.waiting += outcome == Outcome.WAITING
        total.stuck += outcome == Outcome.STUCK
    return total


def _next_page(cart: Cart | None) -> list[Order]:
    ready = Order.objects.ready().exclude(release__state__in=(ErrandState.DUE, ErrandState.RUNNING))
    if cart is not None:
        ready = ready.filter(cart=cart)
    return list(ready.select_related("cart__organization", "release").order_by("id")[:PAGE])


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
    methods = {(m.cart_id, m.name): m for m in CartMethod.objects.filter(cart__in=carts).select_related("ship_method")}
    held: list[tuple[Order, CartMethod | None]] = []
    local: list[Release] = []
    remote: list[Release] = []
    for order in orders:
        route, method = routes[order.cart_id], methods.get((order.cart_id, order.service))
        ship_method = method_for(order, route, method)
        if route.reject_unmapped and ship_method is None:
            held.append((order, method))
            continue
        (remote if route.warehouse.system.remote else local).append(_release(order, route, ship_method, now))
    kept, released, owed = _hold(held, now), _hand_over(local, now), _owe_remote(remote)
    total.held += kept
    total.released += released
    return kept + released + owed > 0


def _release(order: Order, route: Route, ship_method: ShipMethod | None, now: datetime) -> Release:
    return Release(
        organization_id=order.organization_id,
        merchant_id=order.merchant_id,
        order=order,
        warehouse=route.warehouse,
        ship_method=ship_method,
        number=number_for(order, order.cart),
        due_at=now,
    )


def _hold(held: Sequence[tuple[Order, CartMethod | None]], now: datetime) -> int:
    moved = 0
    by_name: dict[tuple[int, str], list[Order]] = defaultdict(list)
    for order, _ in held:
        by_name[(order.cart_id, order.service)].append(order)
    methods = {(order.cart_id, order.service): method for order, method in held}
    for (_, name), orders in by_name.items():
        reason = f"Ship method “{name}” is not mapped" if name else "The order names no ship method"
        with transaction.atomic(durable=True):
            still_new = _still_new([order.pk for order in orders])
            moved += Order.objects.filter(pk__in=still_new).move(
                frm=[OrderStatus.NEW], to=OrderStatus.HELD, reason=reason, held_for=HeldFor.UNMAPPED
            )
            record_all(event("order.held", order, now=now, reason=reason) for order in orders if order.pk in still_new)
            method, cart = methods[(orders[0].cart_id, name)], orders[0].cart
            path = reverse("shipping:methods", args=[cart.pk])
            raise_alert("ship_method.unmapped", method or cart, f"{cart}: {reason}.", now=now, path=path)
    return moved


def _hand_over(releases: Sequence[Release], now: datetime) -> int:
    """Release to a warehouse that is the portal itself."""
    if not releases:
        return 0
    for release in releases:
        release.state, release.released_at, release.reference = ErrandState.DONE, now, release.number_there
    with transaction.atomic(durable=True):
        still_new = _still_new([release.order_id for release in releases])
        releases = [release for release in releases if release.order_id in still_new]
        # One that exists was released before, then held, then let go.
        Release.objects.bulk_create(releases, ignore_conflicts=True)
        _say_where(releases)
        again = {"state": ErrandState.DONE, "released_at": now}
        Release.objects.filter(order__in=still_new).exclude(released_at=now).update(**again)
        moved = Order.objects.filter(pk__in=still_new).move(frm=[OrderStatus.NEW], to=OrderStatus.AT_WMS)
        record_all(
            event("order.released", release.order, now=now, warehouse=release.warehouse.name, method=_called(release))
            for release in releases
        )
    return int(moved)


def _say_where(releases: Iterable[Release]) -> None:
    """Keep with each order which warehouse it goes to: the list is filtered by it."""
    orders = defaultdict(list)
    for release in releases:
        orders[release.warehouse_id].append(release.order_id)
    for warehouse_id, ids in orders.items():
        Order.objects.filter(pk__in=ids, released_to__isnull=True).update(released_to=warehouse_id)


def _still_new(ids: Sequence[int]) -> set[int]:
    """Return those that no other worker moved meanwhile, locked until the commit (SQLite locks all)."""
    rows = Order.objects.select_for_update().filter(pk__in=ids, status=OrderStatus.NEW).order_by("pk")
    return set(rows.values_list("pk", flat=True))


def _owe_remote(releases: Sequence[Release]) -> int:
    if not releases:
        return 0
    again = set(Release.objects.filter(order__in=[r.order_id for r in releases]).values_list("order", flat=True))
    made = Release.objects.bulk_create([r for r in releases if r.order_id not in again], ignore_conflicts=True)
    _say_where(made)
    # What came back from the warehouse, or never went, is handed over anew.
    gone = Q(state=ErrandState.DROPPED) | Q(
        order__recall__state=ErrandState.DONE, order__recall__recalled_at__gte=F("released_at")
    )
    anew = list(Release.objects.filter(gone, order__in=again).values_list("pk", flat=True))
    Release.objects.filter(pk__in=anew).update(state=ErrandState.DUE, due_at=releases[0].due_at, released_at=None)
    done = Release.objects.filter(order__in=again, state=ErrandState.DONE).values("order")
    there = Order.objects.filter(pk__in=done).move(frm=[OrderStatus.NEW], to=OrderStatus.AT_WMS)
    return len(made) + len(anew) + int(there)


def _called(release: Release) -> str:
    return release.ship_method.label if release.ship_method else release.order.service


# -- Running ---------------------------------------------------------------------------------------------------------
def run(release: Release, *, now: datetime) -> Outcome:
    """Hand one order over. Raises Throttled or Disconnected, settled."""
    return errands.run(
        release,
        do=lambda release: release.warehouse.system.create(delivery(release)),
        done=lambda release, reference: _done(release, reference, now),
        stuck=lambda release, reason: _stuck(release, reason, now),
        now=now,
    )


def delivery(release: Release) -> Delivery:
    """Return what the warehouse is told. Raises Rejected when the order lacks something."""
    order = release.order
    address, _ = order.recipient.open()
    if address is None:
        raise Rejected("The order has no address.")
    return Delivery(
        reference=release.number_there,
        source=order.cart.name,
        ship_method=release.ship_method.choice if release.ship_method else None,
        service=order.service,
        ship_by=order.ship_by,
        recipient=address,
        lines=[
            DeliveryLine(line.reference, getattr(line, order.cart.product_code), open_units(line, 0))
            for line in order.lines.filter(left_out=False)
        ],
    )


def _done(release: Release, reference: str, now: datetime) -> None:
    Release.objects.filter(pk=release.pk).update(reference=reference, released_at=now)
    if not release.order.advance(frm=[OrderStatus.NEW, OrderStatus.ERROR], to=OrderStatus.AT_WMS):
        reason = "Canceled while it was handed over: do not ship"
        release.order.advance(frm=[OrderStatus.CANCELED], to=OrderStatus.HELD, reason=reason, held_for=HeldFor.CANCELED)
    record("order.released", release.order, now=now, warehouse=release.warehouse.name, method=_called(release))
    close_alerts(release.order, "order.not_released", now=now)


def _stuck(release: Release, reason: str, now: datetime) -> None:
    order = release.order
    order.advance(frm=[OrderStatus.NEW], to=OrderStatus.ERROR, reason=reason)
    record("order.not_released", order, now=now, reason=reason)
    raise_alert("order.not_released", order, f"Order {order.number}: {reason}", now=now, path=order.get_absolute_url())
